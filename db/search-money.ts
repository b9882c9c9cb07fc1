/** Requests for money, money that arrived, and payouts: by receipt, number, reference and amount. */
import { sql } from 'kysely';
import { normaliseReference } from '../domain/collections/reference.ts';
import type { Asked } from '../domain/search/asked.ts';
import { msisdnIndex, toCollection } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { payeeText, toDisbursement } from './disbursements.ts';
import { listShortcodes } from './shortcodes.ts';
import type { Hit } from './search.ts';
import {
  afterReceipts,
  alongWays,
  amongLatest,
  type Condition,
  typedIn,
  wayBy,
  wayById,
} from './search-ways.ts';

const beginsWith = (receipt: string) =>
  sql<boolean>`receipt >= ${receipt} and receipt < ${receipt + afterReceipts}`;

export async function findCollections(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const newest = async (where: Condition) => {
    const rows = await t.query
      .selectFrom('collections')
      .selectAll()
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toCollection);
  };
  const found = await alongWays(
    [
      wayById('collection', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('receipt', asked.receipt, (start) => newest(beginsWith(start))),
      wayBy('phone', asked.msisdn, (digits) =>
        newest(sql`msisdn_index = ${msisdnIndex(t, digits)}`),
      ),
      wayBy('reference', asked.referenceKey, (key) => newest(sql`reference_key = ${key}`)),
      wayBy('amount', asked.amountCents, (amount) =>
        newest(amongLatest(t, { table: 'collections' }, sql`amount_cents = ${amount}`)),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.receipt ?? row.accountReference },
    detail:
      row.receipt === null ? row.msisdnMasked : `${row.accountReference} · ${row.msisdnMasked}`,
    ...{ amountCents: row.paidCents ?? row.amountCents, direction: 'in' as const },
    ...{ status: row.status, at: row.createdAt },
  }));
}

/** Money that arrived without having been asked for; the rest is found as a collection. */
export async function findReceivedPayments(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const newest = (where: Condition) =>
    t.query
      .selectFrom('received_payments')
      .select(['id', 'receipt', 'amount_cents', 'msisdn_masked', 'state', 'received_at'])
      .where('collection_id', 'is', null)
      .where('state', '!=', 'withdrawn')
      .where(where)
      .orderBy('received_at', 'desc')
      .limit(limit)
      .execute();
  const found = await alongWays(
    [
      wayById('receivedPayment', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('receipt', asked.receipt, async (start) =>
        newest(sql`${await atAnyShortcode(t)} and ${beginsWith(start)}`),
      ),
      wayBy('amount', asked.amountCents, (amount) =>
        newest(
          amongLatest(
            t,
            { table: 'received_payments', time: 'received_at' },
            sql`amount_cents = ${amount}`,
          ),
        ),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.receipt, detail: row.msisdn_masked ?? '' },
    ...{ amountCents: row.amount_cents, direction: 'in' as const },
    ...{ status: row.state, at: row.received_at },
  }));
}

export async function findPayouts(t: TenantHandle, asked: Asked, limit: number): Promise<Hit[]> {
  const newest = async (where: Condition) => {
    const rows = await t.query
      .selectFrom('disbursements')
      .selectAll()
      .where('kind', '!=', 'reversal')
      .where(where)
      .orderBy('created_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => toDisbursement(t, row));
  };
  const found = await alongWays(
    [
      wayById('disbursement', asked, (id) => newest(sql`id = ${id}`)),
      wayBy('receipt', asked.receipt, async (start) =>
        newest(sql`${await atAnyShortcode(t)} and ${beginsWith(start)}`),
      ),
      wayBy('phone', asked.msisdn, (msisdn) =>
        newest(sql`payee_index = ${t.seal.index(payeeText({ kind: 'msisdn', msisdn }))}`),
      ),
      wayBy('reference', typedIn(asked), (text) =>
        newest(
          sql`reference_index = any(${referencesLike(text).map((form) => t.seal.index(form))}::bytea[])`,
        ),
      ),
      wayBy('amount', asked.amountCents, (amount) =>
        newest(amongLatest(t, { table: 'disbursements' }, sql`amount_cents = ${amount}`)),
      ),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.receipt ?? (row.payeeName || row.payeeMasked) },
    detail: [row.receipt === null ? '' : row.payeeName, row.payeeMasked]
      .filter(Boolean)
      .join(' · '),
    ...{ amountCents: row.amountCents, direction: 'out' as const },
    ...{ status: row.status, at: row.createdAt },
  }));
}

/** References of payouts are found as they were given: here in the usual spellings of one. */
function referencesLike(text: string): string[] {
  return [...new Set([text, text.toUpperCase(), normaliseReference(text)])];
}

/** Receipts are indexed behind the shortcode, of which a business has few. */
async function atAnyShortcode(t: TenantHandle): Promise<Condition> {
  const ids = (await listShortcodes(t)).map((one) => one.id);
  return sql`shortcode_id = any(${ids}::uuid[])`;
}
