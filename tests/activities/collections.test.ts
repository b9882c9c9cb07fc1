import { randomUUID } from 'node:crypto';
import { callbackHandlers, type Callback } from '../../activities/callbacks.ts';
import { takeCollectionCallbacks } from '../../activities/collection-callbacks.ts';
import { settleCollection } from '../../activities/collection-settlement.ts';
import { allocateReceived } from '../../activities/received-payments.ts';
import { listAllocations } from '../../db/allocations.ts';
import { addWitness, listWitnesses, type NewWitness } from '../../db/collection-witnesses.ts';
import { findCollection, patchCollection } from '../../db/collections.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import { findPaymentLink, insertPaymentLink } from '../../db/payment-links.ts';
import { findReceivedByReceipt, listReceived } from '../../db/received-payments.ts';
import { id, type CollectionId, type ShortcodeId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import {
  aPromptedCollection,
  aReceipt,
  aShortcode,
  c2bConfirmation,
  stkFailure,
  stkSuccess,
} from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, type TestTenant } from '../db/fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;
let shortcodeId: ShortcodeId;

beforeAll(async () => {
  base = await createTestDatabase();
});

beforeEach(async () => {
  tenant = await aTenant(base.db);
  shortcodeId = await inTenant((t) => aShortcode(t));
});

afterAll(async () => {
  expect(await base.invariants()).toEqual([]);
  await base.drop();
});

function inTenant<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return base.db.withTenant(tenant.tenantId, work);
}

function prompted(wish: Partial<Parameters<typeof aPromptedCollection>[1]> = {}) {
  return inTenant((t) => aPromptedCollection(t, { shortcodeId, ...wish }));
}

function settle(collectionId: CollectionId, nowMs = Date.now()) {
  const workflowId = `collection/${tenant.tenantId}/${collectionId}`;
  return inTenant((t) => settleCollection(t, { collectionId, workflowId, nowMs, timeScale: 1 }));
}

function witness(said: NewWitness) {
  return inTenant((t) => addWitness(t, said));
}

function collectionNow(collectionId: CollectionId) {
  return inTenant((t) => findCollection(t, collectionId));
}

function balances() {
  return inTenant(async (t) => ({
    utility: (await balanceOf(t, { kind: 'utility', owner: shortcodeId })).balanceCents,
    suspense: (await balanceOf(t, { kind: 'suspense', owner: shortcodeId })).balanceCents,
  }));
}

async function eventsOf(type: string) {
  return base.asOwner('select data from shared.outbox where tenant_id = $1 and type = $2', [
    tenant.tenantId,
    type,
  ]);
}

