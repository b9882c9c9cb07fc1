import { randomUUID } from 'node:crypto';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aCollection, aPaidCollection } from '../support/collections.ts';
import { aFloat } from '../support/payouts.ts';
import {
  askPayout,
  key,
  openShop,
  wishOf,
  type PayoutView,
  type Shop,
} from '../support/payout-api.ts';

let stage: ApiStage;
let verdict: UpdateOutcome<unknown> = { kind: 'answered', verdict: { accepted: true } };
beforeAll(async () => {
  stage = await openApiStage({ temporal: { ask: async () => verdict as UpdateOutcome<never> } });
});
afterAll(() => stage.close());
beforeEach(() => {
  verdict = { kind: 'answered', verdict: { accepted: true } };
});

const aShop = () => openShop(stage);
const ask = (shop: Shop, wish: object = {}) => askPayout(stage, shop, wish);

/** Takes a payout through its checks to where it waits for a second person, as its run would. */
async function waitsForApproval(
  { somebody, shortcodeId }: Shop,
  payout: PayoutView,
): Promise<void> {
  const disbursementId = parsePublicId('disbursement', payout.id);
  if (disbursementId === undefined) throw new Error('no id');
  const { db } = stage.database;
  const { tenantId } = somebody;
  await db.withTenant(tenantId, (t) => aFloat(t, shortcodeId, 10_000));
  const parts = { db, nowMs: Date.now };
  const key = { tenantId, disbursementId };
  await createAuthorisationActivities(parts).holdPayout(key);
  await createDisbursementActivities(parts).admitPayout({ ...key, reviewReasons: ['A test.'] });
}

describe('POST /v1/disbursements', () => {
  test('records the payout and its run, and shows no phone number', async () => {
    const shop = await aShop();
    const payout = await ask(shop, { reference: 'INV-7' });

    expect(payout).toMatchObject({ status: 'requested', payee: { masked: '2547******78' } });
    expect(JSON.stringify(payout)).not.toContain('254712345678');
    const starts = await stage.database.asOwner(
      `select data->>'workflowId' as id from shared.outbox
       where kind = 'workflow' and type = 'disburse' and tenant_id = $1`,
      [shop.somebody.tenantId],
    );
    expect(starts).toHaveLength(1);
  });

  test('a repeated key gives the first payout again and pays nobody twice', async () => {
    const shop = await aShop();
    const headers = key();
    const send = () =>
      stage.fetch('/v1/disbursements', { token: shop.token, json: wishOf(shop), headers });
    const [first, again] = [await send(), await send()];

    expect(again.body).toEqual(first.body);
    const other = await stage.fetch('/v1/disbursements', {
      ...{ token: shop.token, headers, json: wishOf(shop, { amountCents: 160_000 }) },
    });
    expect(problemIn(other).code).toBe('idempotency-mismatch');
  });

  test('without a key it is refused', async () => {
    const shop = await aShop();
    const answer = await stage.fetch('/v1/disbursements', {
      token: shop.token,
      json: wishOf(shop),
    });

    expect(problemIn(answer).code).toBe('idempotency-key-malformed');
  });

  test.each([
    ['cents', { amountCents: 150_050 }, '/amountCents'],
    ['too much', { amountCents: 25_000_100 }, '/amountCents'],
    ['too little for a phone', { amountCents: 500 }, '/amountCents'],
    ['a landline', { payee: { kind: 'msisdn', msisdn: '020 1234567' } }, '/payee/msisdn'],
    ['a till for a phone kind', { payee: { kind: 'till', number: '5123456' } }, '/payee/kind'],
    ['a reversal by hand', { kind: 'reversal' }, '/kind'],
    ['a field we do not know', { sneaky: true }, '/sneaky'],
  ])('%s is refused with its place', async (_what, wish, pointer) => {
    const shop = await aShop();
    const answer = await stage.fetch('/v1/disbursements', {
      ...{ token: shop.token, json: wishOf(shop, wish), headers: key() },
    });

    expect(answer.status).toBe(422);
    expect(problemIn(answer).errors.map((error) => error.pointer)).toContain(pointer);
  });

  test('a shortcode of somebody else is no shortcode, and a paused one cannot pay', async () => {
    const [shop, other] = [await aShop(), await aShop()];
    const foreign = await stage.fetch('/v1/disbursements', {
      ...{ token: shop.token, json: wishOf(other), headers: key() },
    });
    await stage.database.asOwner("update shared.shortcodes set status = 'paused' where id = $1", [
      shop.shortcodeId,
    ]);
    const paused = await stage.fetch('/v1/disbursements', {
      ...{ token: shop.token, json: wishOf(shop), headers: key() },
    });

    expect(problemIn(foreign).errors).toMatchObject([{ pointer: '/shortcodeId' }]);
    expect(problemIn(paused)).toMatchObject({ status: 409, code: 'shortcode-unusable' });
  });
});

