import { z } from 'zod';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { createPayoutBatchActivities } from '../../activities/payouts.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { aFloat } from '../support/payouts.ts';
import { key, openShop } from '../support/payout-api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

describe('a list of payouts', () => {
  test('would pay again only what was refused, never what is unknown or was called back', async () => {
    const shop = await openShop(stage);
    const { tenantId } = shop.somebody;
    const amounts = ['1500', '700', '900'];
    const made = await stage.fetch('/v1/payout-batches', {
      ...{ method: 'POST', token: shop.token, headers: key() },
      json: {
        ...{ shortcodeId: toPublicId('shortcode', shop.shortcodeId), kind: 'salary-payment' },
        name: 'Wages',
        rows: amounts.map((amount, at) => ({ number: `0712 345 67${at}`, amount })),
      },
    });
    const { id: shownId } = z.object({ id: z.string() }).parse(made.body);
    const batchId = parsePublicId('payoutBatch', shownId);
    if (batchId === undefined) throw new Error('no id');
    const { db } = stage.database;
    const parts = { db, nowMs: Date.now };
    const lists = createPayoutBatchActivities(parts);
    const take = (round: number) =>
      lists.nextPayouts({ tenantId, batchId, round, afterOrdinal: 0, limit: 10 });
    const { payouts } = await take(0);
    const unknown = payouts[1];
    if (unknown === undefined) throw new Error('no second payout');
    const refusal = { code: 'provider-refused', providerCode: '8', detail: 'Refused.' };
    const ends = [
      [{ to: 'refused', refusal }],
      [{ to: 'sending' }, { to: 'unknown' }],
      [{ to: 'cancelled', refusal: { ...refusal, code: 'cancelled-by-user' } }],
    ] as const;
    await db.withTenant(tenantId, (t) => aFloat(t, shop.shortcodeId, 10_000));
    const held = { tenantId, disbursementId: unknown.disbursementId };
    await createAuthorisationActivities(parts).holdPayout(held);
    await createDisbursementActivities(parts).admitPayout({ ...held, reviewReasons: [] });
    await db.withTenant(tenantId, async (t) => {
      for (const [at, { disbursementId }] of payouts.entries()) {
        for (const move of ends[at] ?? []) {
          await moveDisbursement(t, disbursementId, { ...move, by: 'test' });
        }
      }
    });

    const shown = await stage.fetch(`/v1/payout-batches/${shownId}`, { token: shop.token });
    const again = await take(1);

    expect(shown.body).toMatchObject({
      ...{ totalCents: 310_000, paidCents: 0, refusedCents: 150_000 },
      counts: { refused: 1, calledBack: 1, open: 1 },
    });
    expect(again.payouts.map(({ ordinal }) => ordinal)).toEqual([1]);
  });
});
