/** What customers have in credit, from the receipt to the books. */
import { randomUUID } from 'node:crypto';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { balanceOf, creditReceipt } from '../../db/ledger.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import { customer as customerAccount, outside } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aReceipt } from '../support/collections.ts';
import { key, openShop, type Shop } from '../support/payout-api.ts';

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

const within = <Result>(work: Parameters<ApiStage['database']['db']['withTenant']>[1]) =>
  stage.database.db.withTenant(shop.somebody.tenantId, work) as Promise<Result>;

/** A customer with KES 1,500 in credit. */
async function aCustomer(json: object = { msisdn: '0712345678' }): Promise<string> {
  const reference = `K${randomUUID().slice(0, 8)}`;
  const made = await stage.fetch('/v1/customers', {
    ...{ token: shop.token, json: { reference, name: 'Amina Yusuf', ...json } },
  });
  expect(made).toMatchObject({ status: 201, body: { creditCents: 0, availableCents: 0 } });
  const { id } = made.body as { id: string };
  const customerId = parsePublicId('customer', id) ?? '';
  const { shortcodeId } = shop;
  const amountCents = cents(150_000);
  await within((t) =>
    creditReceipt(t, {
      ...{ shortcodeId, receipt: aReceipt(), amountCents },
      source: { kind: 'c2b', id: customerId, actor: 'service:test' },
      postings: [{ from: outside(shortcodeId), to: customerAccount(customerId), amountCents }],
    }),
  );
  return `/v1/customers/${id}`;
}

const deed = (path: string, what: 'payout' | 'revenue', json: object, token = shop.token) =>
  stage.fetch(`${path}/credit/${what}`, {
    ...{ method: 'POST', token, headers: key() },
    json: { shortcodeId: toPublicId('shortcode', shop.shortcodeId), reason: 'Asked for', ...json },
  });
const creditOf = async (path: string) => (await stage.fetch(path, { token: shop.token })).body;

describe('the credit of a customer', () => {
  test('is shown with the customer and in the list', async () => {
    const path = await aCustomer();

    expect(await creditOf(path)).toMatchObject({ creditCents: 150_000, availableCents: 150_000 });
    expect((await stage.fetch('/v1/customers', { token: shop.token })).body).toMatchObject({
      data: [{ creditCents: 150_000 }],
    });
  });

  test.each([
    ['paid', { creditCents: 50_000, availableCents: 50_000 }],
    ['refused', { creditCents: 150_000, availableCents: 150_000 }],
  ] as const)('is reserved for a payout to their number, and %s with it', async (end, left) => {
    const path = await aCustomer();
    const asked = await deed(path, 'payout', { amountCents: 100_000 });
    expect(asked).toMatchObject({
      ...{ status: 202, body: { purpose: 'refund', payee: { masked: '2547******78' } } },
    });
    const disbursementId = parsePublicId('disbursement', (asked.body as { id: string }).id);
    if (disbursementId === undefined) throw new Error('no id');
    const parts = { db: stage.database.db, nowMs: Date.now };
    const payout = { tenantId: shop.somebody.tenantId, disbursementId };
    await createAuthorisationActivities(parts).holdPayout(payout);
    const steps = createDisbursementActivities(parts);
    await steps.admitPayout({ ...payout, reviewReasons: [] });

    expect(await creditOf(path)).toMatchObject({ creditCents: 150_000, availableCents: 50_000 });
    expect(problemIn(await deed(path, 'payout', { amountCents: 60_000 })).code).toBe(
      'insufficient-funds',
    );
    expect(problemIn(await deed(path, 'revenue', { amountCents: 60_000 })).code).toBe(
      'insufficient-funds',
    );
    await within(async (t) => {
      await moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' });
      const evidence =
        end === 'paid'
          ? ({ source: 'result', code: '0', isDefinite: false, receipt: aReceipt() } as const)
          : ({ source: 'result', code: '2040', isDefinite: true, receipt: null } as const);
      await addEvidence(t, { subjectId: disbursementId, fingerprint: 'result', evidence });
    });
    expect((await steps.settlePayout(payout)).status).toBe(end);

    expect(await creditOf(path)).toMatchObject(left);
  });

  test('becomes revenue once a second person agrees, who has shown a second factor', async () => {
    const path = await aCustomer();
    const finance = await stage.token(shop.somebody, 'finance');
    const stale = await stage.token(shop.somebody, { hasSecondFactor: false });
    const json = {
      ...{ shortcodeId: toPublicId('shortcode', shop.shortcodeId), reason: 'Deposit kept' },
      amountCents: 40_050,
    };
    const headers = key();
    const earn = () =>
      stage.fetch(`${path}/credit/revenue`, { method: 'POST', token: finance, headers, json });
    const asked = await earn();
    expect(asked).toMatchObject({
      status: 201,
      body: {
        ...{ kind: 'earning', amountCents: 40_050, status: 'waiting', isOwn: true },
        ...{ customerId: path.split('/').at(-1), shortcodeId: json.shortcodeId },
      },
    });
    const { id } = asked.body as { id: string };
    expect((await earn()).body).toMatchObject({ id });
    const agree = (token: string) =>
      stage.fetch(`/v1/ledger/requests/${id}/approve`, { method: 'POST', token, json: {} });

    expect(problemIn(await agree(finance)).code).toBe('own-request');
    expect(problemIn(await agree(stale)).code).toBe('fresh-mfa-needed');
    expect(await creditOf(path)).toMatchObject({ creditCents: 150_000, availableCents: 150_000 });
    const trial = await stage.fetch('/v1/ledger/dry-run', {
      ...{ method: 'POST', token: finance },
      json: {
        ...{ kind: 'earning', customerId: path.split('/').at(-1) },
        ...{ shortcodeId: json.shortcodeId, amountCents: 40_050 },
      },
    });
    expect(trial.body).toMatchObject({
      effects: [
        { kind: 'customer', changeCents: -40_050, afterCents: 109_950 },
        { kind: 'revenue', changeCents: 40_050 },
      ],
    });
    expect(await agree(shop.token)).toMatchObject({
      ...{ status: 200, body: { status: 'posted' } },
    });

    expect(await creditOf(path)).toMatchObject({ creditCents: 109_950 });
    const { balanceCents } = await within<Awaited<ReturnType<typeof balanceOf>>>((t) =>
      balanceOf(t, { kind: 'revenue', owner: shop.shortcodeId }),
    );
    expect(balanceCents).toBe(40_050);
  });

  test('is not asked to become more revenue than there is, nor that of an unknown shortcode', async () => {
    const path = await aCustomer();
    const finance = await stage.token(shop.somebody, 'finance');
    const asking = (json: object) => deed(path, 'revenue', json, finance);

    expect(problemIn(await asking({ amountCents: 150_001 })).code).toBe('insufficient-funds');
    const unknown = toPublicId('shortcode', id('shortcode', randomUUID()));
    const refused = await asking({ amountCents: 100, shortcodeId: unknown });
    expect(problemIn(refused)).toMatchObject({ code: 'validation-failed' });
    const nobody = `/v1/customers/${toPublicId('customer', id('customer', randomUUID()))}`;
    expect((await deed(nobody, 'revenue', { amountCents: 100 }, finance)).status).toBe(404);
  });

  test('is not paid to somebody without a number', async () => {
    const path = await aCustomer({});
    expect(problemIn(await deed(path, 'payout', { amountCents: 100_000 })).code).toBe(
      'cannot-refund',
    );
  });
});
