/** Money that waits for a person, counted. Each count reads an index that holds only what waits. */
import { sql } from 'kysely';
import type { MoneyMatterKind } from '../domain/ledger/attention.ts';
import type { Cents } from '../domain/money.ts';
import type { TenantHandle } from './database.ts';
import { fromWaitingReturns } from './words-of-two.ts';

export interface MoneyMatter {
  kind: MoneyMatterKind;
  count: number;
  /** Null where amounts say nothing together. */
  amountCents: Cents | null;
}

/** The kinds asked for of which there is something, in their order of urgency, in one statement. */
export async function countMoneyMatters(
  t: TenantHandle,
  kinds: readonly MoneyMatterKind[],
): Promise<MoneyMatter[]> {
  if (kinds.length === 0) return [];
  const parts = kinds.map((kind) => counts[kind](t));
  const found = await sql<MoneyMatter>`
    select kind, count, "amountCents" from (${sql.join(parts, sql` union all `)}) counted
    where count > 0`.execute(t.query);
  return kinds.flatMap((kind) => found.rows.filter((row) => row.kind === kind));
}

const counts: Record<MoneyMatterKind, (t: TenantHandle) => ReturnType<typeof sql>> = {
  'payout-to-approve': (t) => sql`
    select 'payout-to-approve' as kind, count(*) as count,
      sum(amount_cents)::bigint as "amountCents"
    from ${t.table('disbursements')}
    where tenant_id = ${t.tenantId} and status = 'awaiting-approval'`,
  'payout-to-check': (t) => sql`
    select 'payout-to-check', count(*), sum(amount_cents)::bigint
    from ${t.table('disbursements')} where tenant_id = ${t.tenantId} and needs_attention`,
  'return-to-decide': (t) => sql`
    select 'return-to-decide', count(*), sum(amount_cents)::bigint
    ${fromWaitingReturns(t)}`,
  'posting-to-decide': (t) => sql`
    select 'posting-to-decide', count(*), null::bigint
    from ${t.table('posting_requests')}
    where tenant_id = ${t.tenantId} and status = 'waiting' and expires_at > now()`,
  'collection-unknown': (t) => sql`
    select 'collection-unknown', count(*), sum(amount_cents)::bigint
    from ${t.table('collections')} where tenant_id = ${t.tenantId} and status = 'unknown'`,
  'money-unallocated': (t) => sql`
    select 'money-unallocated', count(*), sum(amount_cents - allocated_cents)::bigint
    from ${t.table('received_payments')}
    where tenant_id = ${t.tenantId} and state in ('received', 'unallocated', 'part-allocated')`,
};
