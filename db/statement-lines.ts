/** The accepted rows of a statement, exactly as read, before and after posting. */
import { sql } from 'kysely';
import type { CategoryReading } from '../domain/categories/terms.ts';
import type { StatementId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Channel, Direction, RowStatus, StatementLine } from '../domain/statements/terms.ts';
import type { Instant } from '../domain/time.ts';
import { createCopyRows, type CopyRows, type CopyType, type CopyValue } from './copy-rows.ts';
import type { TenantHandle } from './database.ts';
import { openRow, sealRow, searchTokensOf } from './row-secrets.ts';
import type { Nature } from './statement-tables.ts';

/** A line with what the domain says about it. */
export interface NewLine {
  line: StatementLine;
  /** Equal for the same row in any file of the account. */
  identity: string;
  /** Undefined for rows that moved no money. */
  direction: Direction | undefined;
  nature: Nature;
  /** What the catalogue makes of a row that moved money. */
  category?: CategoryReading;
  /** For a charge: the ordinal of the row it belongs to. */
  parentOrdinal?: number;
}

export interface StoredLine {
  ordinal: number;
  page: number;
  line: number;
  receipt: string;
  completedAt: Instant;
  details: string;
  status: RowStatus;
  inCents: Cents;
  outCents: Cents;
  balanceCents: Cents | null;
  purpose: string;
  channel: Channel;
  nature: Nature;
  /** True when this statement brought the row, false when another one had it already. */
  isNew: boolean;
  transactionId: TransactionId | null;
}

/** The columns in the order of `copyRow`; the ids of transactions are given by the database. */
const columns = {
  ...{ tenant_id: 'uuid', statement_id: 'uuid', ordinal: 'integer', page: 'integer' },
  ...{ line: 'integer', receipt: 'text', completed_at: 'timestamptz', row_status: 'text' },
  ...{ in_cents: 'bigint', out_cents: 'bigint', balance_cents: 'bigint', identity: 'text' },
  ...{ purpose: 'text', channel: 'text', direction: 'text', nature: 'text' },
  ...{ is_fuliza: 'boolean', confidence: 'text', category: 'text', category_confidence: 'text' },
  ...{ category_reason: 'text', counterparty_key_index: 'bytea', parent_ordinal: 'integer' },
  ...{ sealed: 'bytea', search_tokens: 'bigint[]' },
} as const satisfies Record<string, CopyType>;

/** Lines ready to be stored: sealed and encoded, contiguous from `firstOrdinal`. */
export interface LineRows {
  firstOrdinal: number;
  count: number;
  rows: CopyRows;
}

/** Room for lines from `firstOrdinal` on. */
export function roomForLines(firstOrdinal: number): LineRows {
  return { firstOrdinal, count: 0, rows: createCopyRows(Object.values(columns)) };
}

/** Seals and encodes lines behind those already in the text. */
export function addLines(
  sealing: Pick<TenantHandle, 'tenantId' | 'seal'>,
  statementId: StatementId,
  { into, lines }: { into: LineRows; lines: readonly NewLine[] },
): void {
  for (const entry of lines) {
    if (entry.line.ordinal !== into.firstOrdinal + into.count) {
      throw new RangeError(`line ${into.firstOrdinal + into.count} was left out`);
    }
    into.rows.add(copyRow(sealing, statementId, entry));
    into.count += 1;
  }
}

/**
 * Stores lines in the order of their ordinals, all or none; lines that are stored already are passed
 * over, so a repeat changes nothing. PostgreSQL refuses COPY into tables with row-level security, so
 * rows are copied to a temporary table and inserted from there.
 */
export async function storeLines(
  t: TenantHandle,
  statementId: StatementId,
  { firstOrdinal, count, rows }: LineRows,
): Promise<void> {
  const stored = await countLines(t, statementId);
  if (stored >= firstOrdinal + count) return;
  if (stored !== firstOrdinal) throw new RangeError(`line ${stored} was left out`);
  const list = Object.keys(columns).join(', ');
  await sql`
    create temporary table if not exists incoming_lines on commit delete rows
    as select ${sql.raw(list)} from ${t.table('statement_lines')} with no data`.execute(t.query);
  await t.copyIn(`copy pg_temp.incoming_lines (${list}) from stdin (format binary)`, [
    rows.bytes(),
  ]);
  await sql`
    insert into ${t.table('statement_lines')} (${sql.raw(list)}, transaction_id)
    select ${sql.raw(list)}, case when direction is not null then platform.uuid_v7() end
    from pg_temp.incoming_lines`.execute(t.query);
  await sql`truncate pg_temp.incoming_lines`.execute(t.query);
}

