/** A phone is asked twice for the same money only by somebody who wants that. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { patchCollection, type CollectionPatch } from '../../db/collections.ts';
import { toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { problemIn, type Answer } from '../support/api.ts';
import { collectingShop } from '../support/collecting-shop.ts';
import { aPromptedCollection } from '../support/collections.ts';

const shop = collectingShop();
const { within } = shop;

/** Asks a phone for KES 1,500, only once unless wished otherwise. */
function ask(wish: object = {}, key: string = randomUUID()): Promise<Answer> {
  return shop.stage.fetch('/v1/collections', {
    ...{ token: shop.token, headers: { 'idempotency-key': key } },
    json: {
      shortcodeId: toPublicId('shortcode', shop.shortcodeId),
      ...{ msisdn: '0712 345 678', amountCents: 150_000, accountReference: 'INV-10442' },
      ...{ unlessOpen: true, ...wish },
    },
  });
}
const isTaken = ({ status }: Answer) => status < 300;

describe('an equal request', () => {
  test('is refused while the first may still be paid, also of ten at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));

    const [made] = answers.filter(isTaken);
    const refused = answers.filter((answer) => !isTaken(answer)).map(problemIn);
    const { id: madeId } = z.object({ id: z.string() }).parse(made?.body);
    expect(refused).toHaveLength(9);
    for (const { code, detail } of refused) {
      expect(code).toBe('already-asked');
      expect(detail).toContain(madeId);
    }
  });

  test('is one with the same phone, amount and reference, and is taken when nothing is wished', async () => {
    await ask();

    const others = await Promise.all([
      ask({ amountCents: 150_100 }),
      ask({ msisdn: '0712 345 679' }),
      ask({ accountReference: 'INV-10443' }),
      ask({ unlessOpen: false }),
    ]);

    expect(others.map(isTaken)).toEqual([true, true, true, true]);
  });

  test('under the key of the first is the first', async () => {
    const key = randomUUID();
    const [first, again] = [await ask({}, key), await ask({}, key)];

    expect(again.body).toEqual(first.body);
  });

  test('is waited for until nobody can pay it any more', async () => {
    const { collectionId } = await within((t) =>
      aPromptedCollection(t, { shortcodeId: shop.shortcodeId }),
    );
    const askAfter = async (change: CollectionPatch) => {
      await within((t) => patchCollection(t, collectionId, change));
      return isTaken(await ask());
    };
    const sentAt = instantFromEpochMs(Date.now() - 11 * 60_000);

    expect(await askAfter({})).toBe(false);
    expect(await askAfter({ status: 'unknown' })).toBe(false);
    expect(await askAfter({ status: 'cancelled' })).toBe(false);
    expect(await askAfter({ status: 'cancelled', sentAt })).toBe(true);
  });
});
