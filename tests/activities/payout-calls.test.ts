/** The calls that move money out, made to the twin; its callbacks come back as they would. */
import { randomUUID } from 'node:crypto';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { callbackHandlers } from '../../activities/callbacks.ts';
import { openDaraja, type Daraja } from '../../activities/daraja/client.ts';
import { noLimit } from '../../activities/daraja/limiter.ts';
import { noTokenStore } from '../../activities/daraja/token-store.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { noFailpoint } from '../../activities/failpoint.ts';
import { registerPayoutCallbacks } from '../../activities/payout-callbacks.ts';
import { createPayoutCalls } from '../../activities/payout-calls.ts';
import { findDisbursement, type NewDisbursement } from '../../db/disbursements.ts';
import { openHookTokens } from '../../db/hook-tokens.ts';
import { postTransaction } from '../../db/ledger.ts';
import { findQuery } from '../../db/payout-evidence.ts';
import type { Payee } from '../../domain/disbursements/terms.ts';
import { id, type DisbursementId, type ShortcodeId, type TenantId } from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { FaultRule } from '../../simulators/daraja/faults/effects.ts';
import { startDarajaTwin, type DarajaTwin } from '../../simulators/daraja/twin.ts';
import { aShortcode } from '../support/collections.ts';
import { createTestDatabase, testKek, type TestDatabase } from '../support/database.ts';
import { json, openOddServer, type OddServer } from '../support/odd-server.ts';
import { aFloat, aPayout } from '../support/payouts.ts';
import { aTenant } from '../support/tenants.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let base: TestDatabase;
let twin: DarajaTwin;
let receiver: OddServer;
let daraja: Daraja;
let calls: ReturnType<typeof createPayoutCalls>;
let tenantId: TenantId;
let shortcodeId: ShortcodeId;

const handlers = callbackHandlers();
// Answers to questions count at once: nothing is slow on its way here.
registerPayoutCallbacks(handlers, { config: { daraja: { timeScale: 0 } } });

beforeAll(async () => {
  base = await createTestDatabase();
  twin = await startDarajaTwin({ settings: { resultAfterMs: 20 } });
  receiver = await openOddServer();
  const hooks = openHookTokens({ kek: testKek, hooksUrl: receiver.url });
  receiver.answer = (request, response, body) => {
    json(response, 200, { ResultCode: 0 });
    const [letter = '', token = ''] = (request.url ?? '').split('/').slice(2);
    const target = hooks.verify(letter, token);
    if (target !== undefined) void take(target, JSON.parse(body));
  };
  daraja = openDaraja({
    ...{ baseUrl: twin.url, certificatePem: twin.certificatePem, nowMs: Date.now },
    ...{ tokens: noTokenStore, limiter: noLimit, timeoutMs: 5_000 },
  });
  calls = createPayoutCalls({ db: base.db, daraja, hooks, failpoint: noFailpoint });
  ({ tenantId } = await aTenant(base.db));
  shortcodeId = await base.db.withTenant(tenantId, async (t) => {
    const made = await aShortcode(t, { number: '600984' });
    await aFloat(t, made, 150_000);
    await postTransaction(t, {
      ...{ reference: 'float/working', kind: 'opening' },
      occurredAt: instantFromEpochMs(Date.now()),
      postings: received({ shortcodeId: made, amountCents: cents(10_000_000), into: 'working' }),
      source: { kind: 'manual', id: 'float', actor: 'user:test' },
    });
    return made;
  });
});

afterAll(async () => {
  await daraja.close();
  await twin.close();
  await receiver.close();
  const violations = await base.invariants();
  await base.drop();
  expect(violations).toEqual([]);
});

beforeEach(() => twin.world.rules.replace([]));

type Target = NonNullable<ReturnType<ReturnType<typeof openHookTokens>['verify']>>;

async function take({ letter, targetId, ...of }: Target, body: unknown): Promise<void> {
  const callback = {
    ...{ id: id('callback', randomUUID()), letter, targetId, body },
    receivedAt: instantFromEpochMs(Date.now()),
  };
  await base.db.withTenant(of.tenantId, async (t) => {
    for (const mine of handlers.handlersOf(letter)) await mine.handler(t, callback);
  });
}