function copyRow(
  t: Pick<TenantHandle, 'tenantId' | 'seal'>,
  statementId: StatementId,
  entry: NewLine,
): CopyValue[] {
  const { line, identity, direction, nature, category, parentOrdinal } = entry;
  const { reading } = line;
  const key = reading.counterparty?.key;
  return [
    ...[t.tenantId, statementId, line.ordinal, line.page, line.line, line.receipt],
    ...[line.completedAt, line.status, line.inCents, line.outCents, line.balanceCents ?? null],
    ...[identity, reading.purpose, reading.channel, direction ?? null, nature],
    ...[reading.isFulizaFunded, reading.confidence, category?.category ?? null],
    ...[category?.confidence ?? null, category?.reason ?? null],
    key === undefined ? null : t.seal.index(`counterparty|${key}`),
    parentOrdinal ?? null,
    sealRow(t, line),
    searchTokensOf(t, line),
  ];
}

/** How many lines are stored; ordinals are contiguous from 0, so also the next ordinal. */
export async function countLines(t: TenantHandle, statementId: StatementId): Promise<number> {
  const row = await t.query
    .selectFrom('statement_lines')
    .select(sql<number>`coalesce(max(ordinal) + 1, 0)`.as('next'))
    .where('statement_id', '=', statementId)
    .executeTakeFirstOrThrow();
  return row.next;
}

/** Removes the lines and rejects of a statement that is to be read again; not once it is posted. */
export async function clearLines(t: TenantHandle, statementId: StatementId): Promise<void> {
  await t.query
    .deleteFrom('statement_lines')
    .where('statement_id', '=', statementId)
    .where(({ not, or, exists, selectFrom }) =>
      not(
        or([
          exists(selectFrom('transactions').select('id').where('statement_id', '=', statementId)),
          exists(
            selectFrom('transaction_sources')
              .select('ordinal')
              .where('statement_id', '=', statementId),
          ),
        ]),
      ),
    )
    .execute();
  await t.query.deleteFrom('statement_rejects').where('statement_id', '=', statementId).execute();
}

export interface LineSums {
  rowCount: number;
  /** Rows that moved money and will be, or are, transactions. */
  movedCount: number;
  totalInCents: Cents;
  totalOutCents: Cents;
  firstAt: Instant | null;
  lastAt: Instant | null;
  rejectCount: number;
  skippedCount: number;
}

/** Counts and sums of what is stored; only completed rows count towards the totals. */
export async function sumsOfLines(t: TenantHandle, statementId: StatementId): Promise<LineSums> {
  const found = await sql<LineSums>`
    select count(*) as "rowCount", count(direction) as "movedCount",
      coalesce(sum(in_cents) filter (where row_status = 'completed'), 0)::bigint as "totalInCents",
      coalesce(sum(out_cents) filter (where row_status = 'completed'), 0)::bigint
        as "totalOutCents",
      min(completed_at) as "firstAt", max(completed_at) as "lastAt",
      (select count(*) from ${t.table('statement_rejects')} r
        where r.statement_id = ${statementId} and r.settled_at is null) as "rejectCount",
      (select count(*) from ${t.table('statement_rejects')} r
        where r.statement_id = ${statementId} and r.settled_at is not null and r.ordinal is null)
        as "skippedCount"
    from ${t.table('statement_lines')} where statement_id = ${statementId}`.execute(t.query);
  const sums = found.rows[0];
  if (sums === undefined) throw new Error('an aggregate answered no row');
  return sums;
}

/** Lines by their order in the file, opened; `afterOrdinal` is the last one of the page before. */
export async function listLines(
  t: TenantHandle,
  statementId: StatementId,
  page: { afterOrdinal?: number; limit: number },
): Promise<StoredLine[]> {
  const found = await sql<Omit<StoredLine, 'details'> & { sealed: Buffer }>`
    select l.ordinal, l.page, l.line, l.receipt, l.completed_at as "completedAt",
      l.row_status as status, l.in_cents as "inCents", l.out_cents as "outCents",
      l.balance_cents as "balanceCents", l.purpose, l.channel, l.nature,
      x.id as "transactionId", l.sealed,
      coalesce(x.statement_id = l.statement_id, false) as "isNew"
    from ${t.table('statement_lines')} l
    left join ${t.table('transactions')} x on x.id = l.transaction_id
    where l.statement_id = ${statementId} and l.ordinal > ${page.afterOrdinal ?? -1}
    order by l.ordinal limit ${page.limit}`.execute(t.query);
  return found.rows.map(({ sealed, ...line }) => ({
    ...line,
    details: openRow(t, sealed).details,
  }));
}
