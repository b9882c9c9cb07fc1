/**
 * Compares the provider's own book with ours, row by row and in SQL: nothing of the product decides
 * whether the product was right.
 */
import { createHash } from 'node:crypto';
import type { Entry } from '../daraja/terms.ts';

export interface Verdict {
  /** Money that moved at the provider and is missing in our ledger, or the other way round. */
  lost: string[];
  /** Money that our ledger or the provider has twice for one wish. */
  doubled: string[];
  /** Wishes that nobody knows the end of. */
  unresolved: string[];
  invariantViolations: string[];
  digest: string;
}

export type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

interface Place {
  sql: Sql;
  tenantId: string;
  /** What the twin wrote down for this shortcode. */
  entries: readonly Entry[];
}

/** Judges one tenant once nothing moves any more. */
export async function judge(place: Place): Promise<Verdict> {
  const [pushes, payouts, payments] = await Promise.all([
    judgePushes(place),
    judgePayouts(place),
    judgePayments(place),
  ]);
  const all = [pushes, payouts, payments];
  const invariants = await place.sql(
    'select invariant, detail from ops.invariants where tenant_id = $1',
    [place.tenantId],
  );
  const lines = all.flatMap(({ lines }) => lines).toSorted();
  return {
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    unresolved: all.flatMap(({ unresolved }) => unresolved),
    invariantViolations: invariants.map((row) => `${row['invariant']}: ${row['detail']}`),
    digest: createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  };
}

interface Part {
  lost: string[];
  doubled: string[];
  unresolved: string[];
  lines: string[];
}

const emptyPart = (): Part => ({ lost: [], doubled: [], unresolved: [], lines: [] });

async function judgePushes({ sql, tenantId, entries }: Place): Promise<Part> {
  const part = emptyPart();
  const rows = await sql(
    `select c.id, c.status, c.amount_cents::float8 as cents, c.checkout_request_id as checkout,
       c.account_reference as reference,
       (select count(*)::int from shared.ledger_transactions x
        where x.tenant_id = c.tenant_id and x.source_kind = 'collection'
          and x.source_id = c.id::text and x.reverses is null and x.kind like '%paid%') as credits,
       (select coalesce(sum(-e.amount_cents), 0)::float8 from shared.ledger_transactions x
        join shared.ledger_entries e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
        join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
        where x.tenant_id = c.tenant_id and a.kind = 'outside'
          and (x.source_id = c.id::text or x.receipt = c.receipt)) as credited
     from shared.collections c where c.tenant_id = $1`,
    [tenantId],
  );
  for (const row of rows) {
    // A push whose answer was lost has no checkout id of ours; its reference is drawn once.
    const made = entries.filter(
      (entry) =>
        entry.kind === 'stk' &&
        (entry.checkoutRequestId === row['checkout'] ||
          entry.accountReference === row['reference']),
    );
    const paid = made.filter(({ status }) => status === 'completed');
    const name = `push ${row['reference']} (${row['status']})`;
    const wanted = paid.reduce((sum, entry) => sum + entry.amountCents, 0);
    const credited = Number(row['credited']);
    if (made.length > 1) part.doubled.push(`${name} was prompted ${made.length} times`);
    if (credited < wanted) part.lost.push(`${name}: paid ${wanted}, credited ${credited}`);
    if (credited > wanted) part.doubled.push(`${name}: paid ${wanted}, credited ${credited}`);
    if ((row['status'] === 'paid') !== paid.length > 0)
      part.lost.push(`${name}: paid ${paid.length}`);
    if (['requested', 'sending', 'prompted', 'unknown'].includes(String(row['status']))) {
      part.unresolved.push(name);
    }
    part.lines.push(`push ${row['reference']} ${row['cents']} ${row['status']}`);
  }
  return part;
}

async function judgePayouts({ sql, tenantId, entries }: Place): Promise<Part> {
  const part = emptyPart();
  const rows = await sql(
    `select d.id, d.status, d.amount_cents::float8 as cents, d.originator_id as originator,
       (select coalesce(sum(e.amount_cents), 0)::float8 from shared.ledger_transactions x
        join shared.ledger_entries e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
        join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
        where x.tenant_id = d.tenant_id and a.kind = 'outside' and x.source_id = d.id::text) as booked
     from shared.disbursements d where d.tenant_id = $1`,
    [tenantId],
  );
  for (const row of rows) {
    const made = entries.filter((e) => e.originatorConversationId === row['originator']);
    const paid = made.filter(({ status }) => status === 'completed');
    const name = `payout ${row['id']} (${row['status']})`;
    const wanted = paid.reduce((sum, entry) => sum + entry.amountCents, 0);
    const booked = Number(row['booked']);
    if (made.length > 1) part.doubled.push(`${name} was sent ${made.length} times`);
    if (booked < wanted) part.lost.push(`${name}: left ${wanted}, booked ${booked}`);
    if (booked > wanted) part.doubled.push(`${name}: left ${wanted}, booked ${booked}`);
    if ((row['status'] === 'paid') !== paid.length > 0)
      part.lost.push(`${name}: paid ${paid.length}`);
    if (!['paid', 'refused', 'cancelled', 'expired'].includes(String(row['status']))) {
      part.unresolved.push(name);
    }
    part.lines.push(`payout ${row['cents']} ${row['status']}`);
  }
  return part;
}

async function judgePayments({ sql, tenantId, entries }: Place): Promise<Part> {
  const part = emptyPart();
  const rows = await sql(
    `select r.receipt, count(*)::int as credits, sum(r.amount_cents)::float8 as cents
     from shared.receipts r where r.tenant_id = $1 and r.leg = 'credit' group by 1`,
    [tenantId],
  );
  const credited = new Map(rows.map((row) => [String(row['receipt']), row]));
  const made = entries.filter(({ kind, status }) => kind === 'c2b' && status === 'completed');
  for (const { receipt, amountCents, accountReference } of made) {
    const row = credited.get(receipt ?? '');
    const name = `payment ${accountReference} ${receipt}`;
    if (row === undefined) part.lost.push(name);
    else if (Number(row['credits']) > 1) part.doubled.push(name);
    else if (Number(row['cents']) !== amountCents) part.lost.push(`${name}: ${row['cents']} cents`);
    part.lines.push(`payment ${accountReference} ${amountCents}`);
  }
  return part;
}

/** How many wishes and callbacks are still under way: the seed is over when nothing is. */
export async function underWay(sql: Sql, tenantId: string): Promise<number> {
  const [row] = await sql(
    `select (select count(*) from shared.collections where tenant_id = $1
               and status in ('requested', 'sending', 'prompted', 'unknown'))
          + (select count(*) from shared.disbursements where tenant_id = $1
               and status not in ('paid', 'refused', 'cancelled', 'expired'))
          + (select count(*) from shared.received_payments where tenant_id = $1
               and state = 'received')
          + (select count(*) from shared.callback_inbox where tenant_id = $1
               and status in ('pending', 'recorded')) as n`,
    [tenantId],
  );
  return Number(row?.['n'] ?? 0);
}
