import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { appendCallbacks } from '../../db/callbacks.ts';
import { lineageOf } from '../../db/ledger-lineage.ts';
import { postTransaction, reverseTransaction } from '../../db/ledger.ts';
import { tracesMax } from '../../db/object-traces.ts';
import { appendEvents, sweepPublished } from '../../db/outbox.ts';
import { countRefund, insertRefund } from '../../db/refunds.ts';
import { patchReceived, recordReceived } from '../../db/received-payments.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { outside, purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { collectingShop } from '../support/collecting-shop.ts';
import { aPaidCollection } from '../support/collections.ts';
import { paysPayout } from '../support/payout-api.ts';
import { aPayout } from '../support/payouts.ts';
import { code, ledgerApi } from '../support/ledger-api.ts';

const shop = collectingShop();
const { within } = shop;

const { get } = ledgerApi(
  () => shop.stage,
  () => shop.token,
);
const storySchema = z.looseObject({
  transactions: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
  events: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  audit: z.array(z.looseObject({ action: z.string() })),
  callbacks: z.array(z.looseObject({ id: z.string() })),
  nextCursor: z.string().nullable(),
});
const story = async (query: string) => {
  const answer = await get(`/lineage?${query}`);
  expect(answer.status).toBe(200);
  return storySchema.parse(answer.body);
};
const now = () => instantFromEpochMs(Date.now());

const aPaid = () => within((t) => aPaidCollection(t, { shortcodeId: shop.shortcodeId }));

/** A collection that was paid and given back by a payout of its own. */
async function aRefundedPayment() {
  const paid = await aPaid();
  const { collectionId, receipt: originalReceipt } = paid;
  const amountCents = cents(50_000);
  const disbursementId = await within(async (t) => {
    const made = await aPayout(t, shop.shortcodeId, { shillings: 500, purpose: 'refund' });
    const { shortcodeId } = shop;
    const original = { shortcodeId, originalReceipt, originalCents: cents(150_000) };
    await countRefund(t, { ...original, amountCents });
    await insertRefund(t, {
      ...{ id: id('reversal', randomUUID()), ...original, collectionId, amountCents },
      ...{ receivedPaymentId: null, method: 'payout', disbursementId: made },
      ...{ reason: 'Sent back', requestedBy: 'user:test' },
    });
    return made;
  });
  const { receipt: refundReceipt } = await paysPayout(shop.stage, shop, disbursementId);
  return { ...paid, disbursementId, refundReceipt };
}

/** A transaction and the undoing of its undoing, and so on. */
async function aChain(length: number): Promise<string> {
  const sourceId = randomUUID();
  const source = { kind: 'transfer' as const, id: sourceId, actor: 'user:test' };
  await within(async (t) => {
    const first = await postTransaction(t, {
      ...{ reference: `chain/${sourceId}`, kind: 'opening', occurredAt: now(), source },
      postings: [
        {
          from: outside(shop.shortcodeId),
          to: purse(shop.shortcodeId),
          amountCents: cents(1_000_000),
        },
      ],
    });
    let last = first.ok ? first.transactionId : undefined;
    for (let n = 1; n < length && last !== undefined; n += 1) {
      const undone = await reverseTransaction(t, {
        ...{ transactionId: last, occurredAt: now() },
        source: { ...source, id: randomUUID() },
      });
      last = undone.ok ? undone.transactionId : undefined;
    }
  });
  return sourceId;
}

