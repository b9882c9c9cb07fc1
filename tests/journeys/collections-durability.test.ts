/** kill -9 at every boundary of a push and of its callback: it is sent at most once, and it ends as if nothing had been. */
import { openCollectionStack } from '../support/collection-stack.ts';
import { pushEnd, undisturbed } from '../support/push-end.ts';
import { diesBySigkill } from '../support/twin.ts';

jest.setTimeout(240_000);

test('a push that nothing disturbs ends paid', async () => {
  const journey = await openCollectionStack();
  try {
    await journey.stack.startWorkers(journey.env);
    expect(await pushEnd(journey, async () => {})).toEqual(undisturbed);
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
      const end = await pushEnd(journey, async () => {
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
      const end = await pushEnd(journey, async () => {
        await diesBySigkill(journey.gateway);
        await journey.stack.startGateway(journey.env);
      });
      expect(end).toEqual(undisturbed);
    } finally {
      await journey.close();
    }
  },
);
