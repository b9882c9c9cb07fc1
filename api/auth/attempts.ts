/** Counting attempts of people who are not signed in: by account and by address, both as hashes. */
import { createHash } from 'node:crypto';
import {
  beginAttempt,
  forgiveAttempt,
  noteSecurityEvent,
  type AttemptSubject,
} from '../../db/attempts.ts';
import type { AttemptRule } from '../../domain/auth/throttle.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';

/** What one attempt counts against, for example an account and the address it came from. */
export function subjectsOf(
  call: Pick<Call, 'request'>,
  counted: Partial<Record<AttemptRule, string>>,
): AttemptSubject[] {
  const address: Partial<Record<AttemptRule, string>> = { address: addressOf(call) };
  return Object.entries({ ...address, ...counted }).map(([name, subject]) => {
    // The keys of an object literal with known keys, which the type of `entries` forgets.
    const kind = name as AttemptRule;
    return { kind, subject: hashOf(kind, subject) };
  });
}

/** What is counted is kept as a hash: a table of failures must not become a list of customers. */
export function hashOf(kind: AttemptRule, subject: string): Buffer {
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

/** Takes an attempt back that turned out right. */
export function forgive(call: Call, subjects: readonly AttemptSubject[]): Promise<void> {
  return call.dependencies.db.asOperator('forgive an attempt', (o) => forgiveAttempt(o, subjects));
}

export function retryAfter(code: 'throttled' | 'unavailable', seconds: number): Problem {
  return problem(code, { headers: { 'Retry-After': String(seconds) } });
}
