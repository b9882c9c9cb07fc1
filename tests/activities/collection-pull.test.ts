import { lookForPush } from '../../activities/collection-pull.ts';
import type { Daraja, PulledPayment } from '../../activities/daraja/client.ts';
import { createPullActivities, startPulls } from '../../activities/pulls.ts';
import { allocateReceived } from '../../activities/received-payments.ts';
import { findReceivedByReceipt } from '../../db/received-payments.ts';
import { findShortcode, markPullRegistered } from '../../db/shortcodes.ts';
import { patchCollection } from '../../db/collections.ts';
import { listWitnesses } from '../../db/collection-witnesses.ts';
import type { CollectionId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aReceipt, stkSuccess } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, collectionNow, post, prompted, settle } = deedsOn(stage);
const minute = 60_000;

/** M-PESA's list, as far as a test fills it. */
let listed: PulledPayment[] = [];
let answer: Daraja['pull'] = async () => ({ kind: 'unknown', cause: 'timeout', detail: '' });

beforeEach(async () => {
  listed = [];
  answer = async (_cred, { offset }) => {
    const payments = listed.slice(offset, offset + 100);
    return { kind: 'accepted', value: { payments, rowCount: payments.length } };
  };
  await inTenant(stage, (t) => markPullRegistered(t, stage.shortcodeId));
});

function aPayment(said: Partial<PulledPayment> = {}): PulledPayment {
  return {
    ...{ receipt: aReceipt(), amountCents: cents(150_000), msisdn: '712345678' },
    ...{ accountReference: 'INV-10442', transactionType: 'c2b-pay-bill-debit' },
    paidAt: instantFromEpochMs(Date.now() - 59 * minute),
    ...said,
  };
}

/** A push an hour ago whose answer was lost. */
async function silent(): Promise<CollectionId> {
  const { collectionId } = await prompted({ sentAtMs: Date.now() - 60 * minute });
  const lost = { checkoutRequestId: null, merchantRequestId: null, status: 'unknown' } as const;
  await inTenant(stage, (t) => patchCollection(t, collectionId, lost));
  return collectionId;
}

const look = (collectionId: CollectionId, inMinutes = 0) => {
  const nowMs = () => Date.now() + inMinutes * minute;
  const daraja: Pick<Daraja, 'pull'> = { pull: (cred, range) => answer(cred, range) };
  const key = { tenantId: stage.tenant.tenantId, collectionId };
  return lookForPush({ db: stage.base.db, daraja, nowMs, timeScale: 1 }, key);
};

const sweep = () => {
  const daraja: Pick<Daraja, 'pull'> = { pull: (cred, range) => answer(cred, range) };
  const { tenantId } = stage.tenant;
  const steps = createPullActivities({ db: stage.base.db, daraja, nowMs: Date.now });
  return steps.pullPayments({ tenantId, shortcodeId: stage.shortcodeId });
};

describe('a push whose answer was lost', () => {
  test('is paid with its receipt when M-PESA lists its money', async () => {
    const collectionId = await silent();
    const payment = aPayment();
    listed = [aPayment({ amountCents: cents(9_900) }), payment];

    expect(await look(collectionId)).toEqual({ kind: 'heard' });
    expect(await settle(collectionId)).toMatchObject({ status: 'paid' });
    expect(await collectionNow(collectionId)).toMatchObject({ receipt: payment.receipt });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  });

  test('expires after two looks in vain, and a later success still wins', async () => {
    const collectionId = await silent();

    expect(await look(collectionId)).toEqual({ kind: 'pending' });
    expect(await settle(collectionId)).toMatchObject({ status: 'unknown' });
    expect(await look(collectionId, 4)).toEqual({ kind: 'pending' });
    expect(await look(collectionId, 6)).toEqual({ kind: 'heard' });
    expect(await settle(collectionId)).toMatchObject({
      ...{ status: 'expired', code: 'not-in-pull', words: 'M-PESA has no such payment.' },
    });

    const ids = { checkoutRequestId: 'ws_CO_late', merchantRequestId: 'late' };
    await post('s', collectionId, stkSuccess(ids, { receipt: aReceipt() }));
    expect(await settle(collectionId)).toMatchObject({ status: 'paid' });
    expect(await collectionNow(collectionId)).toMatchObject({
      ...{ isLate: true, disagreements: ['outcome'] },
    });
  });

  test('concludes nothing before five minutes, from half a list or without the right to pull', async () => {
    const { collectionId: young } = await prompted({ sentAtMs: Date.now() - 4 * minute });
    expect(await look(young)).toEqual({ kind: 'cannot-ask' });

    const collectionId = await silent();
    const whole = answer;
    listed = Array.from({ length: 100 }, () => aPayment({ amountCents: cents(100) }));
    answer = async (cred, range) =>
      range.offset === 0
        ? whole(cred, range)
        : { kind: 'unknown', cause: 'timeout', detail: 'the second page is missing' };
    expect(await look(collectionId)).toEqual({ kind: 'unreachable' });
    expect(await inTenant(stage, (t) => listWitnesses(t, collectionId))).toEqual([]);

    await stage.base.asOwner(
      'update shared.shortcodes set pull_registered_at = null where tenant_id = $1',
      [stage.tenant.tenantId],
    );
    answer = whole;
    expect(await look(collectionId)).toEqual({ kind: 'cannot-ask' });
  });

  test('is not paid by money that could as well be that of a push beside it', async () => {
    const [one, other] = [await silent(), await silent()];
    listed = [aPayment()];

    expect(await look(one)).toEqual({ kind: 'pending' });
    expect(await look(other, 10)).toEqual({ kind: 'pending' });
    expect(await settle(other)).toMatchObject({ status: 'unknown' });
    expect(await balances()).toEqual({ utility: 0, suspense: 0 });
  });

  test('is not paid by money that is a collection’s already', async () => {
    const paid = await silent();
    listed = [aPayment()];
    await look(paid);
    await settle(paid);
    const silentToo = await silent();

    expect(await look(silentToo)).toEqual({ kind: 'pending' });
    expect(await look(silentToo, 6)).toEqual({ kind: 'heard' });
    expect(await settle(silentToo)).toMatchObject({ status: 'expired' });
    expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  });
});

