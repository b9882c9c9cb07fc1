/** What callbacks about money out may and may not do; bodies as Daraja posts them. */
import { randomUUID } from 'node:crypto';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { callbackHandlers, type CallbackOutcome } from '../../activities/callbacks.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { registerPayoutCallbacks } from '../../activities/payout-callbacks.ts';
import { latestBalances, watchBalance } from '../../db/balances.ts';
import { moveDisbursement, noteOnDisbursement, originatorIdOf } from '../../db/disbursements.ts';
import { evidenceAbout, findQuery, insertQuery } from '../../db/payout-evidence.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { id, type DisbursementId, type ShortcodeId, type TenantId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aFloat, aPayout } from '../support/payouts.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(async () => {
  const violations = await base.invariants();
  await base.drop();
  expect(violations).toEqual([]);
});

const handlers = callbackHandlers();
registerPayoutCallbacks(handlers, { config: { daraja: { timeScale: 1 } } });

interface Sent {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  disbursementId: DisbursementId;
  settle(): Promise<string>;
}

/** A payout of KES 2,500 that M-PESA took under the conversation `AG_1`. */
async function aSentPayout(): Promise<Sent> {
  const { tenantId } = await aTenant(base.db);
  const { shortcodeId, disbursementId } = await base.db.withTenant(tenantId, async (t) => {
    const made = await aShortcode(t, { number: '600984' });
    await aFloat(t, made, 10_000);
    return { shortcodeId: made, disbursementId: await aPayout(t, made, { shillings: 2_500 }) };
  });
  const parts = { db: base.db, nowMs: Date.now };
  const key = { tenantId, disbursementId };
  const steps = createDisbursementActivities(parts);
  await createAuthorisationActivities(parts).holdPayout(key);
  await steps.admitPayout({ ...key, reviewReasons: [] });
  await base.db.withTenant(tenantId, async (t) => {
    await moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' });
    await noteOnDisbursement(t, disbursementId, { conversationId: 'AG_1' });
  });
  const settle = async () => (await steps.settlePayout(key)).status;
  return { tenantId, shortcodeId, disbursementId, settle };
}

function takes(
  { tenantId }: Pick<Sent, 'tenantId'>,
  letter: 'r' | 't',
  target: { targetId: string; body: unknown },
): Promise<CallbackOutcome> {
  const [mine] = handlers.handlersOf(letter);
  if (mine === undefined) throw new Error('nobody takes it');
  const receivedAt = instantFromEpochMs(Date.now());
  const callback = { id: id('callback', randomUUID()), letter, receivedAt, ...target };
  return base.db.withTenant(tenantId, (t) => mine.handler(t, callback));
}

interface Told {
  code?: string | number;
  originator?: string;
  conversation?: string;
  amount?: number;
  receipt?: string;
}

function result(disbursementId: DisbursementId, told: Told = {}): object {
  const { code = 0, originator = originatorIdOf(disbursementId), conversation = 'AG_1' } = told;
  const parameter = { Key: 'TransactionAmount', Value: told.amount ?? 2_500 };
  return {
    Result: {
      ...{ ResultType: 0, ResultCode: code, ResultDesc: 'As told.' },
      ...{ OriginatorConversationID: originator, ConversationID: conversation },
      TransactionID: told.receipt ?? 'UKE9A1B2C3',
      ...(String(code) === '0' ? { ResultParameters: { ResultParameter: parameter } } : {}),
    },
  };
}

describe('the result of a payout', () => {
  test('that fits is kept, tells the run, and settles it as paid once however often it comes', async () => {
    const sent = await aSentPayout();
    const targetId = sent.disbursementId;
    const body = result(sent.disbursementId);

    const first = await takes(sent, 'r', { targetId, body });
    await takes(sent, 'r', { targetId, body });

    expect(first).toMatchObject({
      state: 'recorded',
      tell: { signal: { name: 'resulted' } },
      late: { workflow: 'settleLateResult' },
    });
    expect([await sent.settle(), await sent.settle()]).toEqual(['paid', 'paid']);
  });

  test.each<[string, Told, string]>([
    ['another conversation (C17)', { conversation: 'AG_2' }, 'other-conversation'],
    ['another originator', { originator: 'dft-0' }, 'other-originator'],
    ['another amount', { amount: 2_501 }, 'other-amount'],
    ['a receipt that is none', { receipt: '-' }, 'no-receipt'],
  ])('of %s is set aside and changes nothing', async (_what, told, cause) => {
    const sent = await aSentPayout();
    const body = result(sent.disbursementId, told);

    const outcome = await takes(sent, 'r', { targetId: sent.disbursementId, body });

    expect(outcome).toEqual({ state: 'quarantined', cause });
    expect(await sent.settle()).toBe('unknown');
  });

  test('that is no result at all is set aside', async () => {
    const sent = await aSentPayout();
    const outcome = await takes(sent, 'r', { targetId: sent.disbursementId, body: { Result: 1 } });

    expect(outcome.state).toBe('quarantined');
  });

  test('for a payout that was never sent is set aside', async () => {
    const { tenantId } = await aTenant(base.db);
    const disbursementId = await base.db.withTenant(tenantId, async (t) =>
      aPayout(t, await aShortcode(t), { shillings: 2_500 }),
    );
    const target = { targetId: disbursementId, body: result(disbursementId) };

    expect(await takes({ tenantId }, 'r', target)).toMatchObject({ cause: 'not-sent-yet' });
  });

  test('that says the initiator is wrong stops the initiator before it is locked', async () => {
    const sent = await aSentPayout();
    const body = result(sent.disbursementId, { code: '2001' });
    await takes(sent, 'r', { targetId: sent.disbursementId, body });

    expect(await sent.settle()).toBe('refused');
    const shortcode = await base.db.withTenant(sent.tenantId, (t) =>
      findShortcode(t, sent.shortcodeId),
    );
    expect(shortcode?.initiatorStop).toMatchObject({ code: '2001' });
  });

  test('after a time-out notice settles it as paid (C18)', async () => {
    const sent = await aSentPayout();
    const targetId = sent.disbursementId;
    await takes(sent, 't', { targetId, body: {} });
    expect(await sent.settle()).toBe('unknown');

    await takes(sent, 'r', { targetId, body: result(sent.disbursementId) });
    expect(await sent.settle()).toBe('paid');
  });

  test('of something else belongs to somebody else', async () => {
    const { tenantId } = await aTenant(base.db);
    const target = { targetId: randomUUID(), body: {} };

    expect(await takes({ tenantId }, 'r', target)).toEqual({ state: 'not-mine' });
    expect(await takes({ tenantId }, 't', target)).toEqual({ state: 'not-mine' });
  });
});

