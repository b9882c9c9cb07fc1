/**
 * What M-PESA does not tell of a payout and people find out. How one ended that it gives no answer
 * about: with the receipt, or that no money left. And that the money of a paid one came back, which
 * is done by hand on its portal. One person says it; once a second one agrees, the run that books
 * late news does what follows. Whatever M-PESA says later weighs more.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import {
  decideWord,
  latestWord,
  sayOfPayout,
  type PayoutClosing,
  type PayoutReturn,
  type PayoutWordKind,
} from '../../db/payout-words.ts';
import { isReceiptCredited } from '../../db/receipt-claims.ts';
import { isClosable, isReturnable } from '../../domain/disbursements/status.ts';
import { toPublicId, type DisbursementId } from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import { refuseChecker } from '../auth/checker.ts';
import { actorOf } from '../auth/principal.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { inPayout, startLateNews } from './in-payout.ts';
import { closingRequest, disbursementDetail, returnRequest, wordDecision } from './schema.ts';

const params = z.strictObject({ id: idSchema('disbursement') });
const tag = 'Disbursements';
const shown = { 200: { description: 'The payout as it is now', schema: disbursementDetail } };

const sayEnded = route({
  method: 'post',
  path: '/v1/disbursements/{id}/closing',
  tag,
  summary: 'Say how a payout ended that M-PESA gives no answer about',
  description: 'With the receipt, or that no money left. It counts when a second person agrees.',
  auth: 'disbursements:write',
  request: { params, body: closingRequest },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'payout-not-unknown', 'already-requested'],
  handler: async ({ params: { id }, body }, call) =>
    inPayout(call, id, async (t, payout) => {
      if (!isClosable(payout)) return problem('payout-not-unknown');
      const receipt = body.outcome === 'paid' ? body.receipt : null;
      const { outcome, reason } = body;
      const requestedBy = actorOf(call.principal);
      const wish = { disbursementId: id, outcome, receipt, reason, requestedBy };
      const said = await sayOfPayout(t, 'closing', wish);
      if (said === undefined) return problem('already-requested');
      await audit(t, call, { id, said, action: 'disbursement.closing-requested' });
      return undefined;
    }),
});

const sayReturned = route({
  method: 'post',
  path: '/v1/disbursements/{id}/return',
  tag,
  summary: 'Say that M-PESA gave the money of a payout back',
  description:
    'M-PESA undoes payouts only by hand, on its portal; this records its receipt. It counts when a second person agrees, and once for a payout.',
  auth: 'disbursements:write',
  request: { params, body: returnRequest },
  idempotency: 'optional',
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
      const said = await sayOfPayout(t, 'return', wish);
      if (said === undefined) return problem('already-requested');
      await audit(t, call, { id, said, action: 'disbursement.return-requested' });
      return undefined;
    }),
});

/** What a kind of word is called outside, and what is done besides once two people agree. */
const kinds = {
  closing: {
    path: '/v1/disbursements/{id}/closing/decision',
    summary: 'Agree to how a payout ended as the second person, or refuse it',
    why: (shownId: string) => `Two people closed ${shownId}`,
  },
  return: {
    path: '/v1/disbursements/{id}/return/decision',
    summary: 'Agree that the money of a payout came back as the second person, or refuse it',
    why: (shownId: string) => `The money of ${shownId} came back`,
  },
} as const satisfies Record<PayoutWordKind, object>;

const decisions = (['closing', 'return'] as const).map((kind) => {
  const { path, summary, why } = kinds[kind];
  return route({
    method: 'post',
    ...{ path, tag, summary },
    auth: 'disbursements:approve',
    request: { params, body: wordDecision },
    idempotency: 'optional',
    responses: shown,
    problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
    handler: async ({ params: { id }, body: { decision } }, call) =>
      inPayout(call, id, async (t) => {
        const waiting = await latestWord(t, kind, id);
        if (waiting?.status !== 'waiting') return problem('request-not-waiting');
        const refusal = refuseChecker(call, waiting);
        if (refusal !== undefined) return refusal;
        const status = decision === 'agree' ? 'agreed' : 'rejected';
        const decidedBy = actorOf(call.principal);
        const said = await decideWord(t, kind, { wordId: waiting.id, status, decidedBy });
        if (said === undefined) return problem('request-not-waiting');
        await audit(t, call, { id, said, action: `disbursement.${kind}-${status}` });
        if (status === 'rejected') return undefined;
        if ('outcome' in said) await addWord(t, id, said);
        const news = { disbursementId: id, newsId: said.id };
        return startLateNews(t, { ...news, why: why(toPublicId('disbursement', id)) });
      }),
  });
});

/** Adds the word of two people to what is known of how a payout ended. */
async function addWord(
  t: TenantHandle,
  subjectId: DisbursementId,
  { id: fingerprint, receipt }: PayoutClosing,
): Promise<void> {
  await addEvidence(t, {
    ...{ subjectId, fingerprint },
    evidence:
      receipt === null
        ? { source: 'person', said: 'not-paid' }
        : { source: 'person', said: 'paid', receipt },
  });
}

async function audit(
  t: TenantHandle,
  call: Call,
  deed: { id: DisbursementId; said: PayoutClosing | PayoutReturn; action: string },
): Promise<void> {
  const { said } = deed;
  const { receipt, reason, requestedBy } = said;
  const own = 'outcome' in said ? { outcome: said.outcome } : { amountCents: said.amountCents };
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action: deed.action, requestId: call.requestId },
    ...{ objectKind: 'disbursement', objectId: deed.id },
    detail: { ...own, receipt, reason, requestedBy },
  });
}

export const payoutWordRoutes: readonly Route[] = [sayEnded, sayReturned, ...decisions];
