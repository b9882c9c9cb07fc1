import { randomUUID } from 'node:crypto';
import { allocateReceived } from '../../activities/received-payments.ts';
import { listAllocations } from '../../db/allocations.ts';
import { listWitnesses } from '../../db/collection-witnesses.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import { findPaymentLink, insertPaymentLink } from '../../db/payment-links.ts';
import { findReceivedByReceipt, listReceived } from '../../db/received-payments.ts';
import { id, type CustomerId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aReceipt, c2bConfirmation, stkSuccess } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, collectionNow, post, prompted, settle } = deedsOn(stage);
const within = <Result>(work: (t: TenantHandle) => Promise<Result>) => inTenant(stage, work);

describe('a confirmation of a payment', () => {
  async function confirm(said: Parameters<typeof c2bConfirmation>[0]) {
    const outcome = await post('c', stage.shortcodeId, c2bConfirmation(said));
    expect(outcome).toEqual({ state: 'recorded' });
    const found = await within((t) =>
      findReceivedByReceipt(t, { shortcodeId: stage.shortcodeId, receipt: said.receipt }),
    );
    if (found === undefined) throw new Error('it was not recorded');
    return found;
  }

  function allocate(payment: Awaited<ReturnType<typeof confirm>>, isLastTry = false) {
    const arriving = { receivedPaymentId: payment.id, workflowId: payment.workflowId };
    return within((t) =>
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
    await within((t) =>
      insertCustomer(t, {
        ...{ id: customerId, reference: 'SHOP-0107', name: 'Wanjiku', createdBy: 'user:test' },
      }),
    );

    const payment = await confirm({ receipt: aReceipt(), reference: ' shop OI07 ' });

    expect(await allocate(payment)).toEqual({ outcome: 'allocated' });
    const held = await within((t) => balanceOf(t, { kind: 'customer', owner: customerId }));
    expect(held.balanceCents).toBe(150_000);
    expect(await within((t) => listAllocations(t, payment.id))).toMatchObject([
      { targetKind: 'customer', targetId: customerId, reason: 'forgiving', amountCents: 150_000 },
    ]);
  });

  async function aLink(amountCents: number, customerId?: CustomerId) {
    const linkId = id('paymentLink', randomUUID());
    await within((t) =>
      insertPaymentLink(t, {
        ...{
          id: linkId,
          shortcodeId: stage.shortcodeId,
          title: 'School fees',
          reference: 'FEES-7',
        },
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
    expect(await within((t) => findPaymentLink(t, linkId))).toMatchObject({
      ...{ status: 'open', paidCents: 150_000 },
    });

    const rest = await confirm({ receipt: aReceipt(), ...fees, amount: '500.00' });
    await allocate(rest);
    expect(await within((t) => findPaymentLink(t, linkId))).toMatchObject({ status: 'paid' });

    const double = await confirm({ receipt: aReceipt(), ...fees });
    expect(await allocate(double)).toEqual({ outcome: 'desk' });
    const reasons = await within((t) => listReceived(t, { filter: {}, limit: 9 }));
    expect(reasons.map(({ reason }) => reason).sort()).toEqual(['double', 'exact', 'under']);
  });

  test('too much pays the link and the rest waits, or is the customer’s when one is known', async () => {
    await aLink(100_000);
    const over = await confirm({ receipt: aReceipt(), reference: 'FEES-7' });

    expect(await allocate(over)).toEqual({ outcome: 'allocated' });
    expect(await balances()).toEqual({ utility: 100_000, suspense: 50_000 });
    const [payment] = await within((t) => listReceived(t, { filter: {}, limit: 9 }));
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
        await stage.base.asOwner(
          'update shared.received_payments set occurred_at = $1 where id = $2',
          [now, payment.id],
        );
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
      expect(await within((t) => listWitnesses(t, push.collectionId))).toHaveLength(2);
    }
    expect(await balances()).toEqual({ utility: 300_000, suspense: 0 });
  });

  test('for another shortcode, or of an amount nobody can read, is kept aside', async () => {
    const other = c2bConfirmation({ receipt: aReceipt(), shortcode: '600984' });
    expect(await post('c', stage.shortcodeId, other)).toMatchObject({
      cause: 'shortcode-mismatch',
    });
    const unreadable = c2bConfirmation({ receipt: aReceipt(), amount: '0.001' });
    expect(await post('c', stage.shortcodeId, unreadable)).toMatchObject({ state: 'quarantined' });
  });
});
