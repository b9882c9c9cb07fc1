/** Counting attempts of people who are not signed in: by account and by address, both as hashes. */
import { createHash } from 'node:crypto';
import {
  beginAttempt,
  countFailure,
  forgiveAttempt,
  noteSecurityEvent,
  type AttemptSubject,
} from '../../db/attempts.ts';
import { appendAudit } from '../../db/audit.ts';
import type { AttemptRule } from '../../domain/auth/throttle.ts';
import type { TenantId } from '../../domain/ids.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';

/** What one attempt counts against, for example an account and the address it came from. */
export function subjectsOf(
  call: Pick<Call, 'request'>,
  counted: Partial<Record<AttemptRule, string>>,
): AttemptSubject[] {
  const address: Partial<Record<AttemptRule, string>> = { address: addressOf(call) };
  return Object.entries({ ...address, ...counted }).map(([kind, subject]) => ({
    // The keys of an object literal with known keys, which the type of `entries` forgets.
    kind: kind as AttemptRule,
    subject: hashOf(kind, subject),
  }));
}

function hashOf(kind: string, subject: string): Buffer {
  return createHash('sha256').update(`${kind} ${subject}`).digest();
}

function addressOf({ request }: Pick<Call, 'request'>): string {
  return request.ip ?? 'unknown';
}

/** Counts an attempt, or says 429 and how long to wait. */
export async function countAttempt(
  call: Call,
  subjects: readonly AttemptSubject[],
): Promise<Problem | undefined> {
  const { db, telemetry } = call.dependencies;
  const waitSeconds = await db.asOperator('count an attempt', async (o) => {
    const seconds = await beginAttempt(o, subjects);
    if (seconds > 0) await noteSecurityEvent(o, { kind: 'throttled', ...whom(call, subjects) });
    return seconds;
  });
  if (waitSeconds === 0) return undefined;
  telemetry.log.warn({ event: 'attemptThrottled', requestId: call.requestId, waitSeconds });
  return retryAfter('throttled', waitSeconds);
}

/** Whose attempt it was, as kept with security events. */
export function whom(call: Call, subjects: readonly AttemptSubject[]) {
  const of = (kind: AttemptRule) => subjects.find((one) => one.kind === kind)?.subject;
  const [account, address] = [of('account') ?? of('code'), of('address')];
  return {
    requestId: call.requestId,
    ...(account === undefined ? {} : { account }),
    ...(address === undefined ? {} : { address }),
  };
}

/**
 * Counts a refused sign-in against the business of whoever it was meant for. Many of them are many
 * accounts tried in turn, which no single account notices: the first time in a window that there are
 * too many, somebody is told. Nobody waits, or a stranger could close a business.
 */
export async function countInBusiness(call: Call, tenantId: TenantId): Promise<void> {
  const { db, telemetry } = call.dependencies;
  const { requestId } = call;
  const kind = 'tenant' as const;
  const subject = hashOf(kind, tenantId);
  const isTooMany = await db.asOperator('count a refusal in a business', async (o) => {
    const isReached = await countFailure(o, { kind, subject });
    if (isReached) await noteSecurityEvent(o, { kind: 'many-refusals', requestId });
    return isReached;
  });
  if (!isTooMany) return;
  telemetry.log.error({ event: 'manyRefusalsInBusiness', tenantId, requestId });
  const object = { objectKind: 'tenant', objectId: tenantId };
  await db.withTenant(tenantId, (t) =>
    appendAudit(t, { actor: 'service:auth', action: 'session.many-refused', ...object, requestId }),
  );
}

/** Takes an attempt back that turned out right. */
export function forgive(call: Call, subjects: readonly AttemptSubject[]): Promise<void> {
  return call.dependencies.db.asOperator('forgive an attempt', (o) => forgiveAttempt(o, subjects));
}

export function retryAfter(code: 'throttled' | 'unavailable', seconds: number): Problem {
  return problem(code, { headers: { 'Retry-After': String(seconds) } });
}
