/** Posted money: pages, sums, and single rows with their paper. */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { AccountId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Cents, Currency } from '../domain/money.ts';
import type { Channel, Direction } from '../domain/statements/terms.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { PageReader } from './page-reader.ts';
import { attachmentsOf, type Attachment } from './row-attachments.ts';
import { openNote } from './row-marks.ts';
import { openRow } from './row-secrets.ts';
import { afterReceipts } from './search-ways.ts';
import { openParts, partsOfRow, type RowPart, type StoredPart } from './standing-parts.ts';
import { papersOf } from './transaction-papers.ts';
import type { RowSecrets } from './row-secrets.ts';
import type { Confidence, Nature } from './statement-tables.ts';
import { amountsOf, choiceOf, firstRows } from './transaction-filter.ts';
import type { TransactionFilter } from './transaction-filter.ts';

/** Where a row is printed: the statement, its page and its line. */
export interface StatementPlace {
  id: StatementId;
  fileName: string;
  page: number;
  line: number;
}

export interface Transaction {
  id: TransactionId;
  receipt: string;
  occurredAt: Instant;
  businessDate: BusinessDate;
  direction: Direction;
  amountCents: Cents;
  currency: Currency;
  balanceCents: Cents | null;
  details: string;
  purpose: string;
  channel: Channel;
  nature: Nature;
  isFuliza: boolean;
  confidence: Confidence;
  category: string | null;
  categoryReason: string | null;
  categorySource: string | null;
  counterparty: RowSecrets['counterparty'];
  account: { id: AccountId; label: string };
  statement: StatementPlace;
  parentId: TransactionId | null;
  tags: readonly string[];
  /** Of a split row, in their order; empty for every other one. */
  parts: readonly RowPart[];
  /** What people wrote about it. */
  note: string | null;
}

export interface TransactionOrder {
  field: 'occurredAt' | 'amountCents';
  isDescending: boolean;
}

export interface TransactionPageRequest {
  filter: TransactionFilter;
  order?: TransactionOrder;
  /** The last row of the page before: its value in the order's field, and its id. */
  after?: { value: Instant | Cents; id: TransactionId };
  limit: number;
}

const newestFirst: TransactionOrder = { field: 'occurredAt', isDescending: true };
const oldestFirst: TransactionOrder = { field: 'occurredAt', isDescending: false };
const rowsPerExportRead = 1_000;

/** A page of live transactions by keyset; newest first unless asked otherwise. */
export async function listTransactions(
  t: TenantHandle,
  { filter, order = newestFirst, after, limit }: TransactionPageRequest,
): Promise<Transaction[]> {
  const by = order.field === 'occurredAt' ? 'occurred_at' : 'amount_cents';
  const column = sql.ref(`x.${by}`);
  const sort = order.isDescending ? 'desc' : 'asc';
  const beyond = sql.raw(order.isDescending ? '<' : '>');
  const keyset =
    after === undefined
      ? sql``
      : sql`and (${column}, x.id) ${beyond} (${after.value}, ${after.id}::uuid)`;
  return readRows(t, {
    rows: firstRows(t, await choiceOf(t, filter), { by, sort, keyset, limit }),
    order: sql`${column} ${sql.raw(sort)}, x.id ${sql.raw(sort)}`,
  });
}

/** Live transactions whose receipt begins with this, in the order of their receipts. */
export function listByReceipt(
  t: TenantHandle,
  { start, limit }: { start: string; limit: number },
): Promise<Transaction[]> {
  return readRows(t, {
    rows: sql`select x.* from ${t.table('transactions')} x
      where x.receipt >= ${start} and x.receipt < ${start + afterReceipts}
        and x.reversed_at is null order by x.receipt, x.id limit ${limit}`,
    order: sql`x.receipt, x.id`,
  });
}

/** These live transactions, in no order; ids of none are left out. */
export async function readTransactions(
  t: TenantHandle,
  ids: readonly TransactionId[],
): Promise<Transaction[]> {
  if (ids.length === 0) return [];
  const rows = sql`select x.* from ${t.table('transactions')} x
    where x.id = any(${ids}::uuid[]) and x.reversed_at is null`;
  return readRows(t, { rows, order: sql`x.id` });
}

/**
 * Count and sums of exactly the rows a filter selects; of split rows, where it asks for categories,
 * the parts under these.
 */
export async function summariseTransactions(
  t: TenantHandle,
  filter: TransactionFilter,
): Promise<{ count: number; inCents: Cents; outCents: Cents }> {
  const amounts = amountsOf(t, await choiceOf(t, filter), filter);
  const found = await sql<{ count: number; inCents: Cents; outCents: Cents }>`
    select count(*) as count,
      coalesce(sum(asked) filter (where direction = 'in'), 0)::bigint as "inCents",
      coalesce(sum(asked) filter (where direction = 'out'), 0)::bigint as "outCents"
    from (${amounts}) chosen`.execute(t.query);
  const summary = found.rows[0];
  if (summary === undefined) throw new Error('an aggregate answered no row');
  return summary;
}

