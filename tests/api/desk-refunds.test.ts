/** Money of the desk that is sent back, from the request to the books. */
import { randomUUID } from 'node:crypto';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { allocateArrival } from '../../db/arrivals.ts';
import type { TenantHandle } from '../../db/database.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { balanceOf } from '../../db/ledger.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id, parsePublicId, toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { suspense } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { addDays, businessDateOf, instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aReceipt, aShortcode } from '../support/collections.ts';
import { paidResult } from '../support/payout-stage.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
let shortcodeId: ShortcodeId;

beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  shortcodeId = await within((t) => aShortcode(t));
});

afterEach(async () => {
  const broken = await stage.database.asOwner(`select * from ops.invariants where tenant_id = $1`, [
    somebody.tenantId,
  ]);
  expect(broken).toEqual([]);
});

function within<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return stage.database.db.withTenant(somebody.tenantId, work);
}

/** KES 1,500 on the desk. */
async function waiting(msisdn = '2547 ***** 678'): Promise<string> {
  const paymentId = id('receivedPayment', randomUUID());
  await within(async (t) => {
    const { payment } = await recordReceived(t, {
      ...{ id: paymentId, shortcodeId, receipt: aReceipt(), source: 'c2b' },
      amountCents: cents(150_000),
      words: { reference: 'NOBODY', msisdn, name: 'WANJIKU' },
      workflowId: `c2b/${t.tenantId}/${paymentId}`,
      occurredAt: instantFromEpochMs(Date.now()),
    });
    await allocateArrival(t, payment, { target: undefined, workflowId: payment.workflowId });
  });
  return `/v1/received-payments/${toPublicId('receivedPayment', paymentId)}`;
}

const refund = (path: string, json: object = {}) =>
  stage.fetch(`${path}/refund`, {
    ...{ token, headers: { 'idempotency-key': randomUUID() } },
    json: { amountCents: 150_000, why: 'Not ours', ...json },
  });

interface DeskView {
  leftCents: number;
  allocations: { id: string }[];
  refunds: { id: string; disbursementId: string; status: string }[];
}

const onDesk = async (path: string) => (await stage.fetch(path, { token })).body as DeskView;
const waits = () => within((t) => balanceOf(t, suspense(shortcodeId)));

/** The payout of the first refund, and the steps its run would take. */
async function payoutOf(path: string) {
  const [made] = (await onDesk(path)).refunds;
  const disbursementId = parsePublicId('disbursement', made?.disbursementId ?? '');
  if (disbursementId === undefined) throw new Error('no refund was recorded');
  const parts = { db: stage.database.db, nowMs: Date.now };
  const key = { tenantId: somebody.tenantId, disbursementId };
  const steps = createDisbursementActivities(parts);
  return {
    steps: {
      hold: () => createAuthorisationActivities(parts).holdPayout(key),
      admit: () => steps.admitPayout({ ...key, reviewReasons: [] }),
      stop: () =>
        steps.stopPayout({
          ...{ ...key, to: 'cancelled', code: 'cancelled-by-user', detail: 'A test.' },
          by: 'user:maker',
        }),
      settle: () => steps.settlePayout(key),
      /** As the sending and its result would leave it. */
      send: (evidence: Parameters<typeof addEvidence>[1]['evidence']) =>
        within(async (t) => {
          await moveDisbursement(t, disbursementId, { to: 'sending', by: 'workflow' });
          const fingerprint = randomUUID();
          await addEvidence(t, { subjectId: disbursementId, fingerprint, evidence });
        }),
    },
  };
}

