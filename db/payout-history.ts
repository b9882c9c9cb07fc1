/** What the fraud rules want to know of the tenant's own payouts. */
import { sql } from 'kysely';
import type { PayoutHistory } from '../domain/authorisation/fraud.ts';
import type { TenantHandle } from './database.ts';
import type { Disbursement } from './disbursements.ts';

/** Counts over earlier payouts; the payout itself is left out. */
export async function payoutHistory(
  t: TenantHandle,
  payout: Pick<Disbursement, 'id' | 'payeeKey' | 'batchId'>,
): Promise<PayoutHistory> {
  const payee = Buffer.from(payout.payeeKey, 'hex');
  const found = await sql<{ paidBefore: number; toPayeeLately: number; roundLately: number }>`
    select
      (select count(*) from ${t.table('disbursements')}
        where payee_index = ${payee} and status = 'paid'
          and returned_cents < amount_cents) as "paidBefore",
      count(*) filter (where payee_index = ${payee}) as "toPayeeLately",
      count(*) filter (where amount_cents % 100000 = 0 and batch_id is null) as "roundLately"
    from ${t.table('disbursements')}
    where created_at > now() - interval '10 minutes' and id <> ${payout.id}`.execute(t.query);
  const counts = found.rows[0] ?? { paidBefore: 0, toPayeeLately: 0, roundLately: 0 };
  return { ...counts, isPartOfBatch: payout.batchId !== null };
}