export interface TransactionDetail extends Transaction {
  /** The row as printed, cells separated by ` | `. */
  raw: string;
  /** Why the row was read as it was. */
  reason: string;
  children: { id: TransactionId; amountCents: Cents; purpose: string }[];
  /** Every live statement that shows the row. */
  sources: StatementPlace[];
  /** Photos and PDFs people put on it. */
  attachments: Attachment[];
}

/** One live transaction with its charges and its paper. */
export async function findTransaction(
  t: TenantHandle,
  transactionId: TransactionId,
): Promise<TransactionDetail | undefined> {
  const rows = sql`select x.* from ${t.table('transactions')} x
    where x.id = ${transactionId} and x.reversed_at is null`;
  const [found] = await readOpened(t, { rows, order: sql`x.id` });
  if (found === undefined) return undefined;
  const children = await sql<TransactionDetail['children'][number]>`
    select id, amount_cents as "amountCents", purpose from ${t.table('transactions')}
    where parent_id = ${transactionId} and reversed_at is null order by ordinal`.execute(t.query);
  const sources = await sql<StatementPlace>`
    select s.id, s.file_name as "fileName", l.page, l.line
    from ${papersOf(t)} x
    join ${t.table('statements')} s on s.id = x.statement_id
    join ${t.table('statement_lines')} l
      on l.statement_id = x.statement_id and l.ordinal = x.ordinal
    where x.transaction_id = ${transactionId} order by s.created_at, s.id`.execute(t.query);
  const { raw, reason } = found.secrets;
  const attachments = await attachmentsOf(t, transactionId);
  const beside = { children: children.rows, sources: sources.rows, attachments };
  return { ...found.row, raw, reason, ...beside };
}

/**
 * Every transaction of a filter in pages of 1,000, oldest first unless asked otherwise.
 */
export async function* streamTransactions(
  read: PageReader,
  { filter, order = oldestFirst }: Pick<TransactionPageRequest, 'filter' | 'order'>,
): AsyncGenerator<Transaction[]> {
  let last: Transaction | undefined;
  do {
    const after = last && { value: last[order.field], id: last.id };
    const request = { filter, order, limit: rowsPerExportRead, ...(after ? { after } : {}) };
    const page = await read((t) => listTransactions(t, request));
    if (page.length > 0) yield page;
    last = page.length === rowsPerExportRead ? page.at(-1) : undefined;
  } while (last !== undefined);
}

interface Reading {
  /** A query for rows of transactions. */
  rows: RawBuilder<unknown>;
  order: RawBuilder<unknown>;
}

interface ReadRow extends Omit<
  Transaction,
  'details' | 'counterparty' | 'account' | 'statement' | 'note' | 'parts'
> {
  sealed: Buffer;
  noteSealed: Buffer | null;
  storedParts: StoredPart[] | null;
  accountId: AccountId;
  accountLabel: string;
  statementId: StatementId;
  fileName: string;
  page: number;
  line: number;
}

async function readRows(t: TenantHandle, reading: Reading): Promise<Transaction[]> {
  const rows = await readOpened(t, reading);
  return rows.map(({ row }) => row);
}

/** Selects the rows first and joins their paper afterwards, so that only one page is joined. */
async function readOpened(t: TenantHandle, { rows, order }: Reading) {
  const found = await sql<ReadRow>`
    with x as materialized (${rows})
    select x.id, x.receipt, x.occurred_at as "occurredAt", x.business_date as "businessDate",
      x.direction, x.amount_cents as "amountCents", x.balance_cents as "balanceCents", x.purpose,
      x.channel, x.nature, x.is_fuliza as "isFuliza", x.confidence, x.category,
      x.category_reason as "categoryReason", x.category_source as "categorySource",
      x.parent_id as "parentId", l.sealed, a.id as "accountId", a.label as "accountLabel",
      a.currency, s.id as "statementId", s.file_name as "fileName", l.page, l.line,
      coalesce(m.tags, '{}') as tags, m.note_sealed as "noteSealed",
      ${partsOfRow(t)} as "storedParts"
    from x
    join ${t.table('accounts')} a on a.id = x.account_id
    join ${t.table('statements')} s on s.id = x.statement_id
    join ${t.table('statement_lines')} l
      on l.statement_id = x.statement_id and l.ordinal = x.ordinal
    left join ${t.table('row_marks')} m
      on m.account_id = x.account_id and m.identity = x.identity
    order by ${order}`.execute(t.query);
  return found.rows.map((row) => openTransaction(t, row));
}

function openTransaction(t: TenantHandle, read: ReadRow) {
  const { sealed, noteSealed, storedParts, accountId, accountLabel, ...known } = read;
  const { statementId, fileName, page, line, ...rest } = known;
  const secrets = openRow(t, sealed);
  const row: Transaction = {
    ...rest,
    details: secrets.details,
    counterparty: secrets.counterparty,
    account: { id: accountId, label: accountLabel },
    statement: { id: statementId, fileName, page, line },
    note: openNote(t, noteSealed),
    parts: openParts(t, storedParts),
  };
  return { row, secrets };
}