describe('the answer to a question', () => {
  async function asked(sent: Sent, kind: 'status' | 'balance'): Promise<string> {
    const queryId = randomUUID();
    const subject =
      kind === 'status'
        ? ({ subjectKind: 'disbursement', subjectId: sent.disbursementId } as const)
        : ({ subjectKind: 'shortcode', subjectId: sent.shortcodeId } as const);
    const { shortcodeId } = sent;
    await base.db.withTenant(sent.tenantId, (t) =>
      insertQuery(t, { id: queryId, kind, shortcodeId, askedBy: 'user:test', ...subject }),
    );
    return queryId;
  }

  const answer = (parameters: object[]) => ({
    Result: {
      ...{ ResultType: 0, ResultCode: 0, ResultDesc: 'As asked.' },
      ...{ OriginatorConversationID: 'x', ConversationID: 'AG_9', TransactionID: 'UKE0000000' },
      ResultParameters: { ResultParameter: parameters },
    },
  });

  test('about a payout is evidence, once per question', async () => {
    const sent = await aSentPayout();
    const targetId = await asked(sent, 'status');
    const body = answer([
      { Key: 'TransactionStatus', Value: 'Completed' },
      { Key: 'ReceiptNo', Value: 'UKE9A1B2C3' },
      { Key: 'Amount', Value: '2500.00' },
    ]);

    await takes(sent, 'r', { targetId, body });
    await takes(sent, 'r', { targetId, body });

    const known = await base.db.withTenant(sent.tenantId, (t) =>
      evidenceAbout(t, sent.disbursementId),
    );
    expect(known).toHaveLength(1);
    expect(await sent.settle()).toBe('paid');
  });

  test('"no such payment" right after the sending settles nothing', async () => {
    const sent = await aSentPayout();
    for (let times = 0; times < 3; times += 1) {
      const targetId = await asked(sent, 'status');
      const body = { Result: { ...answer([]).Result, ResultCode: 'R000002' } };
      await takes(sent, 'r', { targetId, body });
    }

    expect(await sent.settle()).toBe('unknown');
  });

  test('about balances is kept, and a low one is told once until it recovers', async () => {
    const sent = await aSentPayout();
    const { tenantId, shortcodeId } = sent;
    const account = 'Utility Account';
    await base.db.withTenant(tenantId, (t) =>
      watchBalance(t, { shortcodeId, account, belowCents: cents(1_000_00), setBy: 'user:test' }),
    );
    const tell = async (shillings: number) => {
      const value = `${account}|KES|${shillings}.00|${shillings}.00|0.00|0.00`;
      const targetId = await asked(sent, 'balance');
      const body = answer([{ Key: 'AccountBalance', Value: value }]);
      await takes(sent, 'r', { targetId, body });
      return base.db.withTenant(tenantId, (t) => findQuery(t, targetId));
    };
    const alerts = async () =>
      (
        await base.asOwner(
          `select from shared.outbox where type = 'shortcode.balance_low' and tenant_id = $1`,
          [tenantId],
        )
      ).length;

    const query = await tell(900);
    await tell(800);
    expect([query?.answered_at !== null, await alerts()]).toEqual([true, 1]);
    await tell(5_000);
    await tell(100);
    expect(await alerts()).toBe(2);
    const [latest] = await base.db.withTenant(tenantId, (t) => latestBalances(t, shortcodeId));
    expect(latest).toMatchObject({ name: account, availableCents: 100_00, isLow: true });
  });
});
