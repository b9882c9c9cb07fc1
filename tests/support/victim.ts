/**
 * A business whose every kind of object exists and carries a mark, so that whatever another business
 * can see or change of it shows. Objects are made where their capability makes them.
 */
import { sql } from 'kysely';
import { randomBytes, randomUUID } from 'node:crypto';
import { insertApiKey, withKeysOf } from '../../db/api-keys.ts';
import { keepSavedView } from '../../db/saved-views.ts';
import { appendCallbacks } from '../../db/callbacks.ts';
import { insertDownload } from '../../db/downloads.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { insertBatch as insertCollectionBatch } from '../../db/collection-batches.ts';
import { insertInvoice } from '../../db/invoices.ts';
import { insertPaymentLink } from '../../db/payment-links.ts';
import { insertInvitation, newInvitationToken } from '../../db/invitations.ts';
import { postTransaction } from '../../db/ledger.ts';
import { watchAccount } from '../../db/ledger-monitors.ts';
import { insertFlagRequest } from '../../db/flag-requests.ts';
import { insertLimitChange } from '../../db/limits.ts';
import { insertOperation } from '../../db/operations.ts';
import { insertPostingRequest } from '../../db/posting-requests.ts';
import { insertQuery } from '../../db/payout-evidence.ts';
import { insertBatch } from '../../db/payout-batches.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { insertRefund } from '../../db/refunds.ts';
import { insertSubjectRequest } from '../../db/subject-requests.ts';
import { insertExport } from '../../db/tenant-exports.ts';
import { insertPasskey } from '../../db/second-factors.ts';
import type { FlagWish } from '../../domain/flags/requests.ts';
import {
  id,
  type CustomerId,
  type IdKind,
  type StatementId,
  type UserId,
} from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../domain/time.ts';
import type { ApiStage } from './api.ts';
import { post, rows } from './api-statements.ts';
import { aCollection, aShortcode } from './collections.ts';
import { aPayout } from './payouts.ts';
import { aBreach } from './breaches.ts';
import { aSession } from './tenants.ts';
import { openChange } from '../../db/row-changes.ts';
import { anAttachment } from './attachments.ts';
import { markRow } from '../../db/row-marks.ts';
import { settleIn } from './tiers.ts';

export interface Victim {
  tenantId: string;
  userId: string;
  token: string;
  /** Text that nobody else may ever see. */
  mark: string;
  /** The UUID of one object of each kind. */
  ids: Partial<Record<IdKind, string>>;
}

/** Makes the business with one object of every kind. */
export async function aVictim(stage: ApiStage, tier: TenantTier): Promise<Victim> {
  const { db } = stage.database;
  const somebody = await stage.tenant();
  const { tenantId, userId } = somebody;
  await settleIn(stage.database, tenantId, tier);
  const token = await stage.token(somebody);
  const { statementId, accountId } = await post(stage, somebody, { rows });
  const mark = `CANARY-${randomUUID().slice(0, 8)}`;
  const money = await db.withTenant(tenantId, (t) => moneyObjects(t, { mark, userId }));
  const { transactionId, operationId } = await db.withTenant(tenantId, async (t) => ({
    transactionId: (await t.query.selectFrom('transactions').select('id').executeTakeFirstOrThrow())
      .id,
    operationId: await anOperation(t, { userId, statementId }),
  }));
  const attachment = await db.withTenant(tenantId, async (t) => {
    await markRow(t, {
      ...{ transactionId, add: ['school-trip'], remove: [], note: `for ${mark}` },
      ...{ actor: `user:${userId}`, requestId: randomUUID() },
    });
    return anAttachment(t, { transactionId, userId, fileName: `${mark}.png` });
  });
  const sessionId = await aSession(db, { userId, tenantId });
  const apiKeyId = id('apiKey', randomUUID());
  await withKeysOf(db, tenantId, (p) =>
    insertApiKey(p, tenantId, {
      ...{ id: apiKeyId, name: mark, environment: 'test', lookup: randomUUID().slice(0, 8) },
      ...{ secretHash: randomBytes(32), scopes: ['profile:read'], addresses: [] },
      ...{ createdBy: userId, lifetimeDays: 1 },
    }),
  );
  const passkeyId = randomUUID();
  await db.asOperator('a passkey for a test', (o) =>
    insertPasskey(o, {
      ...{ id: passkeyId, userId, name: mark, credentialId: randomBytes(16).toString('base64url') },
      ...{ publicKey: randomBytes(32), counter: 0, transports: [], isBackedUp: false },
    }),
  );
  const flagRequest = await aFlagRequest(stage, { mark, userId });
  const breach = await aBreach(stage.database.db, [tenantId], { summary: mark, isTold: true });
  const tenantExport = id('tenantExport', randomUUID());
  await db.withTenant(tenantId, (t) =>
    insertExport(t, {
      ...{ id: tenantExport, requestedBy: 'user:test' },
      workflowIdOf: (n) => `export/${n}`,
    }),
  );
  return {
    ...{ tenantId, userId, token, mark },
    ids: {
      ...{ tenantExport, flagRequest, attachment, breach },
      ...money,
      ...{ tenant: tenantId, user: userId, statement: statementId, account: accountId },
      apiKey: apiKeyId,
      ...{ session: sessionId, passkey: passkeyId, transaction: transactionId },
      operation: operationId,
    },
  };
}

