/** Money out through the public API against the twin, undisturbed, misled, and killed in the middle. */
import type { Effect } from '../../simulators/daraja/faults/effects.ts';
import {
  openPayoutJourney,
  type PayoutJourney,
  type PayoutView,
} from '../support/payout-journey.ts';
import { diesBySigkill } from '../support/twin.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

let journey: PayoutJourney;
let undisturbed: object;

beforeAll(async () => {
  journey = await openPayoutJourney();
});

afterAll(async () => {
  await journey.close();
});

/** Fails with the last lines of all processes. */
async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${journey.stack.output()}`, { cause: error });
  }
}

describe('killed in the middle', () => {
  test('an undisturbed payout is paid, booked with its charge, and paid by the provider once', () =>
    explained(async () => {
      const workers = await journey.stack.startWorkers(journey.env, 'payments,relay');
      const paid = await journey.settled(
        (await journey.pay({ msisdn: '0712345601', shillings: 2_500 })).id,
      );

      undisturbed = await journey.record(paid);
      expect(paid).toMatchObject({ status: 'paid', refusal: null });
      expect(undisturbed).toEqual({
        status: 'paid',
        amountCents: 250_000,
        chargeCents: 900,
        isDisputed: false,
        postings: [
          { kind: 'charges', amount_cents: '900' },
          { kind: 'outside', amount_cents: '250000' },
          { kind: 'utility', amount_cents: '-250000' },
          { kind: 'utility', amount_cents: '-900' },
        ],
        held: [{ state: 'consumed', status: 'committed' }],
        sent: [['b2c', 250_000, 'completed']],
        isSameReceipt: true,
      });
      await workers.kill();
    }));

  test.each(['b2c.beforeSend', 'b2c.afterSendBeforePersist', 'b2c.afterPersist'])(
    'kill -9 at %s ends in the same books as without it',
    (failpoint) =>
      explained(async () => {
        const env = { ...journey.env, FAILPOINTS: `${failpoint}=kill` };
        const dying = await journey.stack.launchWorkers(env);
        const payout = await journey.pay({ msisdn: '0712345602', shillings: 2_500 });
        await diesBySigkill(dying);
        const workers = await journey.stack.startWorkers(journey.env, 'payments,relay');

        const settled = await journey.settled(payout.id);

        expect(await journey.record(settled)).toEqual(undisturbed);
        await workers.kill();
      }),
  );
});

describe('misled by the provider', () => {
  beforeAll(async () => {
    await journey.stack.startWorkers(journey.env, 'payments,relay');
  });

  const stories: readonly [string, string, Effect[], object][] = [
    ['the result is lost', '0712000001', [{ kind: 'callback-lost' }], { status: 'paid' }],
    [
      'the result comes three times at once',
      '0712000002',
      [{ kind: 'callback-duplicated', times: 3, concurrently: true }],
      { status: 'paid' },
    ],
    [
      'the result comes before the answer',
      '0712000003',
      [{ kind: 'callback-before-answer' }],
      { status: 'paid' },
    ],
    [
      'the request times out and is carried out',
      '0712000004',
      [{ kind: 'timeout', withEffect: true }],
      { status: 'paid' },
    ],
    [
      'the connection is cut, it is carried out and ids are not deduplicated',
      '0712000005',
      [{ kind: 'cut', withEffect: true }, { kind: 'no-dedupe' }],
      { status: 'paid' },
    ],
    [
      'the connection is cut and nothing was done',
      '0712000006',
      [{ kind: 'cut' }],
      { status: 'refused', refusal: { code: 'not-found-at-provider' } },
    ],
    [
      'the gateway answers 500 and it is carried out',
      '0712000007',
      [{ kind: 'refuse', with: 'internal', withEffect: true }],
      { status: 'paid' },
    ],
    [
      'the queue times out with the money moved (C18)',
      '0712000008',
      [{ kind: 'queue-timeout', withEffect: true }],
      { status: 'paid' },
    ],
    [
      'the queue times out with nothing moved',
      '0712000009',
      [{ kind: 'queue-timeout' }],
      { status: 'refused' },
    ],
    [
      'a forged result with another amount comes first',
      '0712000010',
      [{ kind: 'callback-forged', how: 'amount' }],
      { status: 'paid', isDisputed: false },
    ],
    [
      'the recipient is not on M-PESA',
      '0712000011',
      [{ kind: 'result', code: 'SFC_IC0003' }],
      { status: 'refused', refusal: { code: 'provider-refused', providerCode: 'SFC_IC0003' } },
    ],
    [
      'the gateway arrests a spike at first',
      '0712000012',
      [{ kind: 'refuse', with: 'spike-arrest' }],
      { status: 'paid' },
    ],
  ];

  test('every story ends with at most one payment, and all books agree', () =>
    explained(async () => {
      journey.rules(
        ...stories.flatMap(([, msisdn, effects]) =>
          effects.map((effect) => ({
            match: {
              ...{ api: 'b2c' as const, msisdn: `254${msisdn.slice(1)}` },
              // What is refused before it is processed may be sent again.
              ...(effect.kind === 'refuse' ? { nth: 1 } : {}),
            },
            effect,
          })),
        ),
      );
      const payouts = await Promise.all(
        // Not a round thousand: a burst of those asks a second person.
        stories.map(([, msisdn]) => journey.pay({ msisdn, shillings: 1_010 })),
      );
      const ended: Record<string, PayoutView> = {};
      for (const [index, [story]] of stories.entries()) {
        const payoutId = payouts[index]?.id ?? '';
        ended[story] = await journey.settled(payoutId).catch((error: unknown) => {
          throw new Error(`${story}: ${String(error)}`);
        });
      }

      const wanted = Object.fromEntries(stories.map(([story, , , ending]) => [story, ending]));
      expect(ended).toMatchObject(wanted);
      for (const [story, payout] of Object.entries(ended)) {
        const { sent } = (await journey.record(payout)) as { sent: [string, number, string][] };
        const moved = sent.filter(([, , status]) => status === 'completed').length;
        expect([story, sent.length <= 1, moved]).toEqual([
          story,
          true,
          payout.status === 'paid' ? 1 : 0,
        ]);
      }
    }));

  test('a batch pays its good rows, and a retry pays only those that failed', () =>
    explained(async () => {
      journey.rules({
        match: { api: 'b2c', msisdn: '254712111103', nth: 1 },
        effect: { kind: 'result', code: '8' },
      });
      const row = (number: string, amount: string) => ({ number, amount });
      const drafted = await journey.ask<{ id: string; counts: object }>('/v1/payout-batches', {
        ...{ shortcodeId: journey.shortcodeId, kind: 'salary-payment', name: 'November' },
        rows: [
          ...[row('0712111101', '1500'), row('0712111102', '1,500.00'), row('0712111103', '900')],
          row('12', '900'),
        ],
      });
      expect(drafted).toMatchObject({ status: 201, body: { counts: { errors: 1, waiting: 3 } } });
      const path = `/v1/payout-batches/${drafted.body.id}`;
      const finished = () =>
        until(
          async () => (await journey.ask<{ status: string }>(path)).body.status === 'finished',
          { withinMs: 60_000, everyMs: 100 },
        );
      await journey.ask(`${path}/submit`, {});
      await finished();
      const first = await journey.ask<{ counts: object }>(path);

      await journey.ask(`${path}/retry`, {});
      await finished();
      const second = await journey.ask<object>(path);
      const results = await journey.ask<string>(`${path}/results`);

      expect(first.body.counts).toMatchObject({ paid: 2, refused: 1, open: 0 });
      expect(second.body).toMatchObject({
        ...{ round: 1, paidCents: 390_000, totalCents: 390_000 },
        counts: { paid: 3, refused: 0, open: 0, errors: 1 },
      });
      expect(results.body.trim().split('\r\n')).toHaveLength(5);
      const salaries = [...journey.twin.world.book.entries].filter(
        ({ commandId, status }) => commandId === 'SalaryPayment' && status === 'completed',
      );
      expect(salaries).toHaveLength(3);
    }));

  test('balances are asked for and told', () =>
    explained(async () => {
      const path = `/v1/shortcodes/${journey.shortcodeId}/balances`;
      const asked = await journey.ask<{ queryId: string }>(`${path}/check`, {});
      await until(async () => {
        const query = await journey.ask<{ answeredAt: string | null }>(
          `/v1/provider-queries/${asked.body.queryId}`,
        );
        return typeof query.body.answeredAt === 'string';
      }).catch(async (cause: unknown) => {
        const inbox = await journey.stack.database.asOwner(
          "select letter, status, cause, last_error from shared.callback_inbox where status <> 'delivered'",
        );
        const rows = await journey.stack.database.asOwner('select * from shared.provider_queries');
        throw new Error(
          `not answered: ${JSON.stringify(asked.body)} ${JSON.stringify(rows)} set aside: ${JSON.stringify(inbox)}`,
          { cause },
        );
      });

      const told = await journey.ask<{ data: { account: string }[] }>(path);
      expect(told.body.data.map(({ account }) => account)).toContain('Utility Account');
    }));

  test('no promise of the data is broken at the end', async () => {
    expect(await journey.stack.checker.violations()).toEqual([]);
  });
});