describe('a decision about a payout', () => {
  const decide = (payout: PayoutView, name: string, token: string, json: object = {}) =>
    stage.fetch(`/v1/disbursements/${payout.id}/${name}`, { token, json });

  test('the maker is never the checker, whatever their role', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    await waitsForApproval(shop, payout);

    const answer = await decide(payout, 'approve', shop.token);

    expect(problemIn(answer)).toMatchObject({ status: 403, code: 'own-request' });
  });

  test('agreeing needs a second factor of the last five minutes', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    await waitsForApproval(shop, payout);
    const stale = await stage.token(shop.somebody, { role: 'finance', hasSecondFactor: false });

    expect(problemIn(await decide(payout, 'approve', stale))).toMatchObject({
      ...{ status: 403, code: 'fresh-mfa-needed' },
    });
  });

  test('a second person agrees; a second time there is nothing to agree to', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    await waitsForApproval(shop, payout);
    const checker = await stage.token(shop.somebody, { role: 'finance' });

    const first = await decide(payout, 'approve', checker);
    verdict = { kind: 'not-waiting' };
    const second = await decide(payout, 'approve', checker);

    expect(first.status).toBe(200);
    expect(problemIn(second)).toMatchObject({ status: 409, code: 'payout-not-waiting' });
  });

  test.each([
    ['closed', 409, 'payout-not-waiting'],
    ['pending', 503, 'unavailable'],
    ['unavailable', 503, 'unavailable'],
  ] as const)('a run that is %s answers %i', async (kind, status, code) => {
    const shop = await aShop();
    const payout = await ask(shop);
    await waitsForApproval(shop, payout);
    const checker = await stage.token(shop.somebody, { role: 'finance' });
    verdict = { kind };

    const answer = await decide(payout, 'reject', checker, { reason: 'Not ours.' });

    expect(problemIn(answer)).toMatchObject({ status, code });
  });

  test('an expired or undecided payout cannot be agreed to', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    const checker = await stage.token(shop.somebody, { role: 'finance' });

    expect(problemIn(await decide(payout, 'approve', checker)).status).toBe(409);
  });

  test('the maker may call it back before it is sent, an analyst may not', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    const analyst = await stage.token(shop.somebody, { role: 'analyst' });

    expect((await decide(payout, 'cancel', shop.token)).status).toBe(200);
    expect(problemIn(await decide(payout, 'cancel', analyst)).code).toBe('forbidden');
  });
});

describe('GET /v1/disbursements', () => {
  test('filters by number, reference and status, pages, and exports the same', async () => {
    const shop = await aShop();
    await ask(shop, { reference: 'A-1' });
    await ask(shop, { payee: { kind: 'msisdn', msisdn: '0110 000 001' } });
    await ask(shop, { reference: '=A-2' });
    const read = async (query: string) =>
      (await stage.fetch(`/v1/disbursements?${query}`, { token: shop.token })).body as {
        data: PayoutView[];
        nextCursor: string;
      };

    expect((await read('msisdn=254110000001')).data).toHaveLength(1);
    expect((await read('reference=A-1')).data).toHaveLength(1);
    expect((await read('status=paid')).data).toHaveLength(0);
    const first = await read('limit=2');
    const rest = await read(`limit=2&cursor=${first.nextCursor}`);
    expect([first.data.length, rest.data.length]).toEqual([2, 1]);
    const sheet = await stage.fetch('/v1/disbursements/export', { token: shop.token });
    expect(sheet.text.trim().split('\r\n')).toHaveLength(4);
    expect(sheet.text).toContain(`"'=A-2"`);
  });

  test('one payout shows its timeline, and nobody else can see it', async () => {
    const [shop, other] = [await aShop(), await aShop()];
    const payout = await ask(shop);
    const path = `/v1/disbursements/${payout.id}`;
    const found = await stage.fetch(path, { token: shop.token });
    const again = await stage.fetch(path, {
      token: shop.token,
      headers: { 'if-none-match': found.headers.get('etag') ?? '' },
    });

    expect(found.body).toMatchObject({ timeline: [{ status: 'requested' }], evidence: [] });
    expect(again.status).toBe(304);
    expect((await stage.fetch(path, { token: other.token })).status).toBe(404);
  });
});