async function aFlagRequest(
  { database: { db } }: ApiStage,
  { mark, userId }: { mark: string; userId: UserId },
): Promise<string> {
  const requestId = id('flagRequest', randomUUID());
  const after: FlagWish = {
    ...{ key: 'marked', environment: 'live', description: mark, isOn: true, rolloutPercent: 1 },
    ...{ plans: [], tenants: [], languages: [], lists: [], needs: [], isTenantsChoice: false },
    ...{ ageDaysMin: null, ageDaysBelow: null, phase: 'active' },
  };
  await db.asOperator('a request for flags for a test', (o) =>
    insertFlagRequest(o, {
      ...{ id: requestId, environment: 'live', steps: [{ before: null, after }], reason: mark },
      ...{ requestedBy: `user:${userId}`, requestedAt: instantFromEpochMs(Date.now()) },
      expiresAt: instantFromEpochMs(Date.now() + 86_400_000),
    }),
  );
  return requestId;
}

async function anOperation(
  t: TenantHandle,
  { userId, statementId }: { userId: UserId; statementId: StatementId },
): Promise<string> {
  const operationId = id('operation', randomUUID());
  await insertOperation(t, {
    ...{ id: operationId, kind: 'statement.ingest', subjectId: statementId },
    ...{ workflowId: `statement/${operationId}`, createdBy: userId },
  });
  return operationId;
}

async function moneyObjects(
  t: TenantHandle,
  { mark, userId }: { mark: string; userId: string },
): Promise<Victim['ids']> {
  const shortcodeId = await aShortcode(t, { number: '600999' });
  const collectionId = await aCollection(t, { shortcodeId, description: 'Invoice' });
  const disbursementId = await aPayout(t, shortcodeId, { payeeName: mark });
  const customerId = id('customer', randomUUID());
  await insertCustomer(t, {
    ...{ id: customerId, reference: 'CUS-1', name: mark, createdBy: `user:${userId}` },
  });
  const batchId = id('payoutBatch', randomUUID());
  await insertBatch(
    t,
    {
      ...{ id: batchId, shortcodeId, kind: 'business-payment', name: mark, source: 'api' },
      ...{ requestedBy: 'user:maker', workflowId: `payouts/${batchId}`, totalCents: cents(10_000) },
    },
    [
      {
        ...{ ordinal: 1, payeeMasked: '2547******78', amountCents: cents(10_000), problem: null },
        secrets: {
          ...{ payee: { kind: 'msisdn', msisdn: '254712345678' }, payeeName: mark, remarks: '' },
          reference: null,
        },
      },
    ],
  );
  const refundId = id('reversal', randomUUID());
  await insertRefund(t, {
    ...{ id: refundId, shortcodeId, collectionId, method: 'payout', disbursementId },
    receivedPaymentId: null,
    ...{ originalReceipt: 'UKE7Q2X9LM', originalCents: cents(1_000), amountCents: cents(1_000) },
    ...{ reason: mark, requestedBy: 'user:maker' },
  });
  return {
    ...{ shortcode: shortcodeId, collection: collectionId, disbursement: disbursementId },
    ...{ customer: customerId, payoutBatch: batchId, reversal: refundId },
    ...(await otherObjects(t, { mark, userId, shortcodeId, customerId })),
  };
}

