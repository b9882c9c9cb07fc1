/** What has a name: customers, links, statements, lists and shortcodes. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import { parsePublicId } from '../domain/ids.ts';
import { invoiceReference, invoiceStatusOf } from '../domain/invoices/invoice.ts';
import type { Asked } from '../domain/search/asked.ts';
import { businessDateOf, instantFromEpochMs } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { msisdnIndex } from './collection-record.ts';
import { nameContext } from './customers.ts';
import { findInvoice, listInvoices } from './invoices.ts';
import type { Hit } from './search.ts';
import {
  alongWays,
  amongLatest,
  anywhere,
  type Condition,
  typedIn,
  wayBy,
  wayById,
} from './search-ways.ts';
import { listShortcodes } from './shortcodes.ts';

/** Names are sealed and their words have no index: they are looked for among this many customers. */
const customersMax = 10_000;

const nothing = { amountCents: null, direction: null, status: null };

export async function findCustomers(t: TenantHandle, asked: Asked, limit: number): Promise<Hit[]> {
  const newest = (where: Condition) =>
    t.query
      .selectFrom('customers')
      .select(['id', 'reference', 'name_sealed', 'msisdn_masked', 'created_at'])
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
  const found = await alongWays(
    [
      wayById('customer', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('phone', asked.msisdn, (digits) =>
        newest(sql`msisdn_index = ${msisdnIndex(t, digits)}`),
      ),
      wayBy('reference', asked.referenceKey, (key) => newest(sql`reference_key = ${key}`)),
      wayBy('name', wordsIn(t, asked), (words) =>
        newest(
          amongLatest(
            t,
            { table: 'customers', max: customersMax },
            sql`name_tokens @> ${words}::bigint[]`,
          ),
        ),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ ...nothing, id: row.id, by, title: t.seal.open(row.name_sealed, nameContext) },
    detail: [row.reference, row.msisdn_masked].filter(Boolean).join(' · '),
    at: row.created_at,
  }));
}

/** Undefined when nothing of the text counts as a word, which would select everybody. */
function wordsIn(t: TenantHandle, asked: Asked): string[] | undefined {
  const words = t.seal.tokens(typedIn(asked) ?? '');
  return words.length === 0 ? undefined : words;
}

/** The links that stand by themselves; those of invoices are found as invoices. */
export async function findPaymentLinks(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const newest = (where: Condition) =>
    t.query
      .selectFrom('payment_links')
      .select(['id', 'title', 'reference', 'amount_cents', 'status', 'created_at'])
      .where(where)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('invoices')
              .select('invoices.id')
              .whereRef('invoices.payment_link_id', '=', 'payment_links.id'),
          ),
        ),
      )
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
  const found = await alongWays(
    [
      wayById('paymentLink', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('reference', asked.referenceKey, (key) => newest(sql`reference_key = ${key}`)),
      wayBy('name', typedIn(asked), (text) =>
        newest(amongLatest(t, { table: 'payment_links' }, sql`title ilike ${anywhere(text)}`)),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.title, detail: row.reference, direction: null },
    ...{ amountCents: row.amount_cents, status: row.status, at: row.created_at },
  }));
}

/** By number however it is typed after its `INV`; by whom they were sent to, customers are found. */
export async function findInvoices(t: TenantHandle, asked: Asked, limit: number): Promise<Hit[]> {
  const today = businessDateOf(instantFromEpochMs(Date.now()));
  const isNumber = asked.referenceKey?.startsWith(referenceKey('INV')) === true;
  const byId = wayById('invoice', asked, async (id) => {
    const one = await findInvoice(t, id);
    return one === undefined ? [] : [one];
  });
  const found = await alongWays(
    [
      byId,
      wayBy('reference', isNumber ? asked.referenceKey : undefined, (q) =>
        listInvoices(t, { filter: { q }, today, limit }),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: invoiceReference(row.number), detail: row.customerName },
    ...{ amountCents: row.totalCents, direction: null, at: row.createdAt },
    status: invoiceStatusOf(row, today),
  }));
}

export async function findStatements(t: TenantHandle, asked: Asked, limit: number): Promise<Hit[]> {
  const newest = (where: Condition) =>
    t.query
      .selectFrom('statements')
      .select(['id', 'file_name', 'status', 'created_at'])
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
  const found = await alongWays(
    [
      wayById('statement', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('name', typedIn(asked), (text) =>
        newest(amongLatest(t, { table: 'statements' }, sql`file_name ilike ${anywhere(text)}`)),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ ...nothing, id: row.id, by, title: row.file_name, detail: '' },
    ...{ status: row.status, at: row.created_at },
  }));
}

export async function findPayoutBatches(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const rows = (where: Condition) =>
    t.query
      .selectFrom('payout_batches')
      .select(['id', 'name', 'total_cents as amount', 'status', 'created_at'])
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
  return findLists({ t, asked, limit, kind: 'payoutBatch', rows });
}

export async function findCollectionBatches(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const rows = (where: Condition) =>
    t.query
      .selectFrom('collection_batches')
      .select(['id', 'file_name as name', 'amount_cents as amount', 'status', 'created_at'])
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
  return findLists({ t, asked, limit, kind: 'collectionBatch', rows });
}

type ListRow = Pick<Hit, 'id'> & {
  name: string;
  amount: NonNullable<Hit['amountCents']>;
  status: string;
  created_at: NonNullable<Hit['at']>;
};

/** Lists of payouts and of requests differ in their table and in what the name is called there. */
async function findLists(search: {
  t: TenantHandle;
  asked: Asked;
  limit: number;
  kind: 'payoutBatch' | 'collectionBatch';
  rows: (where: Condition) => Promise<ListRow[]>;
}): Promise<Hit[]> {
  const { t, asked, limit, kind, rows } = search;
  const isPayout = kind === 'payoutBatch';
  const table = isPayout ? 'payout_batches' : 'collection_batches';
  const name = sql.ref(isPayout ? 'name' : 'file_name');
  const found = await alongWays(
    [
      wayById(kind, asked, (id) => rows(sql`id = ${id}`)),
      wayBy('name', typedIn(asked), (text) =>
        rows(amongLatest(t, { table }, sql`${name} ilike ${anywhere(text)}`)),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.name, detail: '', amountCents: row.amount },
    ...{ direction: isPayout ? ('out' as const) : ('in' as const) },
    ...{ status: row.status, at: row.created_at },
  }));
}

export async function findShortcodes(t: TenantHandle, asked: Asked, limit: number): Promise<Hit[]> {
  const { publicId, text } = asked;
  const typed = text.toLowerCase();
  const all = await listShortcodes(t);
  const found = all.filter(({ id, number, name, storeNumber }) => {
    if (publicId !== undefined) return id === parsePublicId('shortcode', publicId);
    const isNumber = number.startsWith(text) || storeNumber === text;
    return isNumber || name.toLowerCase().includes(typed);
  });
  return found.slice(0, limit).map(({ id, number, name, status }) => ({
    ...{ ...nothing, id, title: name, detail: number, status, at: null },
    by: publicId === undefined ? ('name' as const) : ('id' as const),
  }));
}