describe('POST /v1/received-payments/{id}/refund', () => {
  test('pays waiting money back out of suspense, once', async () => {
    const path = await waiting();

    const asked = await refund(path);
    const { steps } = await payoutOf(path);
    expect(await steps.hold()).toMatchObject({ core: { verdict: 'allowed' } });
    expect(await waits()).toMatchObject({ balanceCents: 150_000, availableCents: 0 });
    await steps.admit();
    await steps.send(paidResult);
    await steps.settle();
    await steps.settle();

    expect(asked).toMatchObject({
      ...{ status: 200 },
      body: {
        ...{ leftCents: 0, state: 'allocated', allocations: [{ kind: 'refund' }] },
        refunds: [{ method: 'reversal', status: 'requested', amountCents: 150_000 }],
      },
    });
    expect(await onDesk(path)).toMatchObject({ leftCents: 0, refunds: [{ status: 'paid' }] });
    expect(await waits()).toMatchObject({ balanceCents: 0, reservedCents: 0 });
    expect(problemIn(await refund(path)).code).toBe('not-allocatable');
  });

  test('of three requests at once one counts', async () => {
    const path = await waiting();

    const answers = await Promise.all([refund(path), refund(path), refund(path)]);
    const statuses = answers.map(({ status }) => status).toSorted();

    expect(statuses).toEqual([200, 409, 409]);
    expect((await onDesk(path)).refunds).toHaveLength(1);
    const events = await stage.database.asOwner(
      `select from shared.outbox where tenant_id = $1 and type = 'payment.refundRequested'`,
      [somebody.tenantId],
    );
    expect(events).toHaveLength(1);
  });

  test('a payout that ends without paying puts the money back on the desk, once', async () => {
    const path = await waiting();
    await refund(path, { amountCents: 100_000 });
    const { steps } = await payoutOf(path);
    await steps.hold();
    await steps.admit();

    await steps.stop();
    await steps.stop();

    expect(await onDesk(path)).toMatchObject({
      ...{ leftCents: 150_000, state: 'unallocated', refunds: [{ status: 'cancelled' }] },
    });
    expect(await waits()).toMatchObject({ balanceCents: 150_000, reservedCents: 0 });
    expect((await refund(path)).status).toBe(200);
  });

  test('a refusal that turns out to have been paid is taken from the desk again', async () => {
    const path = await waiting();
    await refund(path);
    const { steps } = await payoutOf(path);
    await steps.hold();
    await steps.admit();
    await steps.send({ source: 'result', code: '2', isDefinite: true, receipt: null });
    await steps.settle();
    expect(await onDesk(path)).toMatchObject({ leftCents: 150_000 });

    await steps.send(paidResult);
    await steps.settle();

    expect(await onDesk(path)).toMatchObject({ leftCents: 0, refunds: [{ status: 'paid' }] });
    expect(await waits()).toMatchObject({ balanceCents: 0 });
  });

  test('pays the payer where M-PESA told the number, and says so where it did not', async () => {
    const [hidden, known] = [await waiting(), await waiting('254712345678')];

    const refused = await refund(hidden, { method: 'payout' });
    const small = await refund(known, { method: 'payout', amountCents: 500 });
    const paid = await refund(known, { method: 'payout' });

    expect(problemIn(refused)).toMatchObject({ status: 409, code: 'cannot-refund' });
    expect(problemIn(small)).toMatchObject({ status: 409, code: 'cannot-refund' });
    expect(paid.body).toMatchObject({ refunds: [{ method: 'payout' }] });
    expect(await onDesk(hidden)).toMatchObject({ leftCents: 150_000, refunds: [] });
  });

  test('is taken back by cancelling its payout only', async () => {
    const path = await waiting();
    await refund(path, { amountCents: 100_000 });
    const [made] = (await onDesk(path)).allocations;

    const undone = await stage.fetch(`${path}/undo`, {
      ...{ token, json: { allocationId: made?.id } },
      headers: { 'idempotency-key': randomUUID() },
    });

    expect(problemIn(undone).code).toBe('allocation-gone');
    expect(await onDesk(path)).toMatchObject({ leftCents: 50_000 });
  });

  test('shows in the list of refunds with the movement that gives it back', async () => {
    const path = await waiting();
    await refund(path, { amountCents: 50_000 });
    await refund(path, { amountCents: 60_000 });
    const paymentId = path.split('/').at(-1);
    const read = async (query: string) =>
      (await stage.fetch(`/v1/refunds?${query}`, { token })).body as {
        data: { amountCents: number; disbursement: { status: string } }[];
        nextCursor: string | null;
      };

    const first = await read(`receivedPaymentId=${paymentId}&limit=1`);
    const rest = await read(`receivedPaymentId=${paymentId}&limit=1&cursor=${first.nextCursor}`);

    const [newest] = first.data;
    expect(newest).toMatchObject({ disbursement: { status: 'requested' } });
    expect([newest?.amountCents, rest.data[0]?.amountCents].toSorted()).toEqual([50_000, 60_000]);
    const forged = await stage.fetch('/v1/refunds?cursor=forged', { token });
    expect(problemIn(forged).code).toBe('invalid-cursor');
  });

  test('are found by what happened to them, and saved as they are found', async () => {
    const path = await waiting();
    await refund(path, { amountCents: 50_000 });
    const paymentId = path.split('/').at(-1);
    const listed = async (query: string) => {
      const answer = await stage.fetch(`/v1/refunds?receivedPaymentId=${paymentId}&${query}`, {
        token,
      });
      return (answer.body as { data: { originalReceipt: string; createdAt: string }[] }).data;
    };
    const [made] = await listed('status=requested,paid');
    const day = businessDateOf(instantFromEpochMs(Date.parse(made?.createdAt ?? '')));

    const found = await Promise.all(
      [
        ...['status=refused', 'method=payout', `to=${addDays(day, -1)}`, 'receipt=QQQQQQQQQQ'],
        ...['method=reversal', `from=${day}&to=${day}`, `receipt=${made?.originalReceipt}`],
      ].map(listed),
    );

    expect(found.map(({ length }) => length)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    const sheet = await stage.fetch(
      `/v1/refunds/export?receipt=${made?.originalReceipt.toLowerCase()}`,
      { token },
    );
    expect(sheet.text.trim().split('\n')).toHaveLength(2);
    expect(sheet.text).toContain(`,500.00,1500.00,${made?.originalReceipt},`);
    const none = await stage.fetch('/v1/refunds/export?format=xlsx&status=expired', { token });
    expect(none.headers.get('content-disposition')).toContain('refunds.xlsx');
  });

  test('a payment of somebody else is not found', async () => {
    const path = await waiting();
    const stranger = await stage.token(await stage.tenant());
    const answer = await stage.fetch(`${path}/refund`, {
      ...{ token: stranger, headers: { 'idempotency-key': randomUUID() } },
      json: { amountCents: 150_000, why: 'Not ours' },
    });
    expect(problemIn(answer).code).toBe('not-found');
  });
});