async function otherObjects(
  t: TenantHandle,
  of: { mark: string; userId: string; shortcodeId: string; customerId: CustomerId },
): Promise<Victim['ids']> {
  const { mark, userId, shortcodeId, customerId } = of;
  const shortcode = id('shortcode', shortcodeId);
  const at = instantFromEpochMs(Date.now());
  const receivedId = id('receivedPayment', randomUUID());
  await recordReceived(t, {
    ...{ id: receivedId, shortcodeId: shortcode, receipt: 'UKE7Q2X9LN', source: 'c2b' },
    ...{ amountCents: cents(5_000), workflowId: `c2b/${receivedId}`, occurredAt: at },
    words: { reference: mark, msisdn: '2547 ***** 126', name: mark },
  });
  const linkId = id('paymentLink', randomUUID());
  await insertPaymentLink(t, {
    ...{ id: linkId, shortcodeId: shortcode, title: mark, reference: 'LINK-1', isReusable: true },
    createdBy: `user:${userId}`,
  });
  const invoiceId = id('invoice', randomUUID());
  await insertInvoice(t, {
    ...{ id: invoiceId, paymentLinkId: id('paymentLink', randomUUID()), shortcodeId: shortcode },
    ...{ customerId, issuedOn: businessDate('2026-09-01'), dueOn: businessDate('2099-12-31') },
    lines: [{ description: mark, quantity: 1, unitCents: cents(5_000) }],
    createdBy: `user:${userId}`,
  });
  const pushBatchId = id('collectionBatch', randomUUID());
  await insertCollectionBatch(
    t,
    {
      ...{ id: pushBatchId, shortcodeId: shortcode, fileName: `${mark}.csv` },
      ...{ rowCount: 1, badRowCount: 0, amountCents: cents(10_000) },
      ...{ workflowId: `batch/${pushBatchId}`, createdBy: `user:${userId}` },
    },
    [
      {
        ...{ rowNumber: 1, problem: null, amountCents: cents(10_000) },
        msisdnMasked: '2547******78',
        words: { msisdn: '254712345678', reference: 'R-1', description: mark },
      },
    ],
  );
  const callbackId = id('callback', randomUUID());
  await appendCallbacks(t, [
    {
      ...{
        id: callbackId,
        letter: 'c',
        targetId: shortcodeId,
        body: Buffer.from(`{"x":"${mark}"}`),
      },
      ...{ receivedAt: at, arrivedBy: 'request', cause: 'malformed' },
    },
  ]);
  const changeId = id('limitChange', randomUUID());
  await insertLimitChange(t, {
    ...{ id: changeId, kind: 'per-transaction', amountCents: cents(100_000) },
    ...{ effectiveFrom: businessDate('2026-12-01'), expiresOn: null, isRaise: true },
    ...{ reason: mark, proposedBy: `user:${userId}` },
  });
  const posted = await postTransaction(t, {
    ...{ reference: 'opening', kind: 'opening', occurredAt: at },
    postings: received({ shortcodeId, amountCents: cents(70_000) }),
    source: { kind: 'manual', id: mark, actor: `user:${userId}` },
  });
  if (!posted.ok) throw new Error('the ledger refused an opening');
  const queryId = id('providerQuery', randomUUID());
  await insertQuery(t, {
    ...{ id: queryId, kind: 'status', shortcodeId: shortcode, receipt: 'UKE7Q2X9LM' },
    ...{ subjectKind: 'receipt', subjectId: queryId, askedBy: `user:${userId}` },
  });
  const invitationId = id('invitation', randomUUID());
  await insertInvitation(t, {
    ...{ id: invitationId, email: `${mark}@guest.test`, role: 'analyst', lifetimeDays: 7 },
    ...{ token: newInvitationToken(t.tenantId), invitedBy: `user:${userId}` },
  });
  const account = await t.query
    .selectFrom('ledger_accounts')
    .select('id')
    .where('kind', '=', 'utility')
    .executeTakeFirstOrThrow();
  const postingRequestId = id('postingRequest', randomUUID());
  await insertPostingRequest(t, {
    ...{ id: postingRequestId, reason: mark, requestedBy: `user:${userId}`, requestedAt: at },
    wish: { kind: 'reversal', transactionId: posted.transactionId },
    expiresAt: instantFromEpochMs(Date.parse(at) + 86_400_000),
  });
  const monitor = await watchAccount(t, {
    ...{ account: { kind: 'utility', owner: shortcodeId }, name: mark, direction: 'below' },
    ...{ thresholdCents: cents(1), actor: `user:${userId}` },
  });
  const { id: rowChange } = await openChange(t, {
    ...{ deed: { kind: 'category', category: 'rent' }, rows: sql`false` },
    actor: `user:${userId}`,
  });
  const savedView = id('savedView', randomUUID());
  await keepSavedView(t, id('user', userId), {
    ...{ id: savedView, name: mark, isDefault: false, max: 9 },
    view: JSON.stringify({ filters: {}, sort: '', columns: [], widths: {} }),
  });
  const download = id('download', randomUUID());
  await insertDownload(t, {
    ...{ id: download, kind: 'transactions', format: 'csv', requestedBy: `user:${userId}` },
    ...{ choice: { filter: { q: mark } }, filter: { q: true }, workflowId: `download/${download}` },
  });
  const subject = id('subjectRequest', randomUUID());
  await insertSubjectRequest(t, {
    ...{ id: subject, reason: mark, requestedBy: `user:${userId}`, requestedAt: at },
    ...{ person: { name: mark }, workflowId: `tenant/${t.tenantId}/subject/${subject}` },
    expiresAt: instantFromEpochMs(Date.parse(at) + 86_400_000),
  });
  return {
    savedView,
    download,
    rowChange,
    subjectRequest: subject,
    balanceMonitor: monitor.id,
    postingRequest: postingRequestId,
    ...{ paymentLink: linkId, invoice: invoiceId, collectionBatch: pushBatchId },
    ...{ invitation: invitationId, providerQuery: queryId },
    ...{ receivedPayment: receivedId, callback: callbackId, limitChange: changeId },
    ...{ ledgerTransaction: posted.transactionId, ledgerAccount: account.id },
  };
}
