import { randomUUID } from 'node:crypto';
import { takeBillCallbacks } from '../../activities/bill-callbacks.ts';
import { callbackHandlers, type CallbackOutcome } from '../../activities/callbacks.ts';
import { allocateReceived } from '../../activities/received-payments.ts';
import { findReceivedByReceipt, type ReceivedPayment } from '../../db/received-payments.ts';
import { id } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aReceipt, c2bConfirmation } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, post } = deedsOn(stage);

function posted(body: unknown, targetId: string = stage.shortcodeId): Promise<CallbackOutcome> {
  const handlers = callbackHandlers();
  takeBillCallbacks(handlers);
  const [taker] = handlers.handlersOf('b');
  if (taker === undefined) throw new Error('nobody takes this letter');
  const receivedAt = instantFromEpochMs(Date.now());
  const callback = { id: id('callback', randomUUID()), letter: 'b', targetId, body } as const;
  return inTenant(stage, (t) => taker.handler(t, { ...callback, receivedAt }));
}

function received(receipt: string): Promise<ReceivedPayment | undefined> {
  const of = { shortcodeId: stage.shortcodeId, receipt };
  return inTenant(stage, (t) => findReceivedByReceipt(t, of));
}

const aBill = (receipt: string, difference: object = {}) => ({
  ...{ transactionId: receipt, paidAmount: '1500', msisdn: '254712345678' },
  ...{ dateCreated: '2026-11-14', accountReference: 'INV-10442', shortCode: '174379' },
  ...difference,
});

describe('a payment that Bill Manager pushes', () => {
  test('is an arrival, credited once although it is pushed again and confirmed by C2B', async () => {
    const receipt = aReceipt();
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await posted(aBill(receipt))).toEqual({ state: 'recorded' });
    }
    await post('c', stage.shortcodeId, c2bConfirmation({ receipt }));

    const payment = await received(receipt);
    if (payment === undefined) throw new Error('it was recorded');
    const arriving = { receivedPaymentId: payment.id, nowMs: Date.now(), timeScale: 1 };
    for (const workflowId of ['c2b/one', 'c2b/two']) {
      await inTenant(stage, (t) => allocateReceived(t, { ...arriving, workflowId }));
    }
    expect(payment).toMatchObject({ transactionType: 'Bill Manager', amountCents: 150_000 });
    expect(await balances()).toEqual({ utility: 0, suspense: 150_000 });
  });

  test.each([
    ['of another shortcode', { shortCode: '600984' }, 'shortcode-mismatch'],
    ['without a receipt', { transactionId: '' }, 'no-receipt'],
    ['with an amount nobody can read', { paidAmount: 'lots' }, 'amount-unreadable'],
  ])('%s is set aside', async (_name, difference, cause) => {
    expect(await posted(aBill(aReceipt(), difference))).toEqual({ state: 'quarantined', cause });
  });

  test('that tells another amount than before is set aside', async () => {
    const receipt = aReceipt();
    await posted(aBill(receipt));

    expect(await posted(aBill(receipt, { paidAmount: '1501' }))).toEqual({
      ...{ state: 'quarantined', cause: 'amount-mismatch' },
    });
  });
});

describe('the end of a prompt to another business', () => {
  test('is an arrival when it was paid', async () => {
    const receipt = aReceipt();
    const success = { resultCode: '0', requestId: 'r1', amount: '71.0', transactionId: receipt };

    expect(await posted({ ...success, status: 'SUCCESS' })).toEqual({ state: 'recorded' });
    expect(await received(receipt)).toMatchObject({
      ...{ transactionType: 'B2B Express', amountCents: 7_100, msisdnMasked: null },
    });
  });

  test('is kept without effect when it was declined', async () => {
    const declined = { resultCode: '4001', requestId: 'r1', amount: '71.0' };

    expect(await posted(declined)).toEqual({ state: 'recorded' });
    expect(await balances()).toEqual({ utility: 0, suspense: 0 });
  });
});

test('a standing order nobody asked for is set aside; one that was declined is kept', async () => {
  const agreed = { responseHeader: { responseCode: '0', responseRefID: 'x' }, responseBody: {} };
  const declined = { ResponseHeader: { responseCode: '1032', responseRefID: 'x' } };

  expect(await posted(agreed)).toEqual({ state: 'quarantined', cause: 'standing-order-unknown' });
  expect(await posted(declined)).toEqual({ state: 'recorded' });
});

test('an address of nobody’s shortcode and a body of no known shape have no effect', async () => {
  expect(await posted(aBill(aReceipt()), randomUUID())).toEqual({ state: 'not-mine' });
  expect(await posted(['?'])).toEqual({ state: 'quarantined', cause: 'unreadable' });
});
