/** What customers have in credit: money that was given to their accounts in the books. */
import { sql } from 'kysely';
import type { CustomerId } from '../domain/ids.ts';
import { zero, type Cents } from '../domain/money.ts';
import { msisdnContext } from './customers.ts';
import type { TenantHandle } from './database.ts';
import { currentBalance } from './ledger-accounts.ts';

export interface Credit {
  creditCents: Cents;
  /** Less what is reserved for payouts under way. */
  availableCents: Cents;
}

const none: Credit = { creditCents: zero, availableCents: zero };

/** The credit of some customers, in one look; whoever never had any has none. */
export async function creditsOf(
  t: TenantHandle,
  customers: readonly CustomerId[],
): Promise<(customerId: CustomerId) => Credit> {
  if (customers.length === 0) return () => none;
  const found = await sql<Credit & { customerId: CustomerId }>`
    select b.owner as "customerId", b.cents as "creditCents",
      b.cents - b.reserved_cents as "availableCents"
    from (
      select a.owner, a.reserved_cents, ${currentBalance(t)} as cents
      from ${t.table('ledger_accounts')} a
      where a.tenant_id = ${t.tenantId} and a.kind = 'customer'
        and a.owner = any(${[...customers]}::text[])
    ) b`.execute(t.query);
  const byId = new Map(found.rows.map((row) => [row.customerId, row]));
  return (customerId) => {
    const { creditCents, availableCents } = byId.get(customerId) ?? none;
    return { creditCents, availableCents };
  };
}

/** The number a customer is paid on; null when none is known, undefined when there is no customer. */
export async function numberOfCustomer(
  t: TenantHandle,
  customerId: CustomerId,
): Promise<{ msisdn: string | null } | undefined> {
  const row = await t.query
    .selectFrom('customers')
    .select('msisdn_sealed')
    .where('id', '=', customerId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { msisdn_sealed: sealed } = row;
  return { msisdn: sealed && t.seal.open(sealed, msisdnContext) };
}
