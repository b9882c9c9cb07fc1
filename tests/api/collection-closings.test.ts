/** Requests for money nobody knows about are given up by one person, or by two above the limit. */
import { randomUUID } from 'node:crypto';
import { findCollection, patchCollection } from '../../db/collections.ts';
import { id, toPublicId, type CollectionId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { problemIn } from '../support/api.ts';
import { collectingShop } from '../support/collecting-shop.ts';
import { aPromptedCollection } from '../support/collections.ts';
import { auditedDeeds, weekPasses } from '../support/words-of-two.ts';

const shop = collectingShop();
const { within } = shop;
let checker: string;
beforeEach(async () => {
  checker = await shop.stage.token(shop.somebody, 'finance');
});

const reason = 'The payer says that no prompt came';
/** Above KES 10,000, from which two people decide about money. */
const much = cents(1_000_100);

/** A request that stayed unknown for a day. */
async function aSilentRequest(amountCents = much): Promise<CollectionId> {
  const { collectionId } = await within((t) =>
    aPromptedCollection(t, { shortcodeId: shop.shortcodeId, amountCents }),
  );
  const handedOverAt = instantFromEpochMs(Date.now());
  await within((t) => patchCollection(t, collectionId, { status: 'unknown', handedOverAt }));
  return collectionId;
}

const pathOf = (collectionId: CollectionId) =>
  `/v1/collections/${toPublicId('collection', collectionId)}`;
interface Asking {
  by?: string;
  key?: string;
}
const post = (path: string, json: object, { by = shop.token, key = randomUUID() }: Asking = {}) =>
  shop.stage.fetch(path, { method: 'POST', token: by, json, headers: { 'idempotency-key': key } });
const close = (of: CollectionId, options: Asking = {}) =>
  post(`${pathOf(of)}/close`, { reason }, options);
const decide = (of: CollectionId, decision: string, by = checker) =>
  post(`${pathOf(of)}/close/decision`, { decision }, { by });
const withdraw = (of: CollectionId, by = shop.token) =>
  post(`${pathOf(of)}/close/withdraw`, {}, { by });
const read = async (of: CollectionId, by = shop.token) =>
  (await shop.stage.fetch(pathOf(of), { token: by })).body;
const deeds = (of: CollectionId) => auditedDeeds(shop.stage, of);

describe('POST /v1/collections/{id}/close', () => {
  test('ends what is no more than the approval limit, with the reason in the audit log', async () => {
    const small = await aSilentRequest(cents(1_000_000));

    const closed = await close(small);

    expect(closed).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'cancelled', canCancel: false, canClose: false, closing: null },
        resultWords: { en: `Closed by a person: ${reason}`, sw: `Imefungwa na mtu: ${reason}` },
      },
    });
    expect(await deeds(small)).toMatchObject([{ action: 'collection.close', detail: { reason } }]);
    expect(problemIn(await close(small)).code).toBe('cannot-close');
  });

  test('leaves what is still asked about, and what is nobody’s, alone', async () => {
    const { collectionId } = await within((t) =>
      aPromptedCollection(t, { shortcodeId: shop.shortcodeId }),
    );

    expect(problemIn(await close(collectionId)).code).toBe('cannot-close');
    expect(problemIn(await close(id('collection', randomUUID()))).code).toBe('not-found');
  });

  test('waits above the limit, and ends it when a second person agrees', async () => {
    const large = await aSilentRequest();
    expect(await read(large)).toMatchObject({ canClose: true, closeNeedsTwo: true });

    const said = await close(large);

    expect(said).toMatchObject({
      status: 202,
      body: { status: 'unknown', closing: { status: 'waiting', reason, isOwn: true } },
    });
    expect(await read(large, checker)).toMatchObject({ closing: { isOwn: false } });
    expect(await decide(large, 'agree')).toMatchObject({
      status: 200,
      body: { status: 'cancelled', closing: { status: 'agreed' } },
    });
    expect((await deeds(large)).map(({ action }) => action)).toEqual([
      ...['collection.closing-requested', 'collection.closing-agreed', 'collection.close'],
    ]);
    const told = await shop.stage.database.asOwner(
      "select type from shared.outbox where tenant_id = $1 and type like 'collection.%'",
      [shop.somebody.tenantId],
    );
    expect(told).toEqual([{ type: 'collection.cancelled' }]);
  });

  test('is never agreed to by whoever asked, nor without a fresh second factor, nor once M-PESA has said how it ended', async () => {
    const large = await aSilentRequest();
    await close(large);
    const stale = await shop.stage.token(shop.somebody, {
      role: 'finance',
      hasSecondFactor: false,
    });

    expect(problemIn(await decide(large, 'agree', shop.token)).code).toBe('own-request');
    expect(problemIn(await decide(large, 'agree', stale)).code).toBe('fresh-mfa-needed');
    await within((t) => patchCollection(t, large, { status: 'refused', resultCode: '1032' }));
    expect(problemIn(await decide(large, 'agree')).code).toBe('cannot-close');
    expect(await within((t) => findCollection(t, large))).toMatchObject({ status: 'refused' });
  });

  test('is over when it is refused, taken back by whoever asked, or a week has passed', async () => {
    const [refused, takenBack, late] = [
      await aSilentRequest(),
      await aSilentRequest(),
      await aSilentRequest(),
    ];
    for (const one of [refused, takenBack, late]) await close(one);

    expect((await decide(refused, 'reject')).body).toMatchObject({
      ...{ status: 'unknown', closing: { status: 'rejected' } },
    });
    expect(problemIn(await withdraw(takenBack, checker)).code).toBe('not-own-request');
    expect((await withdraw(takenBack)).body).toMatchObject({ closing: { status: 'withdrawn' } });
    await weekPasses(shop, 'collection_closings');
    expect(await read(late)).toMatchObject({ closing: { status: 'expired' } });

    for (const one of [refused, takenBack, late]) {
      expect(problemIn(await decide(one, 'agree')).code).toBe('request-not-waiting');
      expect(await close(one)).toMatchObject({ body: { closing: { status: 'waiting' } } });
    }
    expect((await deeds(late)).map(({ action }) => action)).toEqual([
      'collection.closing-requested',
      'collection.closing-expired',
      'collection.closing-requested',
    ]);
  });

  test('asked once more, it is the same wish under the same key and refused under another', async () => {
    const large = await aSilentRequest();
    const key = randomUUID();
    const first = await close(large, { key });

    expect((await close(large, { key })).body).toEqual(first.body);
    await shop.stage.database.asOwner('delete from shared.idempotency_keys where tenant_id = $1', [
      shop.somebody.tenantId,
    ]);
    expect((await close(large, { key })).body).toEqual(first.body);
    expect(problemIn(await close(large)).code).toBe('already-requested');
    expect(await deeds(large)).toHaveLength(1);
  });
});
