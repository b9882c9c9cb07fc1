import { z } from 'zod';
import { createPayoutBatchActivities } from '../../activities/payouts.ts';
import { overview } from '../../api/analytics/schema.ts';
import { balanceOf, creditReceipt } from '../../db/ledger.ts';
import { usageOn } from '../../db/limits.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { businessDateOf, instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { aReceipt } from '../support/collections.ts';
import { askPayout, key, openShop, payOut, type Shop } from '../support/payout-api.ts';
import { auditedDeeds, weekPasses } from '../support/words-of-two.ts';

let stage: ApiStage;
let shop: Shop;
beforeAll(async () => {
  stage = await openApiStage();
});
beforeEach(async () => {
  shop = await openShop(stage);
});
afterEach(async () => {
  const broken = await stage.database.asOwner(`select * from ops.invariants where tenant_id = $1`, [
    shop.somebody.tenantId,
  ]);
  expect(broken).toEqual([]);
});
afterAll(() => stage.close());

const idIn = (path: string) => {
  const found = parsePublicId('disbursement', path.split('/').at(-1) ?? '');
  if (found === undefined) throw new Error(`no payout in ${path}`);
  return found;
};

/** KES 1,500 that were paid to a phone. */
async function aPaidPayout() {
  const { id: shownId } = await askPayout(stage, shop);
  return payOut(stage, shop, shownId);
}

const say = (path: string, json: object, headers: Record<string, string> = key()) =>
  stage.fetch(`${path}/return`, {
    ...{ method: 'POST', token: shop.token, headers },
    json: { receipt: 'UKM3D4F5GH', reason: 'Wrong phone, undone on the portal', ...json },
  });
const decide = (path: string, token: string, decision = 'agree') =>
  stage.fetch(`${path}/return/decision`, { method: 'POST', token, json: { decision } });
const withdraw = (path: string, token: string) =>
  stage.fetch(`${path}/return/withdraw`, { method: 'POST', token, json: {} });
const held = async () =>
  stage.database.db.withTenant(shop.somebody.tenantId, async (t) => {
    const { balanceCents } = await balanceOf(t, purse(shop.shortcodeId));
    return balanceCents;
  });

const shownAs = async (status: string) => {
  const listed = await stage.fetch(`/v1/disbursements?status=${status}`, { token: shop.token });
  const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(listed.body);
  return data.map(({ id }) => `/v1/disbursements/${id}`);
};
const waitingReturns = async () => {
  const listed = await stage.fetch('/v1/disbursements?returnWaits=true', { token: shop.token });
  const { data } = z.object({ data: z.array(z.object({ id: z.string() })) }).parse(listed.body);
  const { body } = await stage.fetch('/v1/overview', { token: shop.token });
  const { moneyAttention } = overview.parse(body);
  const counted = moneyAttention.find(({ kind }) => kind === 'return-to-decide');
  return { paths: data.map(({ id }) => `/v1/disbursements/${id}`), count: counted?.count ?? 0 };
};
const used = async () => {
  const { db } = stage.database;
  const today = businessDateOf(instantFromEpochMs(Date.now()));
  return db.withTenant(shop.somebody.tenantId, (t) => usageOn(t, today));
};

