/**
 * A payout whose money came back. M-PESA's reversal is only for what was received; a payout is undone
 * by hand on its portal. One person says with which receipt that happened, a second one agrees, and
 * the money is booked back where it was taken from.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  decideReturn,
  latestReturn,
  sayReturned,
  type PayoutReturn,
} from '../../db/payout-returns.ts';
import { isReceiptCredited } from '../../db/receipt-claims.ts';
import { isReturnable } from '../../domain/disbursements/status.ts';
import { toPublicId, type DisbursementId } from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import { refuseChecker } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { inPayout, startLateNews } from './in-payout.ts';
import { closingDecision, disbursementDetail, returnRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('disbursement') });
const shown = { 200: { description: 'The payout as it is now', schema: disbursementDetail } };

const say = route({
  method: 'post',
  path: '/v1/disbursements/{id}/return',
  tag: 'Disbursements',
  summary: 'Say that M-PESA gave the money of a payout back',
  description:
    'M-PESA undoes payouts only by hand, on its portal; this records its receipt. It counts when a second person agrees, and once for a payout.',
  auth: 'disbursements:write',
  request: { params, body: returnRequest },
  idempotency: 'required',
  responses: shown,
  problems: [
    ...['not-found', 'payout-not-returnable', 'return-too-large', 'receipt-known'],
    'already-requested',
  ] as const,
  handler: async ({ params: { id }, body }, call) =>
    inPayout(call, id, async (t, payout) => {
      if (!isReturnable(payout)) return problem('payout-not-returnable');
      const { receipt, reason, amountCents = payout.amountCents } = body;
      if (amountCents > payout.amountCents) {
        const detail = `At most ${formatMoney(payout.amountCents)} was paid.`;
        return problem('return-too-large', { detail });
      }
      const { shortcodeId } = payout;
      if (receipt === payout.receipt || (await isReceiptCredited(t, { shortcodeId, receipt }))) {
        return problem('receipt-known');
      }
      const requestedBy = actorOf(call.principal);
      const wish = { disbursementId: id, receipt, amountCents, reason, requestedBy };
      const said = await sayReturned(t, wish);
      if (said === undefined) return problem('already-requested');
      await audit(t, call, { id, said, action: 'disbursement.return-requested' });
      return undefined;
    }),
});

const decide = route({
  method: 'post',
  path: '/v1/disbursements/{id}/return/decision',
  tag: 'Disbursements',
  summary: 'Agree that the money of a payout came back as the second person, or refuse it',
  auth: 'disbursements:approve',
  request: { params, body: closingDecision },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
  handler: async ({ params: { id }, body: { decision } }, call) =>
    inPayout(call, id, async (t) => {
      const waiting = await latestReturn(t, id);
      if (waiting?.status !== 'waiting') return problem('request-not-waiting');
      const refusal = refuseChecker(call, waiting);
      if (refusal !== undefined) return refusal;
      const isAgreed = decision === 'agree';
      const said = await decideReturn(t, waiting.id, {
        status: isAgreed ? 'agreed' : 'rejected',
        decidedBy: actorOf(call.principal),
      });
      if (said === undefined) return problem('request-not-waiting');
      const action = isAgreed ? 'disbursement.return-agreed' : 'disbursement.return-rejected';
      await audit(t, call, { id, said, action });
      if (!isAgreed) return undefined;
      const why = `The money of ${toPublicId('disbursement', id)} came back`;
      return startLateNews(t, { disbursementId: id, newsId: said.id, why });
    }),
});

async function audit(
  t: TenantHandle,
  call: Call,
  deed: { id: DisbursementId; said: PayoutReturn; action: string },
): Promise<void> {
  const { receipt, amountCents, reason, requestedBy } = deed.said;
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action: deed.action, requestId: call.requestId },
    ...{ objectKind: 'disbursement', objectId: deed.id },
    detail: { receipt, amountCents, reason, requestedBy },
  });
}

export const payoutReturnRoutes: readonly Route[] = [say, decide];
