/** Maker is never checker: whoever asked for something does not decide about it. */
import type { TenantHandle } from '../../db/database.ts';
import type { Instant } from '../../domain/time.ts';
import { standingOf } from '../../domain/waiting.ts';
import { nowOf } from '../now.ts';
import { changeOwn } from '../own-data.ts';
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

/** Why this person may not take that request back; undefined when they asked for it themselves. */
export function refuseWithdrawal(
  { principal }: Call,
  request: { requestedBy: string },
): Problem | undefined {
  return isOwnRequest(principal, request) ? undefined : problem('not-own-request');
}

/** Why this person may not decide what that actor asked for; undefined when they may. */
export function refuseChecker(
  { principal, dependencies }: Call,
  request: { requestedBy: string; submittedBy?: string | null },
): Problem | undefined {
  if (isOwnRequest(principal, request)) return problem('own-request');
  return hasFreshMfa(principal, dependencies.now()) ? undefined : problem('fresh-mfa-needed');
}

/** What becomes of a request while `find` holds it, if it still waits for a second person. */
export function whileItWaits<Waiting extends { status: string; expiresAt: Instant }>(
  call: Call,
  deed: {
    find: (t: TenantHandle) => Promise<Waiting | undefined>;
    work: (t: TenantHandle, found: Waiting) => Promise<Waiting | Problem>;
  },
): Promise<Waiting | Problem> {
  return changeOwn(call, async (t) => {
    const found = await deed.find(t);
    if (found === undefined) return problem('not-found');
    if (standingOf(found, nowOf(call)) !== 'waiting') return problem('request-not-waiting');
    return deed.work(t, found);
  });
}
