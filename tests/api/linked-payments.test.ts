/** Rows of statements and the payments they prove, both ways. */
import { randomUUID } from 'node:crypto';
import { collectionDetail } from '../../api/collections/schema.ts';
import { disbursementDetail } from '../../api/disbursements/schema.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { linkedPayments } from '../../api/transactions/schema.ts';
import { receivedPaymentDetail } from '../../api/unallocated/schema.ts';
import { insertPaymentLink } from '../../db/payment-links.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import type { TenantHandle } from '../../db/database.ts';
import { id, toPublicId, type ShortcodeId, type TransactionId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../domain/time.ts';
import { undoStatement, type Row } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { post } from '../support/api-statements.ts';
import { aPaidCollection, aReceipt } from '../support/collections.ts';
import { askPayout, openShop, payOut } from '../support/payout-api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const rowsOf = (receipts: { asked: string; arrived: string; paidOut: string }): Row[] => [
  { receipt: receipts.asked, direction: 'in', amountCents: 150_000, minute: 1 },
  { receipt: receipts.arrived, direction: 'in', amountCents: 5_000, minute: 2 },
  { receipt: receipts.paidOut, direction: 'out', amountCents: 150_000, minute: 3 },
  {
    ...{ receipt: receipts.paidOut, direction: 'out', amountCents: 900, minute: 3 },
    ...{ nature: 'charge', purpose: 'fee.b2c' },
  },
  { receipt: aReceipt(), direction: 'out', amountCents: 700, minute: 4 },
];

/** What was asked for came by a link; something arrived by itself. */
async function moneyIn(t: TenantHandle, shortcodeId: ShortcodeId) {
  const paymentLinkId = id('paymentLink', randomUUID());
  await insertPaymentLink(t, {
    ...{ id: paymentLinkId, shortcodeId, title: 'School fees', reference: 'LINK-1' },
    ...{ isReusable: true, createdBy: 'user:test' },
  });
  const asked = aReceipt();
  const { collectionId } = await aPaidCollection(t, {
    ...{ shortcodeId, paymentLinkId, source: 'payment-link', receipt: asked },
  });
  const receivedId = id('receivedPayment', randomUUID());
  const arrived = aReceipt();
  await recordReceived(t, {
    ...{ id: receivedId, shortcodeId, receipt: arrived, source: 'c2b' },
    ...{ amountCents: cents(5_000), workflowId: `c2b/${receivedId}` },
    occurredAt: instantFromEpochMs(Date.UTC(2026, 0, 1)),
    words: { reference: 'x', msisdn: '2547 ***** 126', name: 'Juma' },
  });
  return {
    receipts: { asked, arrived },
    collection: toPublicId('collection', collectionId),
    paymentLink: toPublicId('paymentLink', paymentLinkId),
    received: toPublicId('receivedPayment', receivedId),
  };
}

async function aShop() {
  const shop = await openShop(stage);
  const { somebody, token, shortcodeId } = shop;
  const { db } = stage.database;
  const { receipts, ...incoming } = await db.withTenant(somebody.tenantId, (t) =>
    moneyIn(t, shortcodeId),
  );
  const { id: disbursement } = await askPayout(stage, shop);
  const { receipt: paidOut } = await payOut(stage, shop, disbursement);
  const rows = rowsOf({ ...receipts, paidOut });
  const read = async (path: string, by = token) => stage.fetch(path, { token: by });
  const rowsNow = async () => {
    const posted = await post(stage, somebody, { rows });
    const of = (place: number): TransactionId => {
      const row = posted.inserted.find(({ ordinal }) => ordinal === place);
      if (row === undefined) throw new Error('every row was posted');
      return row.transactionId;
    };
    return { posted, of: (place: number) => toPublicId('transaction', of(place)) };
  };
  const ids = { ...incoming, disbursement, arrived: receipts.arrived };
  return { somebody, token, ids, read, rowsNow };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

const proved = async ({ read }: Pick<Shop, 'read'>, row: string, by?: string) =>
  linkedPayments.parse((await read(`/v1/transactions/${row}/payments`, by)).body).data;

describe('GET /v1/transactions/{id}/payments', () => {
  test('a row leads to what it proves, and that leads back', async () => {
    const shop = await aShop();
    const { ids, read } = shop;
    const { of } = await shop.rowsNow();

    const paid = { status: 'paid', currency: 'KES' };
    expect(await proved(shop, of(0))).toMatchObject([
      { kind: 'collection', id: ids.collection, title: 'INV-10442', ...paid },
      { kind: 'paymentLink', id: ids.paymentLink, title: 'School fees' },
    ]);
    expect(await proved(shop, of(1))).toMatchObject([
      { kind: 'receivedPayment', id: ids.received, title: ids.arrived, amountCents: 5_000 },
    ]);
    expect(await proved(shop, of(2))).toMatchObject([
      { kind: 'disbursement', id: ids.disbursement, ...paid },
    ]);
    expect(await proved(shop, of(3))).toEqual([]);
    expect(await proved(shop, of(4))).toEqual([]);
    const [collection, received, payout] = await Promise.all([
      read(`/v1/collections/${ids.collection}`),
      read(`/v1/received-payments/${ids.received}`),
      read(`/v1/disbursements/${ids.disbursement}`),
    ]);
    expect(collectionDetail.parse(collection.body).transactionId).toBe(of(0));
    expect(receivedPaymentDetail.parse(received.body).transactionId).toBe(of(1));
    expect(disbursementDetail.parse(payout.body).transactionId).toBe(of(2));
  });

  test('a collection tells of its row also to whoever knows its version, and forgets it with the statement', async () => {
    const shop = await aShop();
    const path = `/v1/collections/${shop.ids.collection}`;
    const before = await shop.read(path);
    expect(collectionDetail.parse(before.body).transactionId).toBeNull();
    const asked = {
      token: shop.token,
      headers: { 'if-none-match': before.headers.get('etag') ?? '' },
    };
    expect((await stage.fetch(path, asked)).status).toBe(304);

    const { posted, of } = await shop.rowsNow();

    const after = await stage.fetch(path, asked);
    expect(collectionDetail.parse(after.body).transactionId).toBe(of(0));
    await undoStatement(stage.database.db, shop.somebody, posted);
    await stage.database.db.withTenant(shop.somebody.tenantId, (t) =>
      recomputeRollups(t, posted.accountId, [businessDate('2026-01-01')]),
    );
    expect(collectionDetail.parse((await shop.read(path)).body).transactionId).toBeNull();
    expect((await shop.read(`/v1/transactions/${of(0)}/payments`)).status).toBe(404);
  });

  test('a key is told only of what it may read, a stranger of nothing', async () => {
    const shop = await aShop();
    const { of } = await shop.rowsNow();
    const stranger = await stage.token(await stage.tenant());

    const answer = await shop.read(`/v1/transactions/${of(0)}/payments`, stranger);
    expect(problemIn(answer)).toMatchObject({ status: 404, code: 'not-found' });
    const key = await stage.fetch('/v1/api-keys', {
      token: shop.token,
      json: { name: 'rows', scopes: ['transactions:read'] },
    });
    const { key: secret } = createdApiKey.parse(key.body);
    expect(await proved(shop, of(0), secret)).toEqual([]);
    expect(await proved(shop, of(2), secret)).toEqual([]);
  });
});