function post(letter: 's' | 'c', targetId: string, body: unknown) {
  const handlers = callbackHandlers();
  takeCollectionCallbacks(handlers);
  const [taker] = handlers.handlersOf(letter);
  if (taker === undefined) throw new Error('nobody takes this letter');
  const callback: Callback = {
    ...{ id: id('callback', randomUUID()), letter, targetId, body },
    receivedAt: instantFromEpochMs(Date.now()),
  };
  return inTenant((t) => taker.handler(t, callback));
}

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
      await base.asOwner(
        'select source_kind, source_id, workflow_id, receipt from shared.ledger_transactions where id = $1',
        [collection?.ledgerTransactionId],
      ),
    ).toEqual([
      {
        ...{ source_kind: 'collection', source_id: collectionId, receipt },
        workflow_id: `collection/${tenant.tenantId}/${collectionId}`,
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
    expect(await inTenant((t) => findReceivedByReceipt(t, { shortcodeId, receipt }))).toMatchObject(
      { state: 'linked', collectionId },
    );
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
    const double = await inTenant((t) =>
      findReceivedByReceipt(t, { shortcodeId, receipt: second }),
    );
    expect(double).toMatchObject({ state: 'unallocated', reason: 'double' });
  });

  test('money of a till goes to its merchant account', async () => {
    const till = await inTenant((t) => aShortcode(t, { number: '5123456', kind: 'till' }));
    const { collectionId } = await prompted({ shortcodeId: till });
    const paid = { outcome: 'paid', receipt: aReceipt(), amountCents: cents(150_000) } as const;
    await witness({ collectionId, kind: 'callback', ...paid });
    await settle(collectionId);

    const held = await inTenant((t) => balanceOf(t, { kind: 'merchant', owner: till }));
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
      tell: { workflowId: `collection/${tenant.tenantId}/${push.collectionId}` },
      late: { workflow: 'lateCollection' },
    });
    expect(again).toEqual({ state: 'recorded' });
    expect(await inTenant((t) => listWitnesses(t, push.collectionId))).toHaveLength(1);
  });

  test('twenty copies at once are one witness and one posting', async () => {
    const push = await prompted();
    const body = stkSuccess(push, { receipt: aReceipt() });

    await Promise.all(Array.from({ length: 20 }, () => post('s', push.collectionId, body)));
    await settle(push.collectionId);

    expect(await inTenant((t) => listWitnesses(t, push.collectionId))).toHaveLength(1);
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  });

  test('that comes before the answer of its own request is taken, and its ids with it', async () => {
    const push = await prompted();
    const unanswered = {
      checkoutRequestId: null,
      merchantRequestId: null,
      status: 'sending',
    } as const;
    await inTenant((t) => patchCollection(t, push.collectionId, unanswered));

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
    expect(await inTenant((t) => listWitnesses(t, push.collectionId))).toEqual([]);
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
    await inTenant((t) => patchCollection(t, push.collectionId, { sentAt: null }));

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
    const owner = tenant;
    tenant = await aTenant(base.db);

    const foreign = await post('s', push.collectionId, stkSuccess(push, { receipt: aReceipt() }));

    tenant = owner;
    expect(foreign).toEqual({ state: 'not-mine' });
  });
});

