import { witnessByStatement } from '../../activities/statement-witness.ts';
import { patchCollection } from '../../db/collections.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aReceipt } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, collectionNow, prompted } = deedsOn(stage);

function read(change: Partial<Parameters<typeof witnessByStatement>[1]> = {}) {
  const row = {
    ...{ shortcodeId: stage.shortcodeId, receipt: aReceipt(), amountCents: cents(150_000) },
    occurredAt: instantFromEpochMs(Date.now()),
    ...{ msisdn: '2547******78', reference: 'INV-10442', ...change },
  };
  const by = { workflowId: 'statement/test', nowMs: Date.now(), timeScale: 1 };
  return inTenant(stage, (t) => witnessByStatement(t, row, by));
}

describe('a statement row', () => {
  test.each(['unknown', 'expired', 'prompted'] as const)(
    'that is the money of a collection which is %s repairs it once',
    async (status) => {
      const { collectionId } = await prompted();
      await inTenant(stage, (t) => patchCollection(t, collectionId, { status }));
      const receipt = aReceipt();

      const first = await read({ receipt });
      const again = await read({ receipt });

      expect(first).toMatchObject({ outcome: 'repaired', collectionId });
      expect(again).toMatchObject({ outcome: 'confirmed', collectionId });
      expect(await collectionNow(collectionId)).toMatchObject({ status: 'paid', receipt });
      expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
    },
  );

  test.each([
    { what: 'another amount', change: { amountCents: cents(150_100) } },
    { what: 'another payer', change: { msisdn: '2547******99' } },
    { what: 'another reference', change: { reference: 'INV-9' } },
    { what: 'another day', change: { occurredAt: instantFromEpochMs(Date.UTC(2026, 0, 1)) } },
  ])('with $what repairs nothing', async ({ change }) => {
    const { collectionId } = await prompted();

    expect(await read(change)).toEqual({ outcome: 'unknown' });
    expect(await collectionNow(collectionId)).toMatchObject({ status: 'prompted' });
  });

  test('that fits two collections is left to a person', async () => {
    await prompted();
    await prompted();

    expect(await read()).toMatchObject({ outcome: 'ambiguous' });
    expect(await balances()).toEqual({ utility: 0, suspense: 0 });
  });
});
