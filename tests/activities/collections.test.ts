import { randomUUID } from 'node:crypto';
import { listCollectionEvents } from '../../db/collection-events.ts';
import { listWitnesses } from '../../db/collection-witnesses.ts';
import { patchCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import { findReceivedByReceipt } from '../../db/received-payments.ts';
import { cents } from '../../domain/money.ts';
import { aTenant } from '../db/fixture.ts';
import { aReceipt, aShortcode, stkFailure, stkSuccess } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, collectionNow, eventsOf, post, prompted, settle, witness } = deedsOn(stage);
const within = <Result>(work: (t: TenantHandle) => Promise<Result>) => inTenant(stage, work);

describe('settling a collection', () => {
  test('a payment is in the ledger once, with its event, its receipt and its lineage', async () => {
    const { collectionId } = await prompted();
    const receipt = aReceipt();
    const paid = { outcome: 'paid', code: '0', receipt, amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });

    const standing = await settle(collectionId);
    await settle(collectionId);

    expect(standing).toMatchObject({ status: 'paid', isOpen: false, code: '0' });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
    expect(await eventsOf('collection.paid')).toHaveLength(1);
    const collection = await collectionNow(collectionId);
    expect(collection).toMatchObject({ status: 'paid', receipt, isLate: false });
    expect(
      await stage.base.asOwner(
        'select source_kind, source_id, workflow_id, receipt from shared.ledger_transactions where id = $1',
        [collection?.ledgerTransactionId],
      ),
    ).toEqual([
      {
        ...{ source_kind: 'collection', source_id: collectionId, receipt },
        workflow_id: `collection/${stage.tenant.tenantId}/${collectionId}`,
      },
    ]);
  });

  test('twenty runs that settle at the same moment post once', async () => {
    const { collectionId } = await prompted();
    const paid = { outcome: 'paid', receipt: aReceipt(), amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });

    await Promise.all(Array.from({ length: 20 }, () => settle(collectionId)));

    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
    expect(await eventsOf('collection.paid')).toHaveLength(1);
  });

  test('a refusal ends it without money, and a later payment wins and is called late', async () => {
    const { collectionId } = await prompted();
    await witness({ collectionId, kind: 'callback', outcome: 'failed', code: '1032' });
    expect(await settle(collectionId)).toMatchObject({ status: 'refused', code: '1032' });
    expect(await balances()).toEqual({ utility: 0, suspense: 0 });

    const paid = { outcome: 'paid', receipt: aReceipt(), amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });
    await settle(collectionId);

    expect(await collectionNow(collectionId)).toMatchObject({
      ...{ status: 'paid', isLate: true, disagreements: ['outcome'] },
    });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  });

  test('a query’s success is paid, and the receipt that shows up later moves no money', async () => {
    const { collectionId } = await prompted();
    await witness({ collectionId, kind: 'query', outcome: 'paid', code: '0' });
    await settle(collectionId);
    expect(await collectionNow(collectionId)).toMatchObject({ status: 'paid', receipt: null });

    const receipt = aReceipt();
    const paid = { outcome: 'paid', receipt, amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });
    await settle(collectionId);

    expect(await collectionNow(collectionId)).toMatchObject({ status: 'paid', receipt });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
    expect(
      await within((t) => findReceivedByReceipt(t, { shortcodeId: stage.shortcodeId, receipt })),
    ).toMatchObject({ state: 'linked', collectionId });
  });

  test('a second receipt is the payer’s money on the desk', async () => {
    const { collectionId } = await prompted();
    const [first, second] = [aReceipt(), aReceipt()];
    for (const receipt of [first, second]) {
      const paid = { outcome: 'paid', receipt, amountCents: cents(150_000) } as const;
      await witness({ collectionId, kind: 'callback', ...paid });
      await settle(collectionId);
    }

    expect(await collectionNow(collectionId)).toMatchObject({
      ...{ receipt: first, disagreements: ['receipts'] },
    });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 150_000 });
    const double = await within((t) =>
      findReceivedByReceipt(t, { shortcodeId: stage.shortcodeId, receipt: second }),
    );
    expect(double).toMatchObject({ state: 'unallocated', reason: 'double' });
  });

  test('money of a till goes to its merchant account', async () => {
    const till = await within((t) => aShortcode(t, { number: '5123456', kind: 'till' }));
    const { collectionId } = await prompted({ shortcodeId: till });
    const paid = { outcome: 'paid', receipt: aReceipt(), amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });
    await settle(collectionId);

    const held = await within((t) => balanceOf(t, { kind: 'merchant', owner: till }));
    expect(held.balanceCents).toBe(150_000);
  });

  test('a query’s 1037 waits its minute before it counts', async () => {
    const { collectionId } = await prompted();
    await witness({ collectionId, kind: 'query', outcome: 'failed', code: '1037' });

    expect(await settle(collectionId)).toMatchObject({ status: 'prompted', isOpen: true });
    expect(await settle(collectionId, Date.now() + 61_000)).toMatchObject({ status: 'expired' });
  });
});

