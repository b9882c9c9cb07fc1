/** The way of every request through a route: who, may they, is it right, then the handler. */
import type { Request, RequestHandler, Response } from 'express';
import { pointerToCard } from '../domain/card-number.ts';
import { continueTrace } from '../telemetry.ts';
import { isClosedWhenSuspended, isOfTheHouse } from './auth/permissions.ts';
import { hasFreshMfa, mayDo, type Principal } from './auth/principal.ts';
import { stripInternalHeaders } from './auth/service-signature.ts';
import { declaredProblems } from './declared-problems.ts';
import type { Dependencies } from './dependencies.ts';
import { announceDeprecation } from './edge/deprecation.ts';
import { withIdempotency } from './idempotency.ts';
import { sendProblem } from './problem-response.ts';
import { catalogue, problem, ProblemError, type Problem } from './problems.ts';
import { refuseCard } from './refuse-card.ts';
import { sendReply } from './reply.ts';
import { contextOf } from './request-context.ts';
import type { Call, Reply, Route } from './route.ts';
import { wantedOf } from './sheets/by-accept.ts';

/** The Express handler of a route; with a sheet, of both. */
export function endpoint(route: Route, dependencies: Dependencies): RequestHandler {
  const list = handlerOf(route, dependencies);
  if (route.sheet === undefined) return list;
  const sheet = handlerOf(route.sheet, dependencies);
  return (request, response, next) => {
    const wanted = wantedOf(request);
    if (wanted === 'neither') throw new ProblemError(problem('not-acceptable'));
    response.vary('Accept');
    return wanted === 'sheet' ? sheet(request, response, next) : list(request, response, next);
  };
}

function handlerOf(route: Route, dependencies: Dependencies): RequestHandler {
  const isChecked = dependencies.config.profile !== 'production';
  const declared = new Set(declaredProblems(route));
  const name = `${route.method.toUpperCase()} ${route.path}`;
  return (request, response) => {
    const context = contextOf(response);
    context.route = route.path;
    const span = { name, traceparent: context.traceparent };
    return continueTrace(dependencies.telemetry.tracer, span, async () => {
      const exchange: Exchange = { route, dependencies, request, response };
      const answer = await answerTo(exchange);
      if (!('problem' in answer)) {
        return sendReply({ request, response, route, isChecked }, answer);
      }
      if (isChecked && !declared.has(answer.problem)) {
        throw new Error(`${name} answered ${answer.problem}, which it does not declare`);
      }
      const { asking } = exchange;
      if (asking !== undefined && isDenial(route, asking, answer)) {
        const { requestId } = context;
        await dependencies.denials.note(asking, {
          ...{ operation: name, reason: answer.problem, requestId },
        });
      }
      return sendProblem(request, response, answer);
    });
  };
}

interface Exchange {
  route: Route;
  dependencies: Dependencies;
  request: Request;
  response: Response;
  /** Who asks, once that is known. */
  asking?: Principal;
}

/** Whether somebody was kept from what they asked for, as opposed to having asked wrongly. */
function isDenial(route: Route, asking: Principal, { problem: code }: Problem): boolean {
  if (catalogue[code].status === 403) return true;
  return code === 'not-found' && route.auth !== 'public' && !mayDo(asking, route.auth);
}

/** A key in an address stands in logs and histories: it is refused, so that nobody gets used to it. */
const keyInAddress = /dft_(?:live|test)_/i;

async function answerTo(exchange: Exchange): Promise<Reply | Problem> {
  const { route, dependencies, request } = exchange;
  let principal: Principal | undefined;
  stripInternalHeaders(request.headers);
  if (keyInAddress.test(request.url)) return problem('key-in-address');
  if (route.deprecation !== undefined) announceDeprecation(exchange.response, route.deprecation);
  if (route.auth !== 'public') {
    const asking = dependencies.authentication.authenticate(request);
    const admitted = asking instanceof Promise ? await asking : asking;
    if ('problem' in admitted) return admitted;
    exchange.asking = admitted;
    const named = request.headers['x-daftari-key'];
    const quota = dependencies.rateLimits.admit(admitted, exchange.response, named);
    const refused = quota instanceof Promise ? await quota : quota;
    if (refused !== undefined) return refused;
    if (!mayDo(admitted, route.auth)) {
      // Strangers to the house are not told that there is a door.
      return problem(isOfTheHouse(route.auth) ? 'not-found' : 'forbidden');
    }
    if (admitted.isSuspended === true && isClosedWhenSuspended(route)) {
      return problem('tenant-suspended');
    }
    if (needsStepUp(route, admitted, dependencies.now())) return problem('step-up-required');
    principal = admitted;
  } else {
    const refused = await dependencies.rateLimits.admitStranger(request, exchange.response);
    if (refused !== undefined) return refused;
  }
  const checked = await route.check(request);
  if ('problem' in checked) return checked;
  const card = checked.body === undefined ? undefined : pointerToCard(checked.body);
  if (card !== undefined) {
    const { requestId } = contextOf(exchange.response);
    const operation = `${route.method} ${route.path}`;
    return refuseCard({ dependencies, operation, requestId }, card);
  }
  const call = callOf(exchange, principal);
  // An upload is only known once it has been read; its handler asks for itself.
  if (route.upload !== undefined || route.idempotency === undefined) return checked.run(call);
  return withIdempotency({ route, call, body: checked.body }, () => checked.run(call));
}

function needsStepUp({ stepUp }: Route, principal: Principal, nowMs: number): boolean {
  if (stepUp === undefined || (stepUp === 'persons' && principal.key !== undefined)) return false;
  return !hasFreshMfa(principal, nowMs);
}

function callOf({ dependencies, request, response }: Exchange, principal?: Principal): Call {
  // Field by field: a spread and a getter together cost more than the rest of the call.
  const { requestId, publicUrl, traceparent, route } = contextOf(response);
  if (principal !== undefined) {
    return { requestId, publicUrl, traceparent, route, dependencies, request, response, principal };
  }
  const call = { requestId, publicUrl, traceparent, route, dependencies, request, response };
  return Object.defineProperty(call, 'principal', { get: refusePrincipal }) as Call;
}

function refusePrincipal(): never {
  throw new Error('a public route has no principal');
}
