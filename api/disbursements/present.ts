import type { z } from 'zod';
import type { Disbursement } from '../../db/disbursements.ts';
import type { Evidence } from '../../domain/disbursements/decide.ts';
import { payoutInSwahili } from '../../domain/disbursements/in-swahili.ts';
import {
  isCancellable,
  isClosable,
  isReturnable,
  shownStatus,
} from '../../domain/disbursements/status.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { ReturnStatus } from '../../domain/waiting.ts';
import type { Call } from '../route.ts';
import { showWord } from '../words-of-two.ts';
import type { PayoutDetail } from './detail.ts';
import type { disbursement, disbursementDetail } from './schema.ts';

/** A payout as clients see it; `runUrl` makes the link of its run for operators. */
export function showDisbursement(
  payout: Disbursement,
  runUrl: (workflowId: string) => string,
): z.input<typeof disbursement> {
  const { kind, purpose, amountCents, returnedCents, chargeCents, remarks, reference } = payout;
  const { requestedBy, approvedBy, approvalReasons, receipt, isDisputed, needsAttention } = payout;
  const { createdAt, sentAt, finishedAt, version, batchId } = payout;
  return {
    id: toPublicId('disbursement', payout.id),
    status: shownStatus(payout),
    ...{ kind, purpose, amountCents, returnedCents, chargeCents, remarks, reference },
    ...{ requestedBy, approvedBy, approvalReasons, receipt, isDisputed, needsAttention },
    ...{ createdAt, sentAt, finishedAt, version },
    approvalReasonsSw: approvalReasons.map((reason) => payoutInSwahili(reason)),
    shortcodeId: toPublicId('shortcode', payout.shortcodeId),
    currency: 'KES',
    payee: { kind: payout.payee.kind, masked: payout.payeeMasked, name: payout.payeeName },
    batchId: batchId === null ? null : toPublicId('payoutBatch', batchId),
    batchRow: payout.batchRow,
    refusal:
      payout.refusalCode === null
        ? null
        : {
            code: payout.refusalCode,
            providerCode: payout.providerCode,
            detail: payout.refusalDetail ?? '',
            detailSw: payoutInSwahili(payout.refusalDetail ?? ''),
          },
    canCancel: isCancellable(payout.status),
    runUrl: runUrl(payout.workflowId),
  };
}

export function showDisbursementDetail(
  known: PayoutDetail,
  call: Call,
): z.input<typeof disbursementDetail> {
  const { payout, evidence, transactionId, trail } = known;
  const closing = known.closing && showWord<'payoutClosing'>(known.closing, call);
  const returned = known.returned && showWord<'payoutReturn'>(known.returned, call);
  return {
    ...showDisbursement(payout, call.dependencies.temporal.runUrl),
    transactionId: transactionId && toPublicId('transaction', transactionId),
    canClose: isClosable(payout),
    closing: closing ?? null,
    canReturn: isReturnable(payout) && !isComingBack(returned?.status),
    returned: returned ?? null,
    timeline: payout.timeline.map(({ status, at, by, note }) => ({
      ...{ status, at, by },
      note: note ?? null,
    })),
    trail: [...trail],
    evidence: evidence.map((entry) => ({
      source: entry.source,
      said: wordOf(entry),
      receipt: 'receipt' in entry ? entry.receipt : null,
    })),
  };
}

function isComingBack(status: ReturnStatus | undefined): boolean {
  return status !== undefined && ['waiting', 'agreed', 'booked'].includes(status);
}

function wordOf(entry: Evidence): string {
  switch (entry.source) {
    case 'answer':
      return entry.answer === 'rejected' ? `rejected ${entry.code}` : entry.answer;
    case 'result':
      return `code ${entry.code}`;
    case 'timeout':
      return 'timed out';
    case 'status':
      return entry.status;
    case 'person':
      return entry.said;
  }
}
