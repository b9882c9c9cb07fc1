/** Maker is never checker: whoever asked for something does not decide about it. */
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';
import { actorOf, hasFreshMfa, type Principal } from './principal.ts';

/**
 * Whether this person asked for it themselves. A key is used by the member who made it: what it asked
 * for, they have asked for too.
 */
export function isOwnRequest(
  principal: Principal,
  request: { requestedBy: string; submittedBy?: string | null },
): boolean {
  const own = [actorOf(principal), `user:${principal.userId}`];
  return [request.requestedBy, request.submittedBy].some((by) => own.includes(by ?? ''));
}

/** Why this person may not decide what that actor asked for; undefined when they may. */
export function refuseChecker(
  { principal, dependencies }: Call,
  request: { requestedBy: string; submittedBy?: string | null },
): Problem | undefined {
  if (isOwnRequest(principal, request)) return problem('own-request');
  return hasFreshMfa(principal, dependencies.now()) ? undefined : problem('fresh-mfa-needed');
}