/** A payout past its checks, and what its run would do next. */
async function aCheckedPayout(wish: Partial<NewDisbursement> & { shillings?: number }) {
  const disbursementId = await base.db.withTenant(tenantId, (t) => aPayout(t, shortcodeId, wish));
  const key = { tenantId, disbursementId };
  const parts = { db: base.db, nowMs: Date.now };
  const steps = createDisbursementActivities(parts);
  const held = await createAuthorisationActivities(parts).holdPayout(key);
  expect(held).toMatchObject({ revenue: { verdict: 'allowed' }, core: { verdict: 'allowed' } });
  await steps.admitPayout({ ...key, reviewReasons: [] });
  return {
    disbursementId,
    send: () => aside(() => calls.sendPayout(key)),
    ask: () => aside(() => calls.askPayoutStatus({ ...key, queryId: randomUUID() })),
    standing: async () => (await steps.settlePayout(key)).status,
  };
}

/** What a question comes to once it has an answer. */
async function eventually<Value>(
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  let value: Value | undefined;
  await until(async () => (value = await ask()) !== undefined);
  if (value === undefined) throw new Error('nothing was found');
  return value;
}

/** Activities tell that they live, for which they need somebody to tell it to. */
function aside<Result>(work: () => Promise<Result>): Promise<Result> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return environment.run(work);
}

async function payoutOf(disbursementId: DisbursementId) {
  const found = await base.db.withTenant(tenantId, (t) => findDisbursement(t, disbursementId));
  if (found === undefined) throw new Error('the payout vanished');
  return found;
}

const entryUnder = (receipt: string | null) =>
  [...twin.world.book.entries].find((entry) => entry.receipt === receipt);

const toPhone = (msisdn: string): Payee => ({ kind: 'msisdn', msisdn });

/** What the twin does with every payout to this phone. */
const towards = (msisdn: string, effect: FaultRule['effect']): FaultRule => ({
  match: { api: 'b2c', msisdn },
  effect,
});

describe('sendPayout', () => {
  const kinds: readonly [NewDisbursement['kind'], Payee, string][] = [
    ['business-payment', toPhone('254712345671'), 'BusinessPayment'],
    ['pochi', toPhone('254712345672'), 'BusinessPayToPochi'],
    [
      'pay-bill',
      { kind: 'pay-bill', number: '174379', accountReference: 'INV-7' },
      'BusinessPayBill',
    ],
    ['buy-goods', { kind: 'till', number: '5123456' }, 'BusinessBuyGoods'],
    ['tax', { kind: 'tax', registrationNumber: '2026112700001' }, 'PayTaxToKRA'],
  ];

  test.each(kinds)(
    'a %s is paid once, under the receipt M-PESA gives',
    async (kind, payee, command) => {
      const payout = await aCheckedPayout({ kind, payee, shillings: 1_200 });

      expect(await payout.send()).toEqual({ kind: 'handed-over' });
      expect(await payout.send()).toEqual({ kind: 'begun-before' });
      await until(async () => (await payout.standing()) === 'paid');

      const { receipt } = await payoutOf(payout.disbursementId);
      expect(entryUnder(receipt)).toMatchObject({
        ...{ commandId: command, status: 'completed', amountCents: 120_000, shortcode: '600984' },
      });
    },
  );

  test('a reversal gives a received payment back to whoever paid it', async () => {
    await fetch(`${twin.adminUrl}/pay`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({
        ...{ shortcode: '600984', msisdn: '254712345673', amountCents: 50_000 },
        accountReference: 'OOPS',
      }),
    });
    const paid = await eventually(() =>
      [...twin.world.book.entries].find(({ accountReference }) => accountReference === 'OOPS'),
    );
    const payee: Payee = { kind: 'payer', receipt: paid.receipt ?? '', msisdn: null };
    const payout = await aCheckedPayout({ kind: 'reversal', payee, shillings: 500 });

    await payout.send();
    await until(async () => (await payout.standing()) === 'paid');

    const { receipt } = await payoutOf(payout.disbursementId);
    expect(entryUnder(receipt)).toMatchObject({ kind: 'reversal', msisdn: '254712345673' });
  });

  test('of twenty payouts whose queue timed out those are paid whose money moved', async () => {
    const phones = Array.from({ length: 20 }, (_, index) => `2547130000${10 + index}`);
    twin.world.rules.replace(
      phones.map((msisdn, index) =>
        towards(msisdn, { kind: 'queue-timeout', ...(index % 2 === 0 && { withEffect: true }) }),
      ),
    );
    const payouts = await Promise.all(
      phones.map((msisdn) => aCheckedPayout({ payee: toPhone(msisdn), shillings: 1_010 })),
    );

    await Promise.all(payouts.map(({ send }) => send()));
    await Promise.all(
      payouts.map(({ ask, standing }) =>
        until(
          async () => {
            if (['paid', 'refused'].includes(await standing())) return true;
            await ask();
            return false;
          },
          { withinMs: 60_000, everyMs: 200 },
        ),
      ),
    );

    const told = await Promise.all(payouts.map(({ standing }) => standing()));
    const moved = phones.map((phone) => {
      const sent = [...twin.world.book.entries].filter(({ msisdn }) => msisdn === phone);
      return sent.map(({ status }) => status);
    });
    expect(told).toEqual(phones.map((_, index) => (index % 2 === 0 ? 'paid' : 'refused')));
    expect(moved).toEqual(phones.map((_, index) => [index % 2 === 0 ? 'completed' : 'expired']));
  });
});

