/** Puts the application together: limits first, then the routes, then everything that is left. */
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import type { Dependencies } from './dependencies.ts';
import { allowOrigins } from './edge/cors.ts';
import { loadLimits, shedLoad, watchEventLoop } from './edge/load-shedding.ts';
import { endpoint } from './endpoint.ts';
import { mountHooks } from './hooks/routes.ts';
import { mountPages, type PageFolders } from './pages.ts';
import { problemHandler } from './problem-response.ts';
import { problem, ProblemError } from './problems.ts';
import { contextOf, requestContext } from './request-context.ts';
import type { Route } from './route.ts';
import { allRoutes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';

const urlMax = 2048;

/** The whole public listener; `folders` are the built dashboard and the documentation page. */
export function createApp(dependencies: Dependencies, folders: PageFolders = {}): Express {
  const { publicUrl, trustedProxies } = dependencies.config;
  const app = express();
  app.disable('x-powered-by').disable('etag').disable('query parser');
  app.enable('case sensitive routing').enable('strict routing');
  app.set('trust proxy', trustedProxies.length === 0 ? false : [...trustedProxies]);
  app.use(
    requestContext(publicUrl),
    measured(dependencies),
    shedding(dependencies),
    refuseLongUrls,
  );
  mountHooks(app, dependencies.hooks);
  app.use(compression({ filter: isCompressible }));
  mountPages(app, folders, publicUrl);
  app.use(securityHeaders('data', publicUrl), allowOrigins(dependencies.config.edge.corsOrigins));
  mountRoutes(app, dependencies);
  app.use(() => {
    throw new ProblemError(problem('not-found'));
  });
  app.use(problemHandler(dependencies.telemetry));
  return app;
}

function mountRoutes(app: Express, dependencies: Dependencies): void {
  const byPath = Map.groupBy(allRoutes(), (route) => route.path);
  for (const [path, routes] of byPath) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of routes) app[route.method](pattern, endpoint(route, dependencies));
    app.all(pattern, otherMethods(routes));
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

const refuseLongUrls: RequestHandler = (request, _response, next) => {
  if (request.url.length > urlMax) throw new ProblemError(problem('uri-too-long'));
  next();
};

/** Events must not wait in a compressor's buffer. */
const isCompressible: compression.CompressionFilter = (request, response) =>
  !String(response.getHeader('Content-Type')).startsWith('text/event-stream') &&
  compression.filter(request, response);

function measured({ telemetry, now }: Dependencies): RequestHandler {
  return (request, response, next) => {
    const startedMs = now();
    response.once('close', () => {
      const { requestId, route } = contextOf(response);
      const { method } = request;
      const status = response.statusCode;
      const seconds = (now() - startedMs) / 1000;
      telemetry.metrics.httpSeconds.observe({ method, route, status: String(status) }, seconds);
      telemetry.log.debug({ event: 'requestAnswered', requestId, method, route, status, seconds });
    });
    next();
  };
}
