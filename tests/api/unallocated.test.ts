import { randomUUID } from 'node:crypto';
import { allocateArrival } from '../../db/arrivals.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import { insertPaymentLink } from '../../db/payment-links.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id, toPublicId, type CustomerId, type ShortcodeId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aReceipt, aShortcode } from '../support/collections.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
let shortcodeId: ShortcodeId;
let customerId: CustomerId;

beforeAll(async () => {
  stage = await openApiStage();
});

beforeEach(async () => {
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  customerId = id('customer', randomUUID());
  await within(async (t) => {
    shortcodeId = await aShortcode(t);
    const who = { reference: 'SHOP-0107', name: 'Wanjiku Kamau', createdBy: 'user:test' };
    await insertCustomer(t, { id: customerId, ...who });
  });
});

afterAll(() => stage.close());

function within<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return stage.database.db.withTenant(somebody.tenantId, work);
}

/** KES 1,500 on the desk. */
async function waiting(reference = 'SHOP-0177'): Promise<string> {
  const paymentId = id('receivedPayment', randomUUID());
  await within(async (t) => {
    const { payment } = await recordReceived(t, {
      ...{ id: paymentId, shortcodeId, receipt: aReceipt(), source: 'c2b' },
      amountCents: cents(150_000),
      words: { reference, msisdn: '2547 ***** 678', name: 'WANJIKU' },
      workflowId: `c2b/${t.tenantId}/${paymentId}`,
      occurredAt: instantFromEpochMs(Date.now()),
    });
    await allocateArrival(t, payment, { target: undefined, workflowId: payment.workflowId });
  });
  return `/v1/received-payments/${toPublicId('receivedPayment', paymentId)}`;
}

function post(path: string, json: object) {
  const headers = { 'idempotency-key': randomUUID() };
  return stage.fetch(path, { token, json, headers });
}

const toCustomer = (amountCents: number) => ({
  parts: [{ kind: 'customer', id: toPublicId('customer', customerId), amountCents }],
});

function creditOf() {
  return within((t) => balanceOf(t, { kind: 'customer', owner: customerId }));
}

describe('GET /v1/received-payments', () => {
  test('shows what waits with its likeliest owner and the reason', async () => {
    await waiting();

    const listed = await stage.fetch('/v1/received-payments?state=unallocated', { token });

    expect(listed.body).toMatchObject({
      data: [
        {
          ...{ state: 'unallocated', reason: 'no-match', leftCents: 150_000 },
          guesses: [
            {
              ...{ id: toPublicId('customer', customerId), name: 'Wanjiku Kamau' },
              reasons: [{ kind: 'reference', words: 'The reference is 1 keystroke away.' }],
            },
          ],
        },
      ],
    });
    const summary = await stage.fetch('/v1/received-payments/summary', { token });
    expect(summary.body).toEqual({ count: 1, waitingCents: 150_000, currency: 'KES' });
    const wrong = await stage.fetch('/v1/received-payments?state=lost', { token });
    expect(problemIn(wrong).code).toBe('validation-failed');
    const forged = await stage.fetch('/v1/received-payments?cursor=forged', { token });
    expect(problemIn(forged).code).toBe('invalid-cursor');
  });
});

