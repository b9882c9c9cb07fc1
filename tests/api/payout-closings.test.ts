import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { keepLedgers } from '../../activities/ledger-upkeep.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { parsePublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aFloat } from '../support/payouts.ts';
import { askPayout, openShop, type Shop } from '../support/payout-api.ts';
import { auditedDeeds, weekPasses } from '../support/words-of-two.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const aShop = () => openShop(stage);
const ask = (shop: Shop, wish: object = {}) => askPayout(stage, shop, wish);

describe('closing a payout nobody knows about', () => {
  /** A payout M-PESA took and said nothing about for so long that a person has to look. */
  async function aSilentPayout(shop: Shop): Promise<{ id: string; settle: () => Promise<string> }> {
    const { tenantId } = shop.somebody;
    const { db } = stage.database;
    const { id: shownId } = await ask(shop);
    const disbursementId = parsePublicId('disbursement', shownId);
    if (disbursementId === undefined) throw new Error('no id');
    await db.withTenant(tenantId, (t) => aFloat(t, shop.shortcodeId, 10_000));
    const parts = { db, nowMs: Date.now };
    const steps = createDisbursementActivities(parts);
    const payout = { tenantId, disbursementId };
    await createAuthorisationActivities(parts).holdPayout(payout);
    await steps.admitPayout({ ...payout, reviewReasons: [] });
    await db.withTenant(tenantId, (t) =>
      moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' }),
    );
    await steps.settlePayout(payout);
    await steps.flagPayout({ ...payout, needsAttention: true });
    return { id: shownId, settle: async () => (await steps.settlePayout(payout)).status };
  }
  const found = (payout: { id: string }, token: string, json: object) =>
    stage.fetch(`/v1/disbursements/${payout.id}/closing`, { method: 'POST', token, json });
  const decide = (payout: { id: string }, token: string, decision = 'agree') =>
    stage.fetch(`/v1/disbursements/${payout.id}/closing/decision`, {
      ...{ method: 'POST', token, json: { decision } },
    });
  const withdraw = (payout: { id: string }, token: string) =>
    stage.fetch(`/v1/disbursements/${payout.id}/closing/withdraw`, {
      ...{ method: 'POST', token, json: {} },
    });
  const paid = { outcome: 'paid', receipt: 'uke9a1b2c3', reason: 'Seen on the portal' };
  const notPaid = { outcome: 'not-paid', reason: 'The portal shows nothing' };

  test.each([
    ['paid under its receipt', paid, { status: 'paid', receipt: 'UKE9A1B2C3' }],
    ['not paid', notPaid, { status: 'refused', refusal: { code: 'closed-by-hand' } }],
  ])('ends it as %s when a second person agrees', async (_name, said, ending) => {
    const shop = await aShop();
    const payout = await aSilentPayout(shop);
    const checker = await stage.token(shop.somebody, 'finance');

    const asked = await found(payout, shop.token, said);
    const agreed = await decide(payout, checker);
    await payout.settle();

    expect(asked).toMatchObject({
      status: 200,
      body: { canClose: true, closing: { status: 'waiting', isOwn: true } },
    });
    expect(agreed).toMatchObject({ status: 200, body: { closing: { status: 'agreed' } } });
    const { body } = await stage.fetch(`/v1/disbursements/${payout.id}`, { token: checker });
    expect(body).toMatchObject({
      ...{ ...ending, needsAttention: false, canClose: false },
      evidence: [{ source: 'person', said: said.outcome }],
    });
    const audit = await stage.database.asOwner(
      `select action from shared.audit_log where tenant_id = $1 and action like '%closing%'
       order by seq`,
      [shop.somebody.tenantId],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'disbursement.closing-requested',
      'disbursement.closing-agreed',
    ]);
  });

  test('counts for nothing until a second person with a fresh second factor agrees, and not when they refuse', async () => {
    const shop = await aShop();
    const payout = await aSilentPayout(shop);
    await found(payout, shop.token, notPaid);
    const stale = await stage.token(shop.somebody, { role: 'finance', hasSecondFactor: false });
    const checker = await stage.token(shop.somebody, 'finance');

    expect(problemIn(await decide(payout, shop.token))).toMatchObject({ code: 'own-request' });
    expect(problemIn(await decide(payout, stale))).toMatchObject({ code: 'fresh-mfa-needed' });
    expect(problemIn(await found(payout, checker, paid))).toMatchObject({
      code: 'already-requested',
    });
    expect((await decide(payout, checker, 'reject')).body).toMatchObject({
      closing: { status: 'rejected' },
    });
    expect(problemIn(await decide(payout, checker))).toMatchObject({ code: 'request-not-waiting' });
    expect(await payout.settle()).toBe('unknown');
  });

  test('is taken back by whoever said it, and then said anew', async () => {
    const shop = await aShop();
    const payout = await aSilentPayout(shop);
    const checker = await stage.token(shop.somebody, 'finance');
    expect(problemIn(await withdraw(payout, shop.token)).code).toBe('request-not-waiting');
    await found(payout, shop.token, paid);

    expect(problemIn(await withdraw(payout, checker)).code).toBe('not-own-request');
    expect((await withdraw(payout, shop.token)).body).toMatchObject({
      ...{ canClose: true, closing: { status: 'withdrawn', decidedBy: expect.any(String) } },
    });
    expect(problemIn(await decide(payout, checker)).code).toBe('request-not-waiting');
    expect(await payout.settle()).toBe('unknown');
    expect((await found(payout, shop.token, notPaid)).body).toMatchObject({
      closing: { status: 'waiting', outcome: 'not-paid' },
    });
  });

  test('is over after a week, whether anybody swept it or not, and is noted once', async () => {
    const shop = await aShop();
    const payout = await aSilentPayout(shop);
    const checker = await stage.token(shop.somebody, 'finance');
    await found(payout, shop.token, paid);
    await weekPasses({ stage, ...shop }, 'payout_closings');

    const { body } = await stage.fetch(`/v1/disbursements/${payout.id}`, { token: checker });
    expect(body).toMatchObject({ canClose: true, closing: { status: 'expired' } });
    expect(problemIn(await decide(payout, checker)).code).toBe('request-not-waiting');
    expect(problemIn(await withdraw(payout, shop.token)).code).toBe('request-not-waiting');
    const { db } = stage.database;
    expect(await keepLedgers(db, Date.now())).toMatchObject({ 'words expired': 1 });
    expect(await keepLedgers(db, Date.now())).toMatchObject({ 'words expired': 0 });
    expect(await payout.settle()).toBe('unknown');
    const deeds = await auditedDeeds(stage, parsePublicId('disbursement', payout.id) ?? '');
    expect(deeds.at(-1)).toEqual({
      ...{ action: 'disbursement.closing-expired', actor: 'service:payments' },
      detail: {
        ...{ outcome: 'paid', receipt: 'UKE9A1B2C3', reason: 'Seen on the portal' },
        requestedBy: `user:${shop.somebody.userId}`,
      },
    });
  });

  test('is only for payouts that M-PESA was silent about for long', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    expect(problemIn(await found(payout, shop.token, notPaid))).toMatchObject({
      code: 'payout-not-unknown',
    });
    expect((await found(payout, shop.token, { outcome: 'paid', reason: 'none' })).status).toBe(422);
  });
});
