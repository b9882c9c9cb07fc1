/**
 * Where a tenant keeps words about people, read page by page in the order of their keys, so that a
 * look may stop anywhere and go on there.
 */
import { sql, type RawBuilder } from 'kysely';
import { speaksOf, type SubjectQuestion } from '../domain/tenants/data-subject.ts';
import type { TenantHandle } from './database.ts';
import { viewContext } from './saved-views.ts';
import { openedColumns, type ExportedRow } from './export-plan.ts';

/** Where a person is spoken of, by the kind of thing it belongs to. */
export const subjectKinds = [
  'customer',
  'collection',
  'disbursement',
  'account',
  'receivedPayment',
  'statement',
  'statementLine',
  'statementReject',
  'collectionBatch',
  'payoutBatch',
  'callback',
  'paymentLink',
  'invoice',
  'savedView',
  'rowMark',
  'rowChange',
  'rowPart',
  'attachment',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export const subjectRelations = [
  'customers',
  'collections',
  'disbursements',
  'accounts',
  'received_payments',
  'statements',
  'statement_lines',
  'statement_rejects',
  'collection_batch_rows',
  'payout_batch_rows',
  'callback_inbox',
  'payment_links',
  'invoices',
  'invoice_lines',
  'collection_batches',
  'payout_batches',
  'saved_views',
  'row_marks',
  'row_changes',
  'row_parts',
  'row_attachments',
] as const;
export type SubjectRelation = (typeof subjectRelations)[number];

export interface SubjectSource {
  kind: SubjectKind;
  relation: SubjectRelation;
  idColumn: string;
  rowColumn?: string;
  atColumn?: string;
  /** Columns that are not sealed and may hold somebody's name or number all the same. */
  clear?: readonly string[];
  /** Whether nothing waits for what the row says any more; true for all where it is left out. */
  isSettled?: (t: TenantHandle) => RawBuilder<boolean>;
}

const own = { idColumn: 'id', atColumn: 'created_at' } as const;

const ended = (column: string, ...states: string[]) => {
  const list = sql.join(states.map((state) => sql.lit(state)));
  return () => sql<boolean>`${sql.ref(column)} in (${list})`;
};

/** The row belongs to something that is over. */
const partOf =
  (relation: 'statements' | 'payout_batches' | 'collection_batches', column: string) =>
  (...states: string[]) =>
  (t: TenantHandle) => {
    const list = sql.join(states.map((state) => sql.lit(state)));
    return sql<boolean>`exists (select from ${t.table(relation)} p
      where p.tenant_id = r.tenant_id and p.id = ${sql.ref(column)} and p.status in (${list}))`;
  };

/** Nobody pays any more through the link in a column. */
const ofEndedLink = (column: string) => (t: TenantHandle) =>
  sql<boolean>`exists (select from ${t.table('payment_links')} k
    where k.tenant_id = r.tenant_id and k.id = ${sql.ref(column)} and k.status <> 'open')`;

const endedPayouts = ['finished', 'rejected', 'cancelled', 'expired'];
const readStatement = ['posted', 'refused', 'undone', 'abandoned'];
const ofReadStatement = partOf('statements', 'r.statement_id')(...readStatement);

/** Every place words about people are kept, in the order they are looked through. */
export const subjectSources: readonly SubjectSource[] = [
  { ...own, kind: 'customer', relation: 'customers', clear: ['reference'] },
  {
    ...{ ...own, kind: 'collection', relation: 'collections' },
    clear: ['account_reference', 'description', 'result_detail', 'checkout_request_id'],
    isSettled: ended('r.status', 'paid', 'refused', 'expired', 'cancelled'),
  },
  {
    ...{ ...own, kind: 'disbursement', relation: 'disbursements' },
    isSettled: ended('r.status', 'paid', 'refused', 'cancelled', 'expired'),
  },
  { ...own, kind: 'account', relation: 'accounts', clear: ['label'] },
  {
    ...{ kind: 'receivedPayment', relation: 'received_payments' },
    ...{ idColumn: 'id', atColumn: 'received_at' },
    isSettled: ended('r.state', 'linked', 'allocated'),
  },
  {
    ...{ ...own, kind: 'statement', relation: 'statements', clear: ['file_name'] },
    isSettled: ended('r.status', ...readStatement),
  },
  {
    ...{ kind: 'statementLine', relation: 'statement_lines', idColumn: 'statement_id' },
    ...{ rowColumn: 'ordinal', atColumn: 'completed_at', isSettled: ofReadStatement },
  },
  {
    ...{ kind: 'statementReject', relation: 'statement_rejects', idColumn: 'statement_id' },
    ...{ rowColumn: 'seq', isSettled: ofReadStatement },
  },
  {
    ...{ kind: 'collectionBatch', relation: 'collection_batch_rows', idColumn: 'batch_id' },
    rowColumn: 'row_number',
    isSettled: partOf('collection_batches', 'r.batch_id')('done', 'cancelled'),
  },
  {
    ...{ kind: 'payoutBatch', relation: 'payout_batch_rows', idColumn: 'batch_id' },
    rowColumn: 'ordinal',
    isSettled: partOf('payout_batches', 'r.batch_id')(...endedPayouts),
  },
  {
    ...{ kind: 'callback', relation: 'callback_inbox' },
    ...{ idColumn: 'id', atColumn: 'received_at' },
    isSettled: ended('r.status', 'delivered', 'discarded'),
  },
  {
    ...{ ...own, kind: 'paymentLink', relation: 'payment_links', clear: ['title', 'reference'] },
    isSettled: ended('r.status', 'paid', 'closed'),
  },
  {
    ...{ ...own, kind: 'invoice', relation: 'invoices', clear: ['void_reason'] },
    isSettled: ofEndedLink('r.payment_link_id'),
  },
  {
    ...{ kind: 'invoice', relation: 'invoice_lines', idColumn: 'invoice_id' },
    ...{ rowColumn: 'ordinal', clear: ['description'] },
    isSettled: (t) => sql<boolean>`exists (select from ${t.table('invoices')} i
      where i.tenant_id = r.tenant_id and i.id = r.invoice_id
        and ${ofEndedLink('i.payment_link_id')(t)})`,
  },
  {
    ...{ ...own, kind: 'collectionBatch', relation: 'collection_batches', clear: ['file_name'] },
    isSettled: ended('r.status', 'done', 'cancelled'),
  },
  {
    ...{ ...own, kind: 'payoutBatch', relation: 'payout_batches', clear: ['name', 'reason'] },
    isSettled: ended('r.status', ...endedPayouts),
  },
  { ...own, kind: 'savedView', relation: 'saved_views', clear: ['name'] },
  { ...own, kind: 'rowMark', relation: 'row_marks', clear: ['tags'] },
  {
    ...{ kind: 'rowChange', relation: 'row_changes', idColumn: 'id', atColumn: 'at' },
    clear: ['tags_added', 'tags_removed'],
    isSettled: ended('r.status', 'done', 'undone'),
  },
  { ...own, kind: 'rowPart', relation: 'row_parts' },
  { ...own, kind: 'attachment', relation: 'row_attachments', clear: ['file_name'] },
];

/** Behind which row a look goes on; without an id, at the first row of the relation. */
export interface SubjectPosition {
  relation: SubjectRelation;
  id: string | null;
  row: number | null;
}

export const firstPosition: SubjectPosition = { relation: 'customers', id: null, row: null };

export interface HeldRow {
  source: SubjectSource;
  row: ExportedRow;
  isSettled: boolean;
}

/** The next rows at a position, and where to go on; `next` is undefined after the last of all. */
export async function readHeldRows(
  t: TenantHandle,
  { relation, id, row }: SubjectPosition,
  limit: number,
): Promise<{ rows: HeldRow[]; next: SubjectPosition | undefined }> {
  const place = subjectSources.findIndex((one) => one.relation === relation);
  const source = subjectSources[place];
  if (source === undefined) throw new Error(`there are no words about people in ${relation}`);
  const { idColumn, rowColumn, isSettled } = source;
  const keys = rowColumn === undefined ? [idColumn] : [idColumn, rowColumn];
  const columns = sql.join(keys.map((key) => sql.ref(`r.${key}`)));
  const after =
    rowColumn === undefined ? sql`(${id}::uuid)` : sql`(${id}::uuid, ${row ?? 0}::integer)`;
  const found = await sql<{ row: ExportedRow; isSettled: boolean }>`
    select to_jsonb(r) as row, ${isSettled?.(t) ?? sql`true`} as "isSettled"
    from ${t.table(relation)} r
    where r.tenant_id = ${t.tenantId} ${id === null ? sql`` : sql`and (${columns}) > ${after}`}
    order by ${columns} limit ${limit}`.execute(t.query);
  const rows = found.rows.map((one) => ({ source, ...one }));
  const last = rows.at(-1)?.row;
  const following = subjectSources[place + 1];
  if (last !== undefined && rows.length === limit) {
    const at = rowColumn === undefined ? null : Number(last[rowColumn]);
    return { rows, next: { relation, id: String(last[idColumn]), row: at } };
  }
  const next = following && { relation: following.relation, id: null, row: null };
  return { rows, next };
}

/** The same row as it is now, held until the end of the transaction. */
export async function holdRow(
  t: TenantHandle,
  { source, row }: Pick<HeldRow, 'source' | 'row'>,
): Promise<HeldRow | undefined> {
  const found = await sql<{ row: ExportedRow; isSettled: boolean }>`
    select to_jsonb(r) as row, ${source.isSettled?.(t) ?? sql`true`} as "isSettled"
    from ${t.table(source.relation)} r where ${keyOf(t, source, row)} for update of r`.execute(
    t.query,
  );
  const held = found.rows[0];
  return held && { source, ...held };
}

/** The condition under which a row is this one, with the table named `r`. */
export function keyOf(t: TenantHandle, source: SubjectSource, row: ExportedRow) {
  const { idColumn, rowColumn } = source;
  const its =
    rowColumn === undefined
      ? sql``
      : sql`and ${sql.ref(`r.${rowColumn}`)} = ${Number(row[rowColumn])}`;
  return sql`r.tenant_id = ${t.tenantId}
    and ${sql.ref(`r.${idColumn}`)} = ${String(row[idColumn])} ${its}`;
}

/** What a row says about the person: its sealed words, and the open ones that speak of them. */
export function wordsAbout(
  t: Pick<TenantHandle, 'seal'>,
  { source, row }: Pick<HeldRow, 'source' | 'row'>,
  person: SubjectQuestion,
): Record<string, unknown> | undefined {
  const sealed = { ...openedColumns(t, source.relation, row), ...openedView(t, source, row) };
  const open = (source.clear ?? []).filter((column) => speaksOf(String(row[column] ?? ''), person));
  const words = { ...sealed, ...Object.fromEntries(open.map((column) => [column, row[column]])) };
  const isMeant =
    open.length > 0 || speaksOf(JSON.stringify(sealed), person) || hasNumber(t, row, person);
  return isMeant ? words : undefined;
}

/** What a view looks for; views are in no archive, so they are opened here. */
function openedView(
  t: Pick<TenantHandle, 'seal'>,
  { relation }: SubjectSource,
  { view_sealed: sealed }: ExportedRow,
): Record<string, unknown> {
  if (relation !== 'saved_views' || typeof sealed !== 'string') return {};
  return { view: JSON.parse(t.seal.openText(sealed, viewContext)) };
}

/** An account of a phone keeps no number but its index. */
function hasNumber(
  t: Pick<TenantHandle, 'seal'>,
  { number_index: index, kind }: ExportedRow,
  { msisdn }: SubjectQuestion,
): boolean {
  if (msisdn === undefined || typeof index !== 'string' || kind !== 'personal') return false;
  return index === `\\x${t.seal.index(`account|personal|${msisdn}`).toString('hex')}`;
}