describe('POST /v1/received-payments/{id}/allocate', () => {
  test('credits the customer once and learns for the next payment', async () => {
    const path = await waiting('MAMA JOE');

    const done = await post(`${path}/allocate`, toCustomer(150_000));

    expect(done).toMatchObject({
      ...{ status: 200 },
      body: { state: 'allocated', leftCents: 0, allocations: [{ kind: 'customer' }], guesses: [] },
    });
    expect(await creditOf()).toMatchObject({ balanceCents: 150_000 });
    const next = await stage.fetch(await waiting('mama-joe'), { token });
    expect(next.body).toMatchObject({
      guesses: [{ id: toPublicId('customer', customerId), score: expect.any(Number) }],
    });
    expect(next.text).toContain('Somebody put this reference here before.');
  });

  test('splits, and refuses more than is left, a foreign target and a repeat', async () => {
    const path = await waiting();
    const linkId = id('paymentLink', randomUUID());
    await within((t) =>
      insertPaymentLink(t, {
        ...{ id: linkId, shortcodeId, title: 'Fees', reference: 'FEES-1', isReusable: false },
        ...{ amountCents: cents(50_000), createdBy: 'user:test' },
      }),
    );
    const link = { kind: 'payment-link', id: toPublicId('paymentLink', linkId) };

    const split = await post(`${path}/allocate`, {
      parts: [{ ...link, amountCents: 50_000 }, ...toCustomer(60_000).parts],
    });

    expect(split.body).toMatchObject({ state: 'part-allocated', leftCents: 40_000 });
    const tooMuch = await post(`${path}/allocate`, toCustomer(40_100));
    expect(problemIn(tooMuch).code).toBe('not-allocatable');
    const paidLink = await post(`${path}/allocate`, { parts: [{ ...link, amountCents: 100 }] });
    expect(problemIn(paidLink).code).toBe('not-allocatable');
    const stranger = toPublicId('customer', id('customer', randomUUID()));
    const foreign = { parts: [{ kind: 'customer', id: stranger, amountCents: 100 }] };
    expect(problemIn(await post(`${path}/allocate`, foreign)).code).toBe('not-allocatable');
    expect(await creditOf()).toMatchObject({ balanceCents: 60_000 });
  });

  test('of twenty at once for the whole amount one wins', async () => {
    const path = await waiting();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(`${path}/allocate`, toCustomer(150_000))),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await creditOf()).toMatchObject({ balanceCents: 150_000 });
  });
});

describe('POST /v1/received-payments/{id}/undo', () => {
  test('puts the money back once', async () => {
    const path = await waiting();
    const done = await post(`${path}/allocate`, toCustomer(150_000));
    const [made] = (done.body as { allocations: { id: string }[] }).allocations;

    const undone = await post(`${path}/undo`, { allocationId: made?.id });
    const again = await post(`${path}/undo`, { allocationId: made?.id });

    expect(undone.body).toMatchObject({ state: 'unallocated', leftCents: 150_000 });
    expect(problemIn(again).code).toBe('allocation-gone');
    expect(await creditOf()).toMatchObject({ balanceCents: 0 });
  });
});

describe('/v1/customers', () => {
  test('a request repeated after its answer was lost finds the customer it made', async () => {
    const wish = { reference: 'LOST-1', name: 'Akinyi Atieno' };
    const headers = { 'idempotency-key': 'a-customer-that-was-lost' };
    const made = await stage.fetch('/v1/customers', { token, json: wish, headers });
    await stage.database.asOwner(`delete from shared.idempotency_keys where tenant_id = $1`, [
      somebody.tenantId,
    ]);

    const again = await stage.fetch('/v1/customers', { token, json: wish, headers });

    expect(again).toMatchObject({ status: 201, body: made.body });
  });

  test('records one under a reference nobody else can be mistaken for, and finds them', async () => {
    const wish = { reference: 'DUKA-9', name: 'Otieno Odhiambo', msisdn: '0712345678' };

    const created = await stage.fetch('/v1/customers', { token, json: wish });
    const alike = await stage.fetch('/v1/customers', {
      ...{ token, json: { reference: 'shop o1o7', name: 'Another' } },
    });

    expect(created).toMatchObject({ status: 201, body: { msisdn: '2547******78' } });
    expect(problemIn(alike).code).toBe('reference-taken');
    const { id: publicId } = created.body as { id: string };
    for (const query of ['q=otieno', 'msisdn=254712345678', 'reference=duka%209']) {
      const found = await stage.fetch(`/v1/customers?${query}`, { token });
      expect(found.body).toMatchObject({ data: [{ id: publicId }] });
    }
    expect(await stage.fetch(`/v1/customers/${publicId}`, { token })).toMatchObject({
      ...{ status: 200, body: { name: 'Otieno Odhiambo' } },
    });
  });
});