describe('askPayoutStatus', () => {
  test('a result that was lost is made up for by asking', async () => {
    twin.world.rules.replace([towards('254712345674', { kind: 'callback-lost' })]);
    const payout = await aCheckedPayout({ payee: toPhone('254712345674') });
    await payout.send();
    expect(await payout.standing()).toBe('accepted');

    expect(await payout.ask()).toBe(true);
    await until(async () => (await payout.standing()) === 'paid');
  });

  test('a business that is suspended meanwhile sends nothing new, and what was silent is found', async () => {
    twin.world.rules.replace([towards('254712345673', { kind: 'callback-lost' })]);
    const silent = await aCheckedPayout({ payee: toPhone('254712345673') });
    await silent.send();
    const standing = (status: string) =>
      base.asOwner('update platform.tenants set status = $2 where id = $1', [tenantId, status]);
    await standing('suspended');
    try {
      const disbursementId = await base.db.withTenant(tenantId, (t) => aPayout(t, shortcodeId, {}));
      const parts = { db: base.db, nowMs: Date.now };
      const held = await createAuthorisationActivities(parts).holdPayout({
        ...{ tenantId, disbursementId },
      });
      expect(held).toMatchObject({ core: { verdict: 'denied', code: 'business-suspended' } });
      expect(await silent.ask()).toBe(true);
      await until(async () => (await silent.standing()) === 'paid');
    } finally {
      await standing('active');
    }
  });

  test.each(['R000002', '2032'])(
    'a payout that never arrived is refused once M-PESA has said %s twice',
    async (notFoundCode) => {
      const msisdn = '254712345675';
      twin.world.settings.notFoundCode = notFoundCode;
      twin.world.rules.replace([towards(msisdn, { kind: 'cut' })]);
      const payout = await aCheckedPayout({ payee: toPhone(msisdn) });
      await payout.send();
      expect(await payout.standing()).toBe('unknown');

      await until(async () => {
        if ((await payout.standing()) === 'refused') return true;
        await payout.ask();
        return false;
      });

      const { refusalCode } = await payoutOf(payout.disbursementId);
      expect(refusalCode).toBe('not-found-at-provider');
      twin.world.settings.notFoundCode = 'R000002';
    },
  );
});

describe('askProvider', () => {
  const asked = async (receipt?: string) => {
    const queryId = randomUUID();
    const question = { tenantId, shortcodeId, queryId, askedBy: 'user:test' };
    const isAsked = await aside(() =>
      calls.askProvider({ ...question, ...(receipt === undefined ? {} : { receipt }) }),
    );
    expect(isAsked).toBe(true);
    return eventually(async () => {
      const query = await base.db.withTenant(tenantId, (t) => findQuery(t, queryId));
      return query?.answer ?? undefined;
    });
  };

  test('tells how the movement under a receipt stands', async () => {
    const payout = await aCheckedPayout({ shillings: 700 });
    await payout.send();
    await until(async () => (await payout.standing()) === 'paid');
    const { receipt } = await payoutOf(payout.disbursementId);

    expect(await asked(receipt ?? '')).toEqual({
      ...{ code: '0', status: 'Completed', receipt, amountCents: 70_000 },
    });
  });

  test('tells that a receipt is unknown', async () => {
    expect(await asked('UKE0000000')).toMatchObject({ code: 'R000002', receipt: null });
  });

  test('asks for the balances', async () => {
    expect(await asked()).toEqual({ code: '0' });
  });
});
