/** Accounts with what they hold, now or at a past time, and the trial balance made of them. */
import { sql } from 'kysely';
import type { LedgerAccountId } from '../domain/ids.ts';
import type { AccountKind, Balance } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { balanceAt, currentBalance, reservedAt } from './ledger-accounts.ts';

export interface AccountBalance extends Balance {
  id: LedgerAccountId;
  kind: AccountKind;
  owner: string;
  /** The name of the shortcode that owns it, when one does. */
  shortcodeName: string | null;
  openedAt: Instant;
  closedAt: Instant | null;
}

export interface AccountsRequest {
  at?: Instant | undefined;
  id?: LedgerAccountId | undefined;
  kinds?: readonly AccountKind[] | undefined;
  after?: { kind: string; id: LedgerAccountId };
  limit: number;
}

/** Accounts by kind and id, with balances of now or of an instant. */
export async function listAccountBalances(
  t: TenantHandle,
  request: AccountsRequest,
): Promise<AccountBalance[]> {
  const { at, id, kinds, after, limit } = request;
  const balance = at === undefined ? currentBalance(t) : balanceAt(t, at);
  const reserved = at === undefined ? sql`a.reserved_cents` : reservedAt(t, at);
  const found = await sql<AccountBalance>`
    select b.*, b."balanceCents" - b."reservedCents" as "availableCents" from (
      select a.id, a.kind, a.owner, s.name as "shortcodeName", a.opened_at as "openedAt",
        a.closed_at as "closedAt", ${balance} as "balanceCents", ${reserved} as "reservedCents"
      from ${t.table('ledger_accounts')} a
      left join ${t.table('shortcodes')} s on s.tenant_id = a.tenant_id and s.id::text = a.owner
      where a.tenant_id = ${t.tenantId}
        ${id === undefined ? sql`` : sql`and a.id = ${id}`}
        ${kinds === undefined ? sql`` : sql`and a.kind = any(${kinds}::text[])`}
        ${after === undefined ? sql`` : sql`and (a.kind, a.id) > (${after.kind}, ${after.id})`}
      order by a.kind, a.id limit ${limit}
    ) b order by b.kind, b.id`.execute(t.query);
  return found.rows;
}

export interface TrialBalanceLine {
  /** Null on the one line that stands for all customers. */
  accountId: LedgerAccountId | null;
  kind: AccountKind;
  owner: string;
  shortcodeName: string | null;
  accountCount: number;
  /** Above zero or zero: the account holds money. */
  debitCents: Cents;
  /** Above zero or zero: money that came from the account. */
  creditCents: Cents;
}

/** Every account that is not empty at `at`; customers are one line, because there may be thousands. */
export async function trialBalance(t: TenantHandle, at: Instant): Promise<TrialBalanceLine[]> {
  const found = await sql<TrialBalanceLine>`
    with held as (
      select a.id, a.kind, a.owner, s.name, ${balanceAt(t, at)} as cents
      from ${t.table('ledger_accounts')} a
      left join ${t.table('shortcodes')} s on s.tenant_id = a.tenant_id and s.id::text = a.owner
      where a.tenant_id = ${t.tenantId}
    )
    select id as "accountId", kind, owner, name as "shortcodeName", 1::bigint as "accountCount",
      greatest(cents, 0) as "debitCents", greatest(-cents, 0) as "creditCents"
    from held where kind <> 'customer' and cents <> 0
    union all
    select null, kind, '', null, count(*), greatest(sum(cents), 0)::bigint,
      greatest(-sum(cents), 0)::bigint
    from held where kind = 'customer' and cents <> 0 group by kind
    order by 2, 4, 3, 1`.execute(t.query);
  return found.rows;
}