describe('the sweep', () => {
  test('records a payment nobody told of, once, and whose it is is found out', async () => {
    const payment = aPayment({ accountReference: 'SHOP-7' });
    listed = [payment];

    expect(await sweep()).toEqual({ isComplete: true, newCount: 1 });
    expect(await sweep()).toEqual({ isComplete: true, newCount: 0 });
    const of = { shortcodeId: stage.shortcodeId, receipt: payment.receipt };
    const received = await inTenant(stage, (t) => findReceivedByReceipt(t, of));
    expect(received).toMatchObject({ source: 'pull', msisdnMasked: '7123******78' });
    const starts = await stage.base.asOwner(
      "select type from shared.outbox where tenant_id = $1 and kind = 'workflow'",
      [stage.tenant.tenantId],
    );
    expect(starts).toEqual([{ type: 'confirmPayment' }]);

    if (received === undefined) throw new Error('it was recorded');
    const arriving = { workflowId: 'c2b/test', nowMs: Date.now(), timeScale: 1 };
    await inTenant(stage, (t) =>
      allocateReceived(t, { ...arriving, receivedPaymentId: received.id }),
    );
    expect(await balances()).toEqual({ utility: 0, suspense: 150_000 });
  });

  test('tells a push its money before the push is asked about', async () => {
    const collectionId = await silent();
    listed = [aPayment()];
    await sweep();
    const [payment] = listed;
    const of = { shortcodeId: stage.shortcodeId, receipt: payment?.receipt ?? '' };
    const received = await inTenant(stage, (t) => findReceivedByReceipt(t, of));
    if (received === undefined) throw new Error('it was recorded');

    const arriving = { workflowId: 'c2b/test', nowMs: Date.now(), timeScale: 1 };
    await inTenant(stage, (t) =>
      allocateReceived(t, { ...arriving, receivedPaymentId: received.id }),
    );

    expect(await collectionNow(collectionId)).toMatchObject({ status: 'paid' });
    const witnesses = await inTenant(stage, (t) => listWitnesses(t, collectionId));
    expect(witnesses).toMatchObject([{ kind: 'pull', receipt: payment?.receipt }]);
  });

  test('remembers how far it saw only when the list was whole', async () => {
    const seen = async () =>
      (await inTenant(stage, (t) => findShortcode(t, stage.shortcodeId)))?.pulledUntil;
    const whole = answer;
    answer = async () => ({ kind: 'unknown', cause: 'timeout', detail: '' });
    expect(await sweep()).toEqual({ isComplete: false, newCount: 0 });
    expect(await seen()).toBeNull();

    answer = whole;
    await sweep();
    expect(await seen()).not.toBeNull();
  });

  test('is asked for every shortcode whose payments can be listed', async () => {
    await startPulls(stage.base.db, Date.now());

    const starts = await stage.base.asOwner(
      "select data->'input'->>'shortcodeId' as id from shared.outbox where tenant_id = $1 and type = 'pullPayments'",
      [stage.tenant.tenantId],
    );
    expect(starts).toEqual([{ id: stage.shortcodeId }]);
  });
});
