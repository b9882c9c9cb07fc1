/** What a push leaves behind, for suites that compare a disturbed one with an undisturbed one. */
import type { CollectionStack } from './collection-stack.ts';

/** What a push leaves behind, without ids, times and receipts. */
export async function pushEnd(
  { stack, twin, becomes, ask }: CollectionStack,
  disturb: () => Promise<void>,
): Promise<object> {
  const asking = ask({ msisdn: '0712000009' });
  await disturb();
  const { body } = await asking;
  const paid = await becomes(body.id, 'paid');
  const pushes = twin.world.book.entries.filter(({ msisdn }) => msisdn === '254712000009');
  const sums = await stack.database.asOwner(
    `select a.kind, sum(e.amount_cents)::text as cents from shared.ledger_entries e
     join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
     group by 1 order by 1`,
  );
  const events = await stack.database.asOwner(
    `select count(*)::int as n from shared.outbox where type = 'collection.paid'`,
  );
  const violations = await stack.checker.violations();
  return { status: paid.status, pushes: pushes.length, sums, events, violations };
}

/** How a push ends that nothing disturbs. */
export const undisturbed = {
  ...{ status: 'paid', pushes: 1, events: [{ n: 1 }], violations: [] },
  sums: [
    { kind: 'outside', cents: '-150000' },
    { kind: 'utility', cents: '150000' },
  ],
};
