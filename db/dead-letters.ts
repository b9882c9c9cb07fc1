/** Messages no consumer could handle, kept with their cause until an operator sends them again. */
import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { OperatorHandle } from './database.ts';

export interface NewDeadLetter {
  topic: string;
  partition: number;
  /** As the broker names it: a decimal number. */
  offset: string;
  consumer: string;
  cause: string;
  detail: string;
  attempts: number;
  key: string | null;
  payload: Buffer;
  headers: Record<string, string>;
  /** As the message claims it; kept only when it has the form of an id. */
  tenantId: string | null;
  failedAtEpochMs: number;
}

export interface DeadLetter extends Omit<NewDeadLetter, 'failedAtEpochMs' | 'offset'> {
  id: string;
  offset: number;
  failedAt: Instant;
  redrivenAt: Instant | null;
}

/** Keeps a message; the same message failing again updates what is known about it. */
export async function insertDeadLetter(o: OperatorHandle, letter: NewDeadLetter): Promise<void> {
  const isTenant = /^[0-9a-f-]{36}$/.test(letter.tenantId ?? '');
  await sql`
    insert into platform.dead_letters (topic, partition, "offset", key, consumer, cause, detail,
      attempts, payload, headers, failed_at, tenant_id)
    values (${letter.topic}, ${letter.partition}, ${letter.offset}::bigint,
      ${storable(letter.key)}, ${letter.consumer}, ${letter.cause}, ${storable(letter.detail)},
      ${letter.attempts}, ${letter.payload}, ${storable(JSON.stringify(letter.headers))}::jsonb,
      ${instantFromEpochMs(letter.failedAtEpochMs)}, ${isTenant ? letter.tenantId : null}::uuid)
    on conflict (consumer, topic, partition, "offset") do update
    set cause = excluded.cause, detail = excluded.detail, failed_at = excluded.failed_at,
      attempts = platform.dead_letters.attempts + excluded.attempts`.execute(o.query);
}

/** Letters that wait, oldest first: the named ones, those of one cause, or all. */
export async function findDeadLetters(
  o: OperatorHandle,
  choice: { ids?: readonly string[]; cause?: string; limit: number },
): Promise<DeadLetter[]> {
  const found = await sql<DeadLetter>`
    select id, topic, partition, "offset", key, consumer, cause, detail, attempts, payload, headers,
      tenant_id as "tenantId", failed_at as "failedAt", redriven_at as "redrivenAt"
    from platform.dead_letters
    where redriven_at is null
      and (${choice.ids ?? null}::uuid[] is null or id = any(${choice.ids ?? null}::uuid[]))
      and (${choice.cause ?? null}::text is null or cause = ${choice.cause ?? null}::text)
    order by failed_at, id limit ${choice.limit}`.execute(o.query);
  return found.rows;
}

/** Notes that a letter was sent back to its topic. */
export async function markRedriven(o: OperatorHandle, letterId: string): Promise<void> {
  await sql`
    update platform.dead_letters set redriven_at = now()
    where id = ${letterId} and redriven_at is null`.execute(o.query);
}

/** PostgreSQL text cannot hold NUL, and a message that failed may hold anything. */
function storable<Text extends string | null>(text: Text): Text | string {
  return text === null
    ? text
    : text.toWellFormed().replaceAll('\0', '�').replaceAll('\\u0000', '�');
}
