/** Records a payout with the start of its run in one transaction; what follows is the run's work. */
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  findDisbursement,
  insertDisbursement,
  type Disbursement,
  type NewDisbursement,
} from '../../db/disbursements.ts';
import { appendEvents, appendWorkflowStart } from '../../db/outbox.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { predictCharge } from '../../db/tariffs.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { authorisationDeadlineMs } from '../../domain/authorisation/decide.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import type { Payee } from '../../domain/disbursements/terms.ts';
import { taxPayBill } from '../../domain/disbursements/terms.ts';
import { toPublicId } from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import { disbursementWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { actorOf } from '../auth/principal.ts';
import { todayOf } from '../now.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';

export type PayoutWish = Omit<
  NewDisbursement,
  'chargeCents' | 'payeeMasked' | 'requestedBy' | 'workflowId'
>;

export interface RecordedPayout {
  disbursement: Disbursement;
  start: WorkflowStart;
}

/**
 * Inserts the payout, its audit record, its event and the start of its run. A repeat with the same id
 * finds what it inserted before.
 */
export async function recordPayout(
  t: TenantHandle,
  call: Call,
  wish: PayoutWish,
): Promise<RecordedPayout | Problem> {
  const shortcode = await findShortcode(t, wish.shortcodeId);
  if (shortcode === undefined) return unknownShortcode();
  if (shortcode.status !== 'active') return problem('shortcode-unusable');
  const { id: disbursementId, kind, amountCents } = wish;
  const key = { tenantId: t.tenantId, disbursementId };
  const isReversal = kind === 'reversal';
  const workflowId = disbursementWorkflowId({ ...key, isReversal });
  const day = todayOf(call);
  const requestedBy = actorOf(call.principal);
  const start: WorkflowStart = {
    workflow: isReversal ? 'reverseCollection' : 'disburse',
    workflowId,
    tier: await tierOf(t),
    summary: `Pay ${formatMoney(amountCents)} as ${toPublicId('disbursement', disbursementId)}`,
    input: {
      ...key,
      timeScale: call.dependencies.config.daraja.timeScale,
      deadlineMs: authorisationDeadlineMs,
    },
  };
  const known = await findDisbursement(t, disbursementId);
  if (known !== undefined) return { disbursement: known, start };
  await insertDisbursement(t, {
    ...wish,
    ...{ requestedBy, workflowId },
    chargeCents: await predictCharge(t, { kind, amountCents, day }),
    payeeMasked: maskPayee(wish.payee),
  });
  await appendWorkflowStart(t, start, call.traceparent);
  await noteRequest(t, call, wish);
  const disbursement = await findDisbursement(t, disbursementId);
  if (disbursement === undefined) throw new Error('an insert was lost');
  return { disbursement, start };
}

async function noteRequest(t: TenantHandle, call: Call, wish: PayoutWish): Promise<void> {
  const { id: disbursementId, kind, amountCents } = wish;
  await appendAudit(t, {
    actor: actorOf(call.principal),
    action: 'disbursement.request',
    objectKind: 'disbursement',
    objectId: disbursementId,
    detail: { kind, amountCents },
    requestId: call.requestId,
  });
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${disbursementId}`,
      type: 'disbursement.requested',
      version: 1,
      isPersonal: false,
      data: {
        disbursementId: toPublicId('disbursement', disbursementId),
        ...{ kind, amountCents, currency: 'KES' },
      },
    },
  ]);
}

export function unknownShortcode(): Problem {
  const error = { in: 'body', pointer: '/shortcodeId', detail: 'names no shortcode of yours' };
  return problem('validation-failed', { errors: [{ ...error, in: 'body' }] });
}

/** Who is paid, for people who may not see the number. */
export function maskPayee(payee: Payee): string {
  switch (payee.kind) {
    case 'msisdn':
      return maskMsisdn(payee.msisdn);
    case 'pay-bill':
    case 'till':
      return payee.number;
    case 'tax':
      return taxPayBill;
    case 'payer':
      return payee.msisdn === null ? '******' : maskMsisdn(payee.msisdn);
  }
}