describe('a callback of a push', () => {
  test('is recorded as a witness and tells the run; a repeat tells nobody', async () => {
    const push = await prompted();
    const body = stkSuccess(push, { receipt: aReceipt() });

    const first = await post('s', push.collectionId, body);
    const again = await post('s', push.collectionId, body);

    expect(first).toMatchObject({
      state: 'recorded',
      tell: { workflowId: `collection/${stage.tenant.tenantId}/${push.collectionId}` },
      late: { workflow: 'lateCollection' },
    });
    expect(again).toEqual({ state: 'recorded' });
    expect(await within((t) => listWitnesses(t, push.collectionId))).toHaveLength(1);
  });

  test('twenty copies at once are one witness and one posting', async () => {
    const push = await prompted();
    const body = stkSuccess(push, { receipt: aReceipt() });

    await Promise.all(Array.from({ length: 20 }, () => post('s', push.collectionId, body)));
    await settle(push.collectionId);

    expect(await within((t) => listWitnesses(t, push.collectionId))).toHaveLength(1);
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  });

  test.each([
    { shown: '254700000009', what: 'another number', noted: true },
    { shown: '2547*****009', what: 'another number, masked', noted: true },
    { shown: '0712***678', what: 'the number asked, masked', noted: undefined },
    { shown: 'a3f1'.repeat(16), what: 'a hash', noted: undefined },
  ])('that shows $what is a payment all the same, and a difference is noted', async (row) => {
    const push = await prompted();
    const body = stkSuccess(push, { receipt: aReceipt(), msisdn: row.shown });

    expect(await post('s', push.collectionId, body)).toMatchObject({ state: 'recorded' });
    expect(await settle(push.collectionId)).toMatchObject({ status: 'paid' });

    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
    const events = await within((t) =>
      listCollectionEvents(t, push.collectionId, { afterSeq: 0, limit: 9 }),
    );
    const heard = events.filter(({ type }) => type === 'witnessed');
    expect(heard.map(({ data }) => data['msisdnDiffers'])).toEqual([row.noted]);
  });

  test('that comes before the answer of its own request is taken, and its ids with it', async () => {
    const push = await prompted();
    const unanswered = {
      checkoutRequestId: null,
      merchantRequestId: null,
      status: 'sending',
    } as const;
    await within((t) => patchCollection(t, push.collectionId, unanswered));

    const taken = await post('s', push.collectionId, stkSuccess(push, { receipt: aReceipt() }));

    expect(taken).toMatchObject({ state: 'recorded' });
    expect(await collectionNow(push.collectionId)).toMatchObject({
      checkoutRequestId: push.checkoutRequestId,
    });
  });

  test.each([
    { what: 'another amount', cause: 'amount-mismatch', change: { shillings: 1501 } },
    { what: 'another checkout', cause: 'checkout-mismatch', ids: { checkoutRequestId: 'ws_CO_x' } },
    {
      what: 'another merchant request',
      cause: 'merchant-mismatch',
      ids: { merchantRequestId: 'x' },
    },
  ])('with $what is kept aside without effect', async ({ cause, change, ids }) => {
    const push = await prompted();
    const body = stkSuccess({ ...push, ...ids }, { receipt: aReceipt(), ...change });

    expect(await post('s', push.collectionId, body)).toEqual({ state: 'quarantined', cause });
    expect(await within((t) => listWitnesses(t, push.collectionId))).toEqual([]);
  });

  test('with a receipt another collection has is kept aside', async () => {
    const [one, other] = [await prompted(), await prompted()];
    const receipt = aReceipt();
    await post('s', one.collectionId, stkSuccess(one, { receipt }));
    await settle(one.collectionId);

    const reused = await post('s', other.collectionId, stkSuccess(other, { receipt }));

    expect(reused).toEqual({ state: 'quarantined', cause: 'receipt-reuse' });
  });

  test('of a push that was never sent, or of nothing we know, has no effect', async () => {
    const push = await prompted();
    await within((t) => patchCollection(t, push.collectionId, { sentAt: null }));

    const body = stkFailure(push, 1032);
    const unsent = await post('s', push.collectionId, body);
    expect(unsent).toEqual({ state: 'quarantined', cause: 'never-sent' });
    expect(await post('s', randomUUID(), body)).toEqual({ state: 'not-mine' });
    expect(await post('s', push.collectionId, { Body: {} })).toMatchObject({
      state: 'quarantined',
    });
  });

  test('another tenant’s collection is not there', async () => {
    const push = await prompted();
    const owner = stage.tenant;
    stage.tenant = await aTenant(stage.base.db);

    const foreign = await post('s', push.collectionId, stkSuccess(push, { receipt: aReceipt() }));

    stage.tenant = owner;
    expect(foreign).toEqual({ state: 'not-mine' });
  });
});
