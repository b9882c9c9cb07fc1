/** Counts attempts in the database, so that neither a restart nor a flushed Redis forgets them. */
import { sql } from 'kysely';
import {
  attemptRules,
  isForgotten,
  waitSecondsOf,
  type AttemptRule,
  type Counted,
} from '../domain/auth/throttle.ts';
import type { OperatorHandle } from './database.ts';

export interface AttemptSubject {
  kind: AttemptRule;
  /** SHA-256 of what is counted. */
  subject: Buffer;
}

/**
 * Counts an attempt before it is made, so that many at once cannot slip through together. Answers
 * the seconds to wait instead when any of the subjects has used up its tries; then nothing counts.
 */
export async function beginAttempt(
  o: OperatorHandle,
  subjects: readonly AttemptSubject[],
): Promise<number> {
  const ordered = subjects.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  const nowMs = await databaseNow(o);
  const found: Counted[] = [];
  for (const one of ordered) found.push(await lockCounted(o, one));
  const waits = ordered.map(({ kind }, index) => {
    const counted = found[index];
    return counted === undefined ? 0 : waitSecondsOf(kind, counted, nowMs);
  });
  const waitSeconds = Math.max(0, ...waits);
  if (waitSeconds > 0) return waitSeconds;
  for (const [index, one] of ordered.entries()) {
    const counted = found[index];
    const isFresh = counted === undefined || isForgotten(one.kind, counted, nowMs);
    await add(o, one, { isFresh, times: 1 });
  }
  return 0;
}

/**
 * Counts failures that nobody waits for; true for those that reach the budget of its window, and
 * for no other of that window.
 */
export async function countFailures(
  o: OperatorHandle,
  { kind, subject }: AttemptSubject & { kind: 'tenant' },
  times: number,
): Promise<boolean> {
  const nowMs = await databaseNow(o);
  const counted = await lockCounted(o, { kind, subject });
  const isFresh = isForgotten(kind, counted, nowMs);
  await add(o, { kind, subject }, { isFresh, times });
  const { budget } = attemptRules[kind];
  const before = isFresh ? 0 : counted.count;
  return before < budget && before + times >= budget;
}

/** Takes an attempt back that turned out right: accounts start anew, budgets get one back. */
export async function forgiveAttempt(
  o: OperatorHandle,
  subjects: readonly AttemptSubject[],
): Promise<void> {
  for (const { kind, subject } of subjects) {
    const startsAnew = !('budget' in attemptRules[kind]) || kind === 'code';
    await sql`
      update platform.attempts set count = ${startsAnew ? 0 : sql`greatest(count - 1, 0)`}
      where kind = ${kind} and subject = ${subject}`.execute(o.query);
  }
}

/** Notes something for whoever looks after the house; accounts and addresses are hashes. */
export async function noteSecurityEvent(
  o: OperatorHandle,
  event: { kind: string; account?: Buffer; address?: Buffer; requestId?: string },
): Promise<void> {
  const { kind, account = null, address = null, requestId = null } = event;
  await o.query
    .insertInto('platform.security_events')
    .values({ kind, account, address, request_id: requestId })
    .execute();
}

/** Forgets what no rule asks for any more. */
export async function sweepAttempts(o: OperatorHandle): Promise<number> {
  await sql`
    delete from platform.security_events where at < now() - interval '90 days'`.execute(o.query);
  const done = await sql`
    delete from platform.attempts where last_at < now() - interval '1 day'`.execute(o.query);
  return Number(done.numAffectedRows ?? 0);
}

async function databaseNow(o: OperatorHandle): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from now()) * 1000)::float8 as ms`.execute(o.query);
  return rows[0]?.ms ?? Number.NaN;
}

/** The row is made before it is locked, so that first attempts wait for each other too. */
async function lockCounted(o: OperatorHandle, { kind, subject }: AttemptSubject): Promise<Counted> {
  await o.query
    .insertInto('platform.attempts')
    .values({ kind, subject, count: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await o.query
    .selectFrom('platform.attempts')
    .select(['count', 'first_at', 'last_at'])
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { count, first_at: firstAt, last_at: lastAt } = row;
  return { count, firstMs: Date.parse(firstAt), lastMs: Date.parse(lastAt) };
}

async function add(
  o: OperatorHandle,
  { kind, subject }: AttemptSubject,
  { isFresh, times }: { isFresh: boolean; times: number },
): Promise<void> {
  await sql`
    update platform.attempts set
      count = ${isFresh ? times : sql`count + ${times}`},
      first_at = ${isFresh ? sql`now()` : sql`first_at`},
      last_at = now()
    where kind = ${kind} and subject = ${subject}`.execute(o.query);
}