describe('POST /v1/collections/{id}/refunds', () => {
  async function paidTo({ somebody, shortcodeId }: Shop): Promise<string> {
    const { collectionId } = await stage.database.db.withTenant(somebody.tenantId, (t) =>
      aPaidCollection(t, { shortcodeId }),
    );
    return toPublicId('collection', collectionId);
  }

  const refund = (collection: string, token: string, json: object = {}) =>
    stage.fetch(`/v1/collections/${collection}/refunds`, {
      ...{ token, headers: key(), json: { reason: 'Sent back', ...json } },
    });

  const leftOf = async (collection: string, token: string) =>
    ((await stage.fetch(`/v1/collections/${collection}`, { token })).body as object)[
      'leftToRefundCents' as never
    ];

  test('gives at most back what was received, also when asked twice at once', async () => {
    const shop = await aShop();
    const collection = await paidTo(shop);

    const tooMuch = await refund(collection, shop.token, { amountCents: 150_100 });
    const both = await Promise.all([1, 2].map(() => refund(collection, shop.token)));

    expect(problemIn(tooMuch)).toMatchObject({ status: 422, code: 'refund-too-large' });
    expect(await leftOf(collection, shop.token)).toBe(0);
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 422]);
  });

  test('gives back in parts, by reversal or to the payer', async () => {
    const shop = await aShop();
    const collection = await paidTo(shop);

    expect(await leftOf(collection, shop.token)).toBe(150_000);
    const part = await refund(collection, shop.token, { amountCents: 50_000, method: 'payout' });
    expect(await leftOf(collection, shop.token)).toBe(100_000);
    const rest = await refund(collection, shop.token);

    expect(part.body).toMatchObject({ disbursement: { kind: 'business-payment' } });
    expect(rest.body).toMatchObject({ amountCents: 100_000, disbursement: { kind: 'reversal' } });
    const path = part.headers.get('location') ?? '';
    expect((await stage.fetch(path, { token: shop.token })).body).toEqual(part.body);
  });

  test('a collection that was not paid has nothing to give back', async () => {
    const shop = await aShop();
    const collectionId = await stage.database.db.withTenant(shop.somebody.tenantId, (t) =>
      aCollection(t, { shortcodeId: shop.shortcodeId }),
    );

    const answer = await refund(toPublicId('collection', collectionId), shop.token);
    expect(problemIn(answer)).toMatchObject({ status: 409, code: 'cannot-refund' });
    expect(
      (await refund(toPublicId('collection', id('collection', randomUUID())), shop.token)).status,
    ).toBe(404);
  });
});

describe('POST /v1/disbursements/{id}/number', () => {
  const show = async (shop: Shop, { id }: PayoutView, who = shop.token) =>
    stage.fetch(`/v1/disbursements/${id}/number`, { method: 'POST', token: who });

  test('shows the number a payout goes to; a till has none', async () => {
    const shop = await aShop();
    const till = { kind: 'buy-goods', payee: { kind: 'till', number: '5123456' } };

    expect((await show(shop, await ask(shop))).body).toEqual({ msisdn: '254712345678' });
    const none = await show(shop, await ask(shop, { ...till, reference: 'INV-7' }));
    expect(problemIn(none).code).toBe('no-number');
  });

  test('a payout of others is not found, and thirty are enough for an hour', async () => {
    const shop = await aShop();
    const payout = await ask(shop);
    const stranger = await stage.token(await stage.tenant());

    expect(problemIn(await show(shop, payout, stranger)).code).toBe('not-found');
    const answers = await Promise.all(Array.from({ length: 31 }, () => show(shop, payout)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map((answer) => problemIn(answer).code)).toEqual(['numbers-used-up']);
  });
});