describe('a confirmation of a payment', () => {
  async function confirm(said: Parameters<typeof c2bConfirmation>[0]) {
    const outcome = await post('c', shortcodeId, c2bConfirmation(said));
    expect(outcome).toEqual({ state: 'recorded' });
    const found = await inTenant((t) =>
      findReceivedByReceipt(t, { shortcodeId, receipt: said.receipt }),
    );
    if (found === undefined) throw new Error('it was not recorded');
    return found;
  }

  function allocate(payment: Awaited<ReturnType<typeof confirm>>, isLastTry = false) {
    const arriving = { receivedPaymentId: payment.id, workflowId: payment.workflowId };
    return inTenant((t) =>
      allocateReceived(t, { ...arriving, nowMs: Date.now(), timeScale: 1, isLastTry }),
    );
  }

  test('with a reference nobody has waits on the desk, once', async () => {
    const payment = await confirm({ receipt: aReceipt(), reference: 'NOBODY' });

    expect(await allocate(payment)).toEqual({ outcome: 'desk' });
    expect(await allocate(payment)).toEqual({ outcome: 'desk' });
    expect(await balances()).toEqual({ utility: 0, suspense: 150_000 });
  });

  test('with a customer’s reference in other letters is credited to the customer', async () => {
    const customerId = id('customer', randomUUID());
    const created = await inTenant((t) =>
      insertCustomer(t, {
        ...{ id: customerId, reference: 'SHOP-0107', name: 'Wanjiku', createdBy: 'user:test' },
      }),
    );
    expect(created).toBe(true);

    const payment = await confirm({ receipt: aReceipt(), reference: ' shop OI07 ' });

    expect(await allocate(payment)).toEqual({ outcome: 'allocated' });
    const held = await inTenant((t) => balanceOf(t, { kind: 'customer', owner: customerId }));
    expect(held.balanceCents).toBe(150_000);
    expect(await inTenant((t) => listAllocations(t, payment.id))).toMatchObject([
      { targetKind: 'customer', targetId: customerId, reason: 'forgiving', amountCents: 150_000 },
    ]);
  });

  async function aLink(amountCents: number, customerId?: ReturnType<typeof id<'customer'>>) {
    const linkId = id('paymentLink', randomUUID());
    await inTenant((t) =>
      insertPaymentLink(t, {
        ...{ id: linkId, shortcodeId, title: 'School fees', reference: 'FEES-7' },
        ...{ amountCents: cents(amountCents), isReusable: false, createdBy: 'user:test' },
        ...(customerId === undefined ? {} : { customerId }),
      }),
    );
    return linkId;
  }

  test('too little leaves its link open, the rest pays it, and more waits as a double payment', async () => {
    const linkId = await aLink(200_000);
    const fees = { reference: 'FEES-7' };
    const under = await confirm({ receipt: aReceipt(), ...fees });
    await allocate(under);
    expect(await inTenant((t) => findPaymentLink(t, linkId))).toMatchObject({
      ...{ status: 'open', paidCents: 150_000 },
    });

    const rest = await confirm({ receipt: aReceipt(), ...fees, amount: '500.00' });
    await allocate(rest);
    expect(await inTenant((t) => findPaymentLink(t, linkId))).toMatchObject({ status: 'paid' });

    const double = await confirm({ receipt: aReceipt(), ...fees });
    expect(await allocate(double)).toEqual({ outcome: 'desk' });
    const reasons = await inTenant((t) => listReceived(t, { filter: {}, limit: 9 }));
    expect(reasons.map(({ reason }) => reason).sort()).toEqual(['double', 'exact', 'under']);
  });

  test('too much pays the link and the rest waits, or is the customer’s when one is known', async () => {
    await aLink(100_000);
    const over = await confirm({ receipt: aReceipt(), reference: 'FEES-7' });

    expect(await allocate(over)).toEqual({ outcome: 'allocated' });
    expect(await balances()).toEqual({ utility: 100_000, suspense: 50_000 });
    const [payment] = await inTenant((t) => listReceived(t, { filter: {}, limit: 9 }));
    expect(payment).toMatchObject({
      ...{ state: 'part-allocated', reason: 'over', allocatedCents: 100_000 },
    });
  });

  test('of a push is one more witness of it: the receipt is credited once, whoever is first', async () => {
    for (const order of ['callback first', 'confirmation first']) {
      const msisdn = `2547${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
      const push = await prompted({ msisdn, accountReference: 'ORDER-9' });
      const receipt = aReceipt();
      const byCallback = async () => {
        await post('s', push.collectionId, stkSuccess(push, { receipt, msisdn }));
        await settle(push.collectionId);
      };
      const masked = `${msisdn.slice(0, 4)} ***** ${msisdn.slice(-3)}`;
      const byC2b = async () => {
        const now = instantFromEpochMs(Date.now());
        const payment = await confirm({ receipt, reference: 'order 9', msisdn: masked });
        await base.asOwner('update shared.received_payments set occurred_at = $1 where id = $2', [
          now,
          payment.id,
        ]);
        expect(await allocate(payment)).toMatchObject({ outcome: 'linked' });
      };

      if (order === 'callback first') {
        await byCallback();
        await byC2b();
      } else {
        await byC2b();
        await byCallback();
      }

      expect(await collectionNow(push.collectionId)).toMatchObject({ status: 'paid', receipt });
      expect(await inTenant((t) => listWitnesses(t, push.collectionId))).toHaveLength(2);
    }
    expect(await balances()).toEqual({ utility: 300_000, suspense: 0 });
  });

  test('for another shortcode, or of an amount nobody can read, is kept aside', async () => {
    const other = c2bConfirmation({ receipt: aReceipt(), shortcode: '600984' });
    expect(await post('c', shortcodeId, other)).toMatchObject({ cause: 'shortcode-mismatch' });
    const unreadable = c2bConfirmation({ receipt: aReceipt(), amount: '0.001' });
    expect(await post('c', shortcodeId, unreadable)).toMatchObject({ state: 'quarantined' });
  });
});
