/**
 * What two people say of money that M-PESA tells nothing of: how a payout ended, that its money came
 * back, that a request for much money is given up. One says it. It waits until another one has
 * decided, until whoever said it takes it back, or until its time is over.
 */
import { sql, type RawBuilder } from 'kysely';
import type { CollectionId, DisbursementId, LedgerTransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { ReturnStatus, WordStatus } from '../domain/waiting.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import type { PayoutClosingsTable } from './payout-tables.ts';

interface WordOfTwo {
  id: string;
  reason: string;
  requestedBy: string;
  requestedAt: Instant;
  expiresAt: Instant;
  decidedBy: string | null;
}

/** Each kind; as stored, so that one that is over but not yet swept still says `waiting`. */
export interface WordsOfTwo {
  payoutClosing: WordOfTwo & {
    status: WordStatus;
    outcome: PayoutClosingsTable['outcome'];
    receipt: string | null;
  };
  payoutReturn: WordOfTwo & { status: ReturnStatus; amountCents: Cents; receipt: string };
  collectionClosing: WordOfTwo & { status: WordStatus };
}
export type WordKind = keyof WordsOfTwo;
export const wordKinds = ['payoutClosing', 'payoutReturn', 'collectionClosing'] as const;

/** What each kind is about. */
export interface WordSubjects {
  payoutClosing: DisbursementId;
  payoutReturn: DisbursementId;
  collectionClosing: CollectionId;
}

interface Place {
  table: 'payout_closings' | 'payout_returns' | 'collection_closings';
  about: 'disbursement_id' | 'collection_id';
  /** Columns that not every kind has, by the field they are read as. */
  own: Readonly<Record<string, string>>;
  objectKind: 'disbursement' | 'collection';
  /** What the audit log calls it, before what was done with it. */
  deed: 'disbursement.closing' | 'disbursement.return' | 'collection.closing';
}

const places: Readonly<Record<WordKind, Place>> = {
  payoutClosing: {
    ...{ table: 'payout_closings', about: 'disbursement_id', objectKind: 'disbursement' },
    ...{ own: { outcome: 'outcome', receipt: 'receipt' }, deed: 'disbursement.closing' },
  },
  payoutReturn: {
    ...{ table: 'payout_returns', about: 'disbursement_id', objectKind: 'disbursement' },
    ...{ own: { amountCents: 'amount_cents', receipt: 'receipt' }, deed: 'disbursement.return' },
  },
  collectionClosing: {
    ...{ table: 'collection_closings', about: 'collection_id', objectKind: 'collection' },
    ...{ own: {}, deed: 'collection.closing' },
  },
};

const everyField = {
  ...{ id: 'id', reason: 'reason', status: 'status', requestedBy: 'requested_by' },
  ...{ requestedAt: 'requested_at', expiresAt: 'expires_at', decidedBy: 'decided_by' },
};

function fieldsOf(kind: WordKind): RawBuilder<unknown> {
  const fields = Object.entries({ ...everyField, ...places[kind].own });
  return sql.join(fields.map(([field, column]) => sql`${sql.ref(column)} as ${sql.ref(field)}`));
}

/** A word and what it is about. */
export interface AboutWord<Kind extends WordKind> {
  kind: Kind;
  aboutId: WordSubjects[Kind];
}

export type NewWord<Kind extends WordKind> = AboutWord<Kind> &
  Omit<WordsOfTwo[Kind], 'status' | 'decidedBy'>;

/**
 * Stores a word with its audit record; false when another one waits, or the money came back before.
 * One that is over makes room.
 */
export async function insertWord<Kind extends WordKind>(
  t: TenantHandle,
  said: NewWord<Kind>,
  requestId: string,
): Promise<boolean> {
  const { kind, aboutId } = said;
  const { table, about, own } = places[kind];
  await expireWords(t, kind, { now: said.requestedAt, limit: 1, aboutId });
  const given: Readonly<Record<string, unknown>> = { ...said };
  const written = ['id', 'reason', 'requestedBy', 'requestedAt', 'expiresAt'] as const;
  const values = [
    ...written.map((field) => ({ column: everyField[field], value: given[field] })),
    ...Object.entries(own).map(([field, column]) => ({ column, value: given[field] })),
    ...[
      { column: 'tenant_id', value: t.tenantId },
      { column: about, value: aboutId },
    ],
  ];
  const found = await sql`
    insert into ${t.table(table)} (${sql.join(values.map(({ column }) => sql.ref(column)))})
    values (${sql.join(values.map(({ value }) => sql`${value}`))})
    on conflict do nothing returning id`.execute(t.query);
  if (found.rows.length === 0) return false;
  const { requestedBy: actor } = said;
  await auditWord(t, { kind, aboutId, word: said, actor, done: 'requested', requestId });
  return true;
}

/** Whether this very word was said before. */
export async function isWordKnown(t: TenantHandle, kind: WordKind, id: string): Promise<boolean> {
  const found = await sql`
    select 1 from ${t.table(places[kind].table)}
    where tenant_id = ${t.tenantId} and id = ${id}`.execute(t.query);
  return found.rows.length > 0;
}

/** The newest word of a kind about something. */
export async function latestWord<Kind extends WordKind>(
  t: TenantHandle,
  { kind, aboutId }: AboutWord<Kind>,
): Promise<WordsOfTwo[Kind] | undefined> {
  const { table, about } = places[kind];
  const found = await sql<WordsOfTwo[Kind]>`
    select ${fieldsOf(kind)} from ${t.table(table)}
    where tenant_id = ${t.tenantId} and ${sql.ref(about)} = ${aboutId}
    order by requested_at desc, id desc limit 1`.execute(t.query);
  return found.rows[0];
}

/** Ends a word that waits, with its audit record; undefined when somebody else was first. */
export async function endWord<Kind extends WordKind>(
  t: TenantHandle,
  { kind, aboutId }: AboutWord<Kind>,
  end: {
    wordId: string;
    status: 'agreed' | 'rejected' | 'withdrawn';
    decidedBy: string;
    requestId: string;
  },
): Promise<WordsOfTwo[Kind] | undefined> {
  const { wordId, status, decidedBy: actor, requestId } = end;
  const found = await sql<WordsOfTwo[Kind]>`
    update ${t.table(places[kind].table)}
    set status = ${status}, decided_by = ${actor}, decided_at = now()
    where tenant_id = ${t.tenantId} and id = ${wordId} and status = 'waiting'
    returning ${fieldsOf(kind)}`.execute(t.query);
  const [word] = found.rows;
  if (word === undefined) return undefined;
  await auditWord(t, { kind, aboutId, word, actor, done: status, requestId });
  return word;
}

/**
 * Ends what nobody decided in time, of all or about one thing, with a record in the audit log;
 * answers how many. What somebody is deciding at this moment is theirs.
 */
export async function expireWords<Kind extends WordKind>(
  t: TenantHandle,
  kind: Kind,
  over: { now: Instant; limit: number; aboutId?: WordSubjects[Kind] },
): Promise<number> {
  const { now, limit, aboutId } = over;
  const { table, about } = places[kind];
  const actor = 'service:payments';
  const ofOne = aboutId === undefined ? sql`` : sql`and ${sql.ref(about)} = ${aboutId}`;
  const ended = await sql<WordsOfTwo[Kind] & { aboutId: WordSubjects[Kind] }>`
    update ${t.table(table)} set status = 'expired', decided_by = ${actor}, decided_at = ${now}
    where tenant_id = ${t.tenantId} and id in (
      select id from ${t.table(table)}
      where tenant_id = ${t.tenantId} and status = 'waiting' and expires_at <= ${now} ${ofOne}
      order by expires_at limit ${limit} for update skip locked)
    returning ${fieldsOf(kind)}, ${sql.ref(about)} as "aboutId"`.execute(t.query);
  for (const word of ended.rows) {
    await auditWord(t, { kind, aboutId: word.aboutId, word, actor, done: 'expired' });
  }
  return ended.rows.length;
}

/** `from …`: returns that wait for a second person and are not over yet. */
export function fromWaitingReturns(t: TenantHandle): RawBuilder<unknown> {
  return sql`from ${t.table(places.payoutReturn.table)}
    where tenant_id = ${t.tenantId} and status = 'waiting' and expires_at > now()`;
}

/** Notes the entry of an agreed return; without one its receipt was credited to something before. */
export async function endReturn(
  t: TenantHandle,
  returnId: string,
  transactionId: LedgerTransactionId | null,
): Promise<void> {
  const status: ReturnStatus = transactionId === null ? 'known-receipt' : 'booked';
  await t.query
    .updateTable('payout_returns')
    .set({ status, transaction_id: transactionId })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', returnId)
    .where('status', '=', 'agreed')
    .execute();
}

interface WordDeed extends AboutWord<WordKind> {
  word: object;
  actor: string;
  done: 'requested' | 'agreed' | 'rejected' | 'withdrawn' | 'expired';
  requestId?: string;
}

/** Who did what with which word; the log keeps what was said, too. */
async function auditWord(t: TenantHandle, deed: WordDeed): Promise<void> {
  const { kind, aboutId, word, actor, done, requestId } = deed;
  const { own, objectKind, deed: name } = places[kind];
  const told = [...Object.keys(own), 'reason', 'requestedBy'];
  const detail = Object.fromEntries(Object.entries(word).filter(([field]) => told.includes(field)));
  await appendAudit(t, {
    ...{ actor, action: `${name}-${done}`, objectKind, objectId: aboutId, detail },
    ...(requestId === undefined ? {} : { requestId }),
  });
}
