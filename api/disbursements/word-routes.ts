/**
 * What M-PESA does not tell of a payout and people find out. How one ended that it gives no answer
 * about: with the receipt, or that no money left. And that the money of a paid one came back, which
 * is done by hand on its portal. One person says it; once a second one agrees, the run that books
 * late news does what follows. Whatever M-PESA says later weighs more.
 */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import type { Disbursement } from '../../db/disbursements.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import { isReceiptCredited } from '../../db/receipt-claims.ts';
import { isWordKnown, type WordsOfTwo } from '../../db/words-of-two.ts';
import { isClosable, isReturnable } from '../../domain/disbursements/status.ts';
import { toPublicId, type DisbursementId } from '../../domain/ids.ts';
import { formatMoney, type Cents } from '../../domain/money.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { uuidFor } from '../request-id.ts';
import { route, type Route } from '../route.ts';
import { decideWord, say, withdrawWord, wordDecision } from '../words-of-two.ts';
import { inPayout, startLateNews } from './in-payout.ts';
import { closingRequest, disbursementDetail, returnRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('disbursement') });
const tag = 'Disbursements';
const shown = { 200: { description: 'The payout as it is now', schema: disbursementDetail } };

const sayEnded = route({
  method: 'post',
  path: '/v1/disbursements/{id}/closing',
  tag,
  summary: 'Say how a payout ended that M-PESA gives no answer about',
  description:
    'With the receipt, or that no money left. It counts when a second person agrees, for which there is a week.',
  auth: 'disbursements:write',
  request: { params, body: closingRequest },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'payout-not-unknown', 'already-requested'],
  handler: async ({ params: { id: aboutId }, body }, call) =>
    inPayout(call, aboutId, async (t, payout) => {
      const wordId = uuidFor(call, 'payoutClosing', body);
      if (await isWordKnown(t, 'payoutClosing', wordId)) return undefined;
      if (!isClosable(payout)) return problem('payout-not-unknown');
      const receipt = body.outcome === 'paid' ? body.receipt : null;
      const { outcome, reason } = body;
      return say(t, call, {
        ...{ kind: 'payoutClosing', id: wordId, aboutId, outcome, receipt, reason },
      });
    }),
});

const sayReturned = route({
  method: 'post',
  path: '/v1/disbursements/{id}/return',
  tag,
  summary: 'Say that M-PESA gave the money of a payout back',
  description:
    'M-PESA undoes payouts only by hand, on its portal; this records its receipt. It counts when a second person agrees, for which there is a week, and once for a payout.',
  auth: 'disbursements:write',
  request: { params, body: returnRequest },
  idempotency: 'optional',
  responses: shown,
  problems: [
    ...['not-found', 'payout-not-returnable', 'return-too-large', 'receipt-known'],
    'already-requested',
  ] as const,
  handler: async ({ params: { id: aboutId }, body }, call) =>
    inPayout(call, aboutId, async (t, payout) => {
      const wordId = uuidFor(call, 'payoutReturn', body);
      if (await isWordKnown(t, 'payoutReturn', wordId)) return undefined;
      const { receipt, reason, amountCents = payout.amountCents } = body;
      const refusal = await refuseReturn(t, payout, { receipt, amountCents });
      if (refusal !== undefined) return refusal;
      const said = { kind: 'payoutReturn', id: wordId, aboutId, receipt, amountCents } as const;
      return say(t, call, { ...said, reason });
    }),
});

async function refuseReturn(
  t: TenantHandle,
  payout: Disbursement,
  { receipt, amountCents }: { receipt: string; amountCents: Cents },
): Promise<Problem | undefined> {
  if (!isReturnable(payout)) return problem('payout-not-returnable');
  if (amountCents > payout.amountCents) {
    const detail = `At most ${formatMoney(payout.amountCents)} was paid.`;
    return problem('return-too-large', { detail });
  }
  const { shortcodeId } = payout;
  const isKnown =
    receipt === payout.receipt || (await isReceiptCredited(t, { shortcodeId, receipt }));
  return isKnown ? problem('receipt-known') : undefined;
}

/** What a kind of word is called outside, and why the run is started once two people agree. */
const kinds = {
  closing: {
    kind: 'payoutClosing',
    path: '/v1/disbursements/{id}/closing',
    decides: 'Agree to how a payout ended as the second person, or refuse it',
    withdraws: 'Take back what you said of how a payout ended',
    why: (shownId: string) => `Two people closed ${shownId}`,
  },
  return: {
    kind: 'payoutReturn',
    path: '/v1/disbursements/{id}/return',
    decides: 'Agree that the money of a payout came back as the second person, or refuse it',
    withdraws: 'Take back that the money of a payout came back',
    why: (shownId: string) => `The money of ${shownId} came back`,
  },
} as const;

const decisions = ([kinds.closing, kinds.return] as const).map(({ kind, path, decides, why }) =>
  route({
    method: 'post',
    ...{ path: `${path}/decision`, tag, summary: decides },
    auth: 'disbursements:approve',
    request: { params, body: wordDecision },
    idempotency: 'optional',
    responses: shown,
    problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
    handler: async ({ params: { id: aboutId }, body: { decision } }, call) =>
      inPayout(call, aboutId, async (t) => {
        const said = await decideWord(t, call, { kind, aboutId }, decision);
        if ('problem' in said) return said;
        if (decision === 'reject') return undefined;
        if ('outcome' in said) await addWord(t, aboutId, said);
        const news = { disbursementId: aboutId, newsId: said.id };
        return startLateNews(t, { ...news, why: why(toPublicId('disbursement', aboutId)) });
      }),
  }),
);

const withdrawals = ([kinds.closing, kinds.return] as const).map(({ kind, path, withdraws }) =>
  route({
    method: 'post',
    ...{ path: `${path}/withdraw`, tag, summary: withdraws },
    auth: 'disbursements:write',
    request: { params, body: z.strictObject({}) },
    idempotency: 'optional',
    responses: shown,
    problems: ['not-found', 'not-own-request', 'request-not-waiting'],
    handler: ({ params: { id: aboutId } }, call) =>
      inPayout(call, aboutId, (t) => withdrawWord(t, call, { kind, aboutId })),
  }),
);

/** Adds the word of two people to what is known of how a payout ended. */
async function addWord(
  t: TenantHandle,
  subjectId: DisbursementId,
  { id: fingerprint, receipt }: WordsOfTwo['payoutClosing'],
): Promise<void> {
  await addEvidence(t, {
    ...{ subjectId, fingerprint },
    evidence:
      receipt === null
        ? { source: 'person', said: 'not-paid' }
        : { source: 'person', said: 'paid', receipt },
  });
}

export const payoutWordRoutes: readonly Route[] = [
  sayEnded,
  sayReturned,
  ...decisions,
  ...withdrawals,
];
