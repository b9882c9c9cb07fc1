/** Puts the application together: limits first, then the routes, then everything that is left. */
import express, { type Express, type RequestHandler } from 'express';
import type { Dependencies } from './dependencies.ts';
import { allowOrigins } from './edge/cors.ts';
import { openFront, type Front } from './edge/front.ts';
import { loadLimits, shedLoad, watchEventLoop } from './edge/load-shedding.ts';
import { openWebSockets } from './edge/web-sockets.ts';
import { endpoint } from './endpoint.ts';
import { mountHooks } from './hooks/routes.ts';
import { mountPages, type PageFolders } from './pages.ts';
import { problemHandler } from './problem-response.ts';
import { problem, ProblemError } from './problems.ts';
import { contextOf, requestContext, settleHeaders } from './request-context.ts';
import type { Route } from './route.ts';
import { allRoutes } from './routes.ts';
import { headersFor, securityHeaders } from './security-headers.ts';

const urlMax = 2048;

/** The whole public listener; `folders` are the built dashboard and the documentation page. */
export function createApp(dependencies: Dependencies, folders: PageFolders = {}): Front {
  const { publicUrl, trustedProxies, edge } = dependencies.config;
  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.set('trust proxy', trustedProxies.length === 0 ? false : [...trustedProxies]);
  const arriving = [measured(dependencies), shedding(dependencies), refuseLongUrls];
  const cors = allowOrigins(edge.corsOrigins);
  app.use(requestContext(publicUrl), arriving, headersAtOnce);
  mountHooks(app, dependencies.hooks);
  mountPages(app, folders, publicUrl);
  app.use(securityHeaders('data', publicUrl), cors);
  const sockets = openWebSockets([new URL(publicUrl).origin, ...edge.corsOrigins]);
  const forData = headersFor('data', publicUrl);
  const routes = allRoutes();
  refuseOtherMethods(app, routes);
  app.use(() => {
    throw new ProblemError(problem('not-found'));
  });
  const onError = problemHandler(dependencies.telemetry);
  app.use(onError);
  return openFront({
    app,
    routes: routes.map((route) => [route, endpoint(route, dependencies)] as const),
    steps: [requestContext(publicUrl, [...forData].flat()), ...arriving, cors, sockets.check],
    sockets,
    onError: (error, request, response) => void onError(error, request, response, () => {}),
  });
}

/** Paths that exist, asked with a method they do not have; the methods they have never get here. */
function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  const byPath = Map.groupBy(routes, (route) => route.path);
  for (const [path, alternatives] of byPath) {
    app.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), otherMethods(alternatives));
  }
}

/** OPTIONS says what there is; everything else is refused with the same list. */
function otherMethods(routes: readonly Route[]): RequestHandler {
  const methods = new Set(routes.map(({ method }) => method.toUpperCase()));
  if (methods.has('GET')) methods.add('HEAD');
  const headers = { Allow: [...methods, 'OPTIONS'].join(', ') };
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new ProblemError(problem('method-not-allowed', { headers }));
    }
    response.status(204).set(headers).end();
  };
}

/** Callbacks of the provider and the probe of life get through whatever the load. */
function shedding({ telemetry }: Dependencies): RequestHandler {
  const { lagMs } = watchEventLoop();
  return shedLoad({
    limits: loadLimits,
    lagMs,
    isSpared: (path) => path.startsWith('/hooks/'),
    onShed: () => telemetry.metrics.requestsRefused.inc({ reason: 'overload' }),
  });
}

/** What Express answers by itself sends its headers in the ordinary way. */
const headersAtOnce: RequestHandler = (_request, response, next) => {
  settleHeaders(response);
  next();
};

const refuseLongUrls: RequestHandler = (request, _response, next) => {
  if (request.url.length > urlMax) throw new ProblemError(problem('uri-too-long'));
  next();
};

function measured({ telemetry, now }: Dependencies): RequestHandler {
  const { httpSeconds } = telemetry.metrics;
  // Looking a histogram up by its labels costs more than counting.
  type Child = ReturnType<typeof httpSeconds.labels>;
  const children = new Map<string, Map<string, Map<number, Child>>>();
  const childOf = (method: string, route: string, status: number) => {
    const ofRoute = children.get(route) ?? new Map<string, Map<number, Child>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number, Child>();
    const child = ofMethod.get(status) ?? httpSeconds.labels(method, route, String(status));
    if (!ofMethod.has(status))
      children.set(route, ofRoute.set(method, ofMethod.set(status, child)));
    return child;
  };
  return (request, response, next) => {
    const startedMs = now();
    response.on('close', () => {
      const { requestId, route } = contextOf(response);
      const { method } = request;
      const status = response.statusCode;
      const seconds = (now() - startedMs) / 1000;
      childOf(method, route, status).observe(seconds);
      telemetry.log.debug({ event: 'requestAnswered', requestId, method, route, status, seconds });
    });
    next();
  };
}