describe('money of a payout that came back', () => {
  test('is booked once, back where it was taken from, when a second person agrees', async () => {
    const payout = await aPaidPayout();
    const before = await held();
    const checker = await stage.token(shop.somebody, 'finance');

    const said = await say(payout.path, {});
    expect(said).toMatchObject({
      ...{ status: 200 },
      body: {
        canReturn: false,
        returned: { status: 'waiting', amountCents: 150_000, isOwn: true },
      },
    });
    await payout.settle();
    expect(await held()).toBe(before);
    expect(await decide(payout.path, checker)).toMatchObject({
      body: { returned: { status: 'agreed' } },
    });
    await payout.settle();
    await payout.settle();

    expect(await held()).toBe(before + 150_000);
    expect((await stage.fetch(payout.path, { token: checker })).body).toMatchObject({
      ...{ status: 'returned', returnedCents: 150_000, canReturn: false },
      returned: { status: 'booked' },
      trail: expect.arrayContaining(
        [
          { kind: 'hold', what: 'committed', amountCents: 150_500, endedAt: expect.any(String) },
          { kind: 'posting', what: 'disbursement.paid', detail: payout.receipt },
          { kind: 'event', what: 'disbursement.paid' },
          { kind: 'posting', what: 'disbursement.returned', amountCents: 150_000 },
          { kind: 'event', what: 'disbursement.returned' },
        ].map((entry) => expect.objectContaining(entry)),
      ),
    });
    expect(problemIn(await say(payout.path, { receipt: aReceipt() })).code).toBe(
      'already-requested',
    );
    expect(problemIn(await decide(payout.path, checker)).code).toBe('request-not-waiting');
    const told = await stage.database.asOwner(
      `select data->>'status' as status from shared.outbox
       where tenant_id = $1 and type = 'disbursement.returned'`,
      [shop.somebody.tenantId],
    );
    expect(told).toEqual([{ status: 'returned' }]);
  });

  test('is seen by whoever looks again with the tag of before', async () => {
    const { path } = await aPaidPayout();
    const checker = await stage.token(shop.somebody, 'finance');
    const look = async (tag: string) =>
      stage.fetch(path, { token: checker, headers: { 'if-none-match': tag } });
    const tagOf = ({ headers }: Answer) => headers.get('etag') ?? '';

    const before = await look('');
    expect((await look(tagOf(before))).status).toBe(304);
    await say(path, {});
    const said = await look(tagOf(before));
    await decide(path, checker, 'reject');
    const decided = await look(tagOf(said));

    expect(said).toMatchObject({ status: 200, body: { returned: { status: 'waiting' } } });
    expect(decided).toMatchObject({ status: 200, body: { returned: { status: 'rejected' } } });
  });

  test('no longer counts as paid once it is back whole; in part, what is away does', async () => {
    const [whole, part] = [await aPaidPayout(), await aPaidPayout()];
    const checker = await stage.token(shop.somebody, 'finance');
    expect(await used()).toEqual({ 'per-day': 300_000, 'per-month': 300_000 });

    for (const [payout, amountCents] of [
      [whole, 150_000],
      [part, 50_000],
    ] as const) {
      await say(payout.path, { receipt: aReceipt(), amountCents });
      await decide(payout.path, checker);
      await payout.settle();
    }

    expect(await shownAs('paid')).toEqual([part.path]);
    expect(await shownAs('returned')).toEqual([whole.path]);
    expect((await stage.fetch(part.path, { token: shop.token })).body).toMatchObject({
      ...{ status: 'paid', returnedCents: 50_000, amountCents: 150_000 },
      timeline: expect.arrayContaining([expect.objectContaining({ status: 'returned' })]),
    });
    const sheet = await stage.fetch('/v1/disbursements/export', { token: shop.token });
    expect(sheet.text).toMatch(/,returned,business-payment,1500.00,1500.00,/);
    expect(sheet.text).toMatch(/,paid,business-payment,1500.00,500.00,/);
    expect(await used()).toEqual({ 'per-day': 100_000, 'per-month': 100_000 });
  });

  test('is told apart from what is paid in a list of payouts, which is not paid again', async () => {
    const made = await stage.fetch('/v1/payout-batches', {
      ...{ method: 'POST', token: shop.token, headers: key() },
      json: {
        ...{ shortcodeId: toPublicId('shortcode', shop.shortcodeId), kind: 'salary-payment' },
        name: 'Wages',
        rows: ['0712 345 678', '0712 345 679'].map((number) => ({ number, amount: '1500' })),
      },
    });
    const { id: shownId } = z.object({ id: z.string() }).parse(made.body);
    const batchId = parsePublicId('payoutBatch', shownId);
    if (batchId === undefined) throw new Error('no id');
    const lists = createPayoutBatchActivities({ db: stage.database.db, nowMs: Date.now });
    const { tenantId } = shop.somebody;
    const take = (round: number) =>
      lists.nextPayouts({ tenantId, batchId, round, afterOrdinal: 0, limit: 10 });
    const { payouts } = await take(0);
    const [first] = await Promise.all(
      payouts.map(({ disbursementId }) =>
        payOut(stage, shop, toPublicId('disbursement', disbursementId)),
      ),
    );
    await say(first?.path ?? '', { receipt: aReceipt() });
    await decide(first?.path ?? '', await stage.token(shop.somebody, 'finance'));
    await first?.settle();

    const path = `/v1/payout-batches/${shownId}`;
    expect((await stage.fetch(path, { token: shop.token })).body).toMatchObject({
      ...{ paidCents: 150_000, returnedCents: 150_000 },
      counts: { paid: 1, returned: 1, refused: 0, open: 0 },
    });
    const rows = await stage.fetch(`${path}/rows?state=returned`, { token: shop.token });
    expect(rows.body).toMatchObject({ data: [{ ordinal: 1, state: 'returned' }] });
    expect((await take(1)).payouts).toEqual([]);
  });

  test('needs a second person with a fresh second factor, and counts for nothing when refused', async () => {
    const payout = await aPaidPayout();
    const before = await held();
    await say(payout.path, { amountCents: 100_000 });
    const stale = await stage.token(shop.somebody, { role: 'finance', hasSecondFactor: false });
    const checker = await stage.token(shop.somebody, 'finance');

    expect(problemIn(await decide(payout.path, shop.token)).code).toBe('own-request');
    expect(problemIn(await decide(payout.path, stale)).code).toBe('fresh-mfa-needed');
    expect((await decide(payout.path, checker, 'reject')).body).toMatchObject({
      ...{ canReturn: true, returned: { status: 'rejected' } },
    });
    await payout.settle();
    expect(await held()).toBe(before);
    expect((await say(payout.path, { amountCents: 100_000 })).status).toBe(200);
  });

  test('said once more, is the same word under the same key and refused without one', async () => {
    const { path } = await aPaidPayout();
    const same = key();
    const first = await say(path, {}, same);
    expect(first).toMatchObject({ status: 200, body: { returned: { status: 'waiting' } } });

    const again = await say(path, {}, same);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    // The process died before it could keep its answer; what it did is found by its id.
    await stage.database.asOwner('delete from shared.idempotency_keys where tenant_id = $1', [
      shop.somebody.tenantId,
    ]);
    expect((await say(path, {}, same)).body).toEqual(first.body);
    expect(problemIn(await say(path, {}, {})).code).toBe('already-requested');
    const deeds = await auditedDeeds(stage, idIn(path));
    expect(deeds.filter(({ action }) => action === 'disbursement.return-requested')).toHaveLength(
      1,
    );
  });

  test('needs no key', async () => {
    const { path } = await aPaidPayout();

    expect((await say(path, {}, {})).status).toBe(200);
  });

  test('is over when it is taken back or a week has passed, and moves nothing', async () => {
    const [takenBack, late] = [await aPaidPayout(), await aPaidPayout()];
    const before = await held();
    const checker = await stage.token(shop.somebody, 'finance');
    const others = await waitingReturns();
    for (const { path } of [takenBack, late]) await say(path, { receipt: aReceipt() });

    const waiting = await waitingReturns();
    expect(waiting.paths).toEqual(expect.arrayContaining([takenBack.path, late.path]));
    expect(waiting.count).toBe(others.count + 2);
    expect(problemIn(await withdraw(takenBack.path, checker)).code).toBe('not-own-request');
    expect((await withdraw(takenBack.path, shop.token)).body).toMatchObject({
      ...{ canReturn: true, returned: { status: 'withdrawn' } },
    });
    await weekPasses({ stage, ...shop }, 'payout_returns');
    expect((await stage.fetch(late.path, { token: checker })).body).toMatchObject({
      ...{ canReturn: true, returned: { status: 'expired' } },
    });
    expect(await waitingReturns()).toEqual({ paths: [], count: 0 });
    for (const { path, settle } of [takenBack, late]) {
      expect(problemIn(await decide(path, checker)).code).toBe('request-not-waiting');
      await settle();
    }

    expect(await held()).toBe(before);
    for (const { path } of [takenBack, late]) {
      expect((await say(path, { receipt: aReceipt() })).body).toMatchObject({
        returned: { status: 'waiting' },
      });
    }
  });

  test('is refused for what was not paid, for more than was paid, and for a known receipt', async () => {
    const open = await askPayout(stage, shop);
    const payout = await aPaidPayout();

    const refusals = await Promise.all([
      say(`/v1/disbursements/${open.id}`, {}),
      say(payout.path, { amountCents: 150_100 }),
      say(payout.path, { receipt: payout.receipt }),
    ]);

    expect(refusals.map((answer) => problemIn(answer).code)).toEqual([
      ...['payout-not-returnable', 'return-too-large', 'receipt-known'],
    ]);
  });

  test('asks for a person when its receipt was credited before the second one agreed', async () => {
    const payout = await aPaidPayout();
    const receipt = aReceipt();
    await say(payout.path, { receipt });
    await stage.database.db.withTenant(shop.somebody.tenantId, (t) =>
      creditReceipt(t, {
        ...{ shortcodeId: shop.shortcodeId, receipt, amountCents: cents(150_000) },
        source: { kind: 'c2b', id: receipt, actor: 'service:test' },
      }),
    );
    const before = await held();
    await decide(payout.path, await stage.token(shop.somebody, 'finance'));
    await payout.settle();

    expect(await held()).toBe(before);
    expect((await stage.fetch(payout.path, { token: shop.token })).body).toMatchObject({
      ...{ needsAttention: true, returned: { status: 'known-receipt' } },
    });
  });
});
