import { isClosedWhenSuspended, isOfTheHouse } from './auth/permissions.ts';
import type { ProblemCode } from './problems.ts';
import type { Route } from './route.ts';

/** Every problem a route can answer: its own, and those its checks bring with them. */
export function declaredProblems(route: Route): ProblemCode[] {
  const { params, query, body } = route.request;
  const codes: ProblemCode[] = [
    ...route.problems,
    'internal',
    'unavailable',
    'malformed-request',
    'key-in-address',
  ];
  codes.push('rate-limited', 'overloaded');
  if (route.auth !== 'public') {
    codes.push('unauthenticated', isOfTheHouse(route.auth) ? 'not-found' : 'forbidden');
  }
  if (isClosedWhenSuspended(route)) codes.push('tenant-suspended');
  if (route.stepUp !== undefined) codes.push('step-up-required');
  if (params !== undefined) codes.push('not-found');
  codes.push('validation-failed');
  if (query !== undefined) codes.push('uri-too-long');
  if (route.sheet !== undefined) codes.push('not-acceptable', ...declaredProblems(route.sheet));
  if (body !== undefined) {
    codes.push('malformed-json', 'body-too-large', 'unsupported-media-type', 'request-timeout');
  }
  if (route.ifMatch === true) codes.push('precondition-failed');
  if (route.upload !== undefined) codes.push('digest-mismatch');
  if (route.idempotency !== undefined) {
    codes.push('idempotency-key-malformed', 'idempotency-mismatch', 'idempotency-in-progress');
  }
  return [...new Set(codes)];
}
