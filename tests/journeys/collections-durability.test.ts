/** kill -9 at every boundary of a push and of its callback: it is sent at most once, and it ends as if nothing had been. */
import { openCollectionStack, type CollectionStack } from '../support/collection-stack.ts';
import { diesBySigkill } from '../support/twin.ts';

jest.setTimeout(240_000);

/** What a push leaves behind, without ids, times and receipts. */
async function endOf(
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

const undisturbed = {
  ...{ status: 'paid', pushes: 1, events: [{ n: 1 }], violations: [] },
  sums: [
    { kind: 'outside', cents: '-150000' },
    { kind: 'utility', cents: '150000' },
  ],
};

test('a push that nothing disturbs ends paid', async () => {
  const journey = await openCollectionStack();
  try {
    await journey.stack.startWorkers(journey.env);
    expect(await endOf(journey, async () => {})).toEqual(undisturbed);
  } finally {
    await journey.close();
  }
});

test.each(['stk.beforeSend', 'stk.afterSendBeforePersist', 'stk.afterPersist'])(
  'a worker killed at %s leaves what an undisturbed one leaves',
  async (failpoint) => {
    const journey = await openCollectionStack({ payAfterMs: 1_500 });
    try {
      const failing = { ...journey.env, FAILPOINTS: `${failpoint}=kill` };
      const doomed = await journey.stack.launchWorkers(failing);
      const end = await endOf(journey, async () => {
        await diesBySigkill(doomed);
        await journey.stack.startWorkers(journey.env);
      });
      expect(end).toEqual(undisturbed);
    } finally {
      await journey.close();
    }
  },
);

test.each(['cb.afterInsertBeforeAck', 'cb.afterAck'])(
  'a gateway killed at %s leaves what an undisturbed one leaves',
  async (failpoint) => {
    const gatewayEnv = { FAILPOINTS: `${failpoint}=kill` };
    const journey = await openCollectionStack({ payAfterMs: 3_000, gatewayEnv });
    try {
      await journey.stack.startWorkers(journey.env);
      const end = await endOf(journey, async () => {
        await diesBySigkill(journey.gateway);
        await journey.stack.startGateway(journey.env);
      });
      expect(end).toEqual(undisturbed);
    } finally {
      await journey.close();
    }
  },
);