describe('a story', () => {
  test('has the refund with the payment it gives back, from either end', async () => {
    const { collectionId, receipt, disbursementId, refundReceipt } = await aRefundedPayment();

    const whole = await story(`receipt=${receipt}`);

    expect(whole.transactions).toMatchObject([
      { kind: 'collection.paid', source: { objectId: toPublicId('collection', collectionId) } },
      {
        kind: 'disbursement.paid',
        source: { objectId: toPublicId('disbursement', disbursementId) },
      },
    ]);
    expect(whole).toMatchObject({ isWhole: true, cut: [], nextCursor: null });
    expect(await story(`sourceId=${toPublicId('disbursement', disbursementId)}`)).toEqual(whole);
    expect(await story(`receipt=${refundReceipt}`)).toEqual(whole);
    expect(await story(`sourceId=${collectionId}`)).toEqual(whole);
  });

  test('has what arrived for a request under its own id, though its receipt came later', async () => {
    const { collectionId, receipt, transactionId } = await aPaid();
    const receivedId = id('receivedPayment', randomUUID());
    await within(async (t) => {
      await recordReceived(t, {
        ...{ id: receivedId, shortcodeId: shop.shortcodeId, receipt, source: 'c2b', collectionId },
        ...{ amountCents: cents(150_000), occurredAt: now(), workflowId: `c2b/1/${receivedId}` },
        words: { reference: 'INV-10442', msisdn: '', name: '' },
      });
      await patchReceived(t, receivedId, { ledgerTransactionId: transactionId });
      await appendEvents(t, [
        {
          ...{ topic: 'domain-events', key: `${t.tenantId}:${receivedId}`, version: 1 },
          ...{ type: 'payment.received', isPersonal: false, data: {} },
        },
      ]);
    });

    const types = (await story(`receipt=${receipt}`)).events.map(({ type }) => type);

    expect(types).toContain('payment.received');
    expect(await story(`sourceId=${toPublicId('receivedPayment', receivedId)}`)).toMatchObject({
      transactions: [{ kind: 'collection.paid' }],
    });
  });

  test('is taken up from an event, a callback and a run, too', async () => {
    const { collectionId, receipt } = await aPaid();
    const [callbackId, eventId] = [id('callback', randomUUID()), randomUUID()];
    await within(async (t) => {
      await appendCallbacks(t, [
        {
          ...{ id: callbackId, letter: 's', targetId: collectionId, body: Buffer.from('{}') },
          ...{ receivedAt: now(), arrivedBy: 'request' },
        },
      ]);
      await appendEvents(t, [
        {
          ...{ topic: 'domain-events', key: `${t.tenantId}:${collectionId}`, version: 1, eventId },
          ...{ type: 'collection.paid', isPersonal: false, data: {} },
        },
      ]);
    });

    const whole = await story(`receipt=${receipt}`);

    expect(whole.callbacks).toMatchObject([{ id: toPublicId('callback', callbackId) }]);
    expect(await story(`eventId=${eventId}`)).toEqual(whole);
    expect(await story(`callbackId=${toPublicId('callback', callbackId)}`)).toEqual(whole);
    const run = encodeURIComponent(`collection/${shop.somebody.tenantId}/${collectionId}`);
    expect(await story(`workflowId=${run}`)).toEqual(whole);
  });

  test('is as long as the links are, page by page without a gap, each trace once', async () => {
    const sourceId = await aChain(9);

    const whole = await story(`sourceId=${sourceId}`);
    const pages = [await story(`sourceId=${sourceId}&limit=4`)];
    for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
      pages.push(await story(`sourceId=${sourceId}&limit=4&cursor=${cursor}`));
    }

    expect(whole.transactions).toHaveLength(9);
    expect(pages.map(({ transactions }) => transactions.length)).toEqual([4, 4, 1]);
    expect(pages.flatMap(({ transactions }) => transactions)).toEqual(whole.transactions);
    expect(pages.flatMap(({ audit }) => audit)).toEqual(whole.audit);
  });

  test('says when it is longer than it is followed', async () => {
    const sourceId = await aChain(6);
    const read = (most: number) => within((t) => lineageOf(t, { sourceId }, { limit: 50, most }));

    expect(await read(6)).toMatchObject({ isWhole: true });
    const cut = await read(3);
    expect(cut.isWhole).toBe(false);
    expect(cut.transactions.length).toBeLessThan(6);
  });

  test('names the lists that are longer than what is given', async () => {
    const { collectionId, receipt } = await aPaid();
    await shop.stage.database.asOwner(
      `insert into shared.told_events
       select $1, gen_random_uuid(), $2, 'collection.paid', now(), now()
       from generate_series(1, ${tracesMax + 1})`,
      [shop.somebody.tenantId, collectionId],
    );

    const { events, ...rest } = await story(`receipt=${receipt}`);

    expect(events).toHaveLength(tracesMax);
    expect(rest).toMatchObject({ cut: ['events'] });
  });

  test('keeps its events when the outbox has forgotten them', async () => {
    const { collectionId, receipt } = await within(async (t) => {
      const paid = await aPaidCollection(t, { shortcodeId: shop.shortcodeId });
      await appendEvents(t, [
        {
          ...{ topic: 'domain-events', key: `${t.tenantId}:${paid.collectionId}`, version: 1 },
          ...{ type: 'collection.paid', isPersonal: false, data: { receipt: paid.receipt } },
        },
      ]);
      return paid;
    });
    await shop.stage.database.asOwner(
      `update shared.outbox set published_at = now() - interval '8 days' where tenant_id = $1`,
      [shop.somebody.tenantId],
    );
    const before = await story(`receipt=${receipt}`);

    await shop.stage.database.db.asOperator('test', (o) => sweepPublished(o, 7));

    const left = await shop.stage.database.asOwner(
      `select 1 from shared.outbox where tenant_id = $1 and key like '%' || $2`,
      [shop.somebody.tenantId, collectionId],
    );
    expect(left).toEqual([]);
    expect(before.events).toMatchObject([{ type: 'collection.paid' }]);
    expect((await story(`receipt=${receipt}`)).events).toEqual(before.events);
    const path = `/v1/collections/${toPublicId('collection', collectionId)}`;
    expect((await shop.stage.fetch(path, { token: shop.token })).body).toMatchObject({
      trail: expect.arrayContaining([
        expect.objectContaining({ kind: 'posting', amountCents: 150_000, detail: receipt }),
        expect.objectContaining({ kind: 'event', endedAt: expect.any(String) }),
      ]),
    });
  });

  test('is nobody else’s, from wherever it is taken up', async () => {
    const { collectionId, receipt, transactionId } = await aRefundedPayment();
    const stranger = await shop.stage.token(await shop.stage.tenant());
    const starts = [
      `receipt=${receipt}`,
      `transactionId=${toPublicId('ledgerTransaction', transactionId)}`,
      `sourceId=${toPublicId('collection', collectionId)}`,
      `workflowId=${encodeURIComponent(`collection/${shop.somebody.tenantId}/${collectionId}`)}`,
      `eventId=${randomUUID()}`,
    ];

    const answers = await Promise.all(starts.map((start) => get(`/lineage?${start}`, stranger)));

    expect(answers.map(code)).toEqual(starts.map(() => 'not-found'));
  });
});
