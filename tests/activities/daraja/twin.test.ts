import type { Daraja } from '../../../activities/daraja/client.ts';
import { cents } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';
import type { DarajaTwin } from '../../../simulators/daraja/twin.ts';
import { openDarajaPair, type DarajaPair } from '../../support/daraja-pair.ts';
import { someCredentials } from '../../support/daraja-credentials.ts';
import type { OddServer } from '../../support/odd-server.ts';
import { until } from '../../support/until.ts';

let pair: DarajaPair;
let twin: DarajaTwin;
let daraja: Daraja;
let receiver: OddServer;

beforeAll(async () => {
  pair = await openDarajaPair();
  ({ twin, daraja, receiver } = pair);
});
afterAll(() => pair.close());
beforeEach(() => pair.forget());

const paybill = () => someCredentials();
const urls = () => pair.urls();
const told = (path: string) => pair.told(path);

describe('the client and the twin understand each other', () => {
  test('a prompt is sent, paid, told and asked about', async () => {
    const answer = await daraja.stkPush(paybill(), {
      ...{ amountCents: cents(150_000), msisdn: '254712345678', accountReference: 'INV-1' },
      ...{ description: 'Invoice', callbackUrl: `${receiver.url}/hooks/s/1` },
    });
    if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
    const { checkoutRequestId } = answer.value;
    const callback = await told('/hooks/s/1');

    expect(callback.Body.stkCallback).toMatchObject({ CheckoutRequestID: checkoutRequestId });
    expect(await daraja.stkQuery(paybill(), { checkoutRequestId })).toMatchObject({
      kind: 'accepted',
      value: { outcome: 'paid', code: '0' },
    });
  });

  test('a prompt that is open is pending, in both of the ways Daraja says it', async () => {
    for (const form of ['500', '4999'] as const) {
      twin.world.settings.pendingForm = form;
      twin.world.settings.phone = { action: 'ignore', afterMs: 0 };
      const answer = await daraja.stkPush(paybill(), {
        ...{ amountCents: cents(form === '500' ? 20_000 : 30_000), accountReference: 'A' },
        ...{ msisdn: form === '500' ? '254722000001' : '254722000002', description: 'x' },
        callbackUrl: `${receiver.url}/hooks/s/2`,
      });
      if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
      const { checkoutRequestId } = answer.value;

      expect(await daraja.stkQuery(paybill(), { checkoutRequestId })).toMatchObject({
        value: { outcome: 'pending' },
      });
    }
    twin.world.settings.phone = { action: 'pin', afterMs: 20 };
  });

  test('a payout is taken, and its result is for the utility account to the cent', async () => {
    const answer = await daraja.b2c(paybill(), {
      ...{ ...urls(), originatorConversationId: 'payout-1', commandId: 'BusinessPayment' },
      ...{ amountCents: cents(250_000), msisdn: '254712345678', remarks: 'Thanks' },
    });
    expect(answer).toMatchObject({
      kind: 'accepted',
      value: { originatorConversationId: 'payout-1' },
    });
    expect((await told('/hooks/r/1')).Result).toMatchObject({
      OriginatorConversationID: 'payout-1',
    });
  });

  test('status and balance are asked and answered', async () => {
    const status = await daraja.transactionStatus(paybill(), {
      ...{ ...urls(), remarks: 'Where is it' },
      about: { originatorConversationId: 'payout-1' },
    });
    const balance = await daraja.accountBalance(paybill(), { ...urls(), remarks: 'Balance' });

    expect(status.kind).toBe('accepted');
    expect(balance.kind).toBe('accepted');
    await until(() => receiver.requests.length >= 2);
  });

  test('a reversal of a payment in is taken', async () => {
    const paid = await daraja.stkPush(paybill(), {
      ...{ amountCents: cents(40_000), msisdn: '254733000001', accountReference: 'INV-9' },
      ...{ description: 'Invoice', callbackUrl: `${receiver.url}/hooks/s/9` },
    });
    expect(paid.kind).toBe('accepted');
    const { Item: items } = (await told('/hooks/s/9')).Body.stkCallback.CallbackMetadata;
    const receipt = items.find(
      (item: { Name: string }) => item.Name === 'MpesaReceiptNumber',
    ).Value;
    const answer = await daraja.reverse(paybill(), {
      ...{ ...urls(), receipt, amountCents: cents(40_000), remarks: 'Wrong amount' },
    });

    expect(answer.kind).toBe('accepted');
  });

  test('C2B addresses are registered and a payment is simulated in both versions', async () => {
    for (const version of [1, 2] as const) {
      const registered = await daraja.registerUrls(paybill(), {
        confirmationUrl: `${receiver.url}/hooks/c/${version}`,
        validationUrl: `${receiver.url}/hooks/v/${version}`,
        ...{ whenUnreachable: 'accept', version },
      });
      const paid = await daraja.simulateC2b(paybill(), {
        ...{
          amountCents: cents(10_000),
          msisdn: '254708374149',
          accountReference: 'INV-3',
          version,
        },
      });
      expect([registered.kind, paid.kind]).toEqual(['accepted', 'accepted']);
      await told(`/hooks/c/${version}`);
    }
  });

  test('wrong keys, a wrong passkey and an unknown shortcode are told apart', async () => {
    expect(await daraja.signIn(someCredentials({ consumerSecret: 'wrong' }))).toMatchObject({
      ok: false,
      answer: { kind: 'rejected', code: 'wrong-keys', isConfiguration: true },
    });
    const query = { checkoutRequestId: 'ws_CO_nothing' };
    expect(await daraja.stkQuery(someCredentials({ passkey: 'wrong' }), query)).toMatchObject({
      kind: 'rejected',
      isConfiguration: true,
    });
    const unknown = await daraja.stkQuery(someCredentials({ number: '999999' }), query);
    expect(unknown.kind).toBe('rejected');
  });

  test('a stopped or missing initiator is never sent', async () => {
    const payment = {
      ...{ ...urls(), originatorConversationId: 'payout-2', remarks: 'Thanks' },
      ...{ amountCents: cents(1_000), msisdn: '254712345678', commandId: 'SalaryPayment' as const },
    };
    const stopped = await daraja.b2c(someCredentials({ initiatorStopCode: '2001' }), payment);
    const missing = await daraja.b2c(someCredentials({ initiatorName: '' }), payment);

    expect(stopped).toMatchObject({ kind: 'rejected', code: 'initiator-stopped' });
    expect(missing).toMatchObject({ kind: 'rejected', code: 'initiator-missing' });
    expect(receiver.requests).toEqual([]);
  });

  test('a range without payments is an empty page, where the twin pulls', async () => {
    const now = Date.now();
    const answer = await daraja.pull(paybill(), {
      ...{ from: instantFromEpochMs(now - 3_600_000), to: instantFromEpochMs(now), offset: 0 },
    });
    expect(['accepted', 'rejected']).toContain(answer.kind);
  });
});
