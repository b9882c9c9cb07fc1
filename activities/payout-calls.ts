/**
 * The calls to the provider about money out. A payout is claimed in the database before it is sent;
 * whoever finds it claimed does not send, so no restart, repeat or late worker sends it twice.
 */
import type { Database, TenantHandle } from '../db/database.ts';
import { moveDisbursement, noteOnDisbursement, type Disbursement } from '../db/disbursements.ts';
import type { HookTokens } from '../db/hook-tokens.ts';
import { addEvidence, insertQuery } from '../db/payout-evidence.ts';
import { openCredentials, type ShortcodeCredentials } from '../db/shortcodes.ts';
import type { Evidence } from '../domain/disbursements/decide.ts';
import { isSentUnderOurId } from '../domain/disbursements/terms.ts';
import type { TenantId } from '../domain/ids.ts';
import { requirePayout } from './authorisation.ts';
import { whileBeating } from './beating.ts';
import type { Answer, Daraja, InitiatorAccepted, ResultUrls } from './daraja/client.ts';
import type { BalanceKey, PayoutCalls, PayoutKey, SendOutcome } from './disbursement-steps.ts';
import type { Failpoint } from './failpoint.ts';
import { transmit } from './payout-transmit.ts';

export interface PayoutCallDependencies {
  db: Database;
  daraja: Daraja;
  hooks: HookTokens;
  failpoint: Failpoint;
}

const notSentRetryMs = 1_000;

/** Builds the calls. */
export function createPayoutCalls(d: PayoutCallDependencies): PayoutCalls {
  return {
    sendPayout: (key) => whileBeating(() => send(d, key)),
    askPayoutStatus: (input) => askStatus(d, input),
    askProvider: (input) => askProvider(d, input),
  };
}

async function send(d: PayoutCallDependencies, key: PayoutKey): Promise<SendOutcome> {
  await d.failpoint('b2c.beforeSend');
  const claim = await d.db.withTenant(key.tenantId, (t) => claimSending(t, key));
  if (claim === undefined) return { kind: 'begun-before' };
  const { payout, credentials } = claim;
  const answer =
    credentials === undefined
      ? withoutCredentials
      : await transmit(d.daraja, credentials, { payout, urls: urlsOf(d, key.tenantId, payout.id) });
  await d.failpoint('b2c.afterSendBeforePersist');
  const outcome = await d.db.withTenant(key.tenantId, (t) => keepAnswer(t, payout, answer));
  await d.failpoint('b2c.afterPersist');
  return outcome;
}

const withoutCredentials: Answer<InitiatorAccepted> = {
  kind: 'rejected',
  code: 'credentials-missing',
  message: 'The shortcode has no credentials.',
  isRetryable: false,
  isConfiguration: true,
};

/** Takes the one sending; undefined when it was taken before. */
async function claimSending(
  t: TenantHandle,
  key: PayoutKey,
): Promise<{ payout: Disbursement; credentials: ShortcodeCredentials | undefined } | undefined> {
  const payout = await moveDisbursement(t, key.disbursementId, { to: 'sending', by: 'workflow' });
  if (payout === undefined) return undefined;
  return { payout, credentials: await openCredentials(t, payout.shortcodeId) };
}

async function keepAnswer(
  t: TenantHandle,
  payout: Disbursement,
  answer: Answer<InitiatorAccepted>,
): Promise<SendOutcome> {
  const isCertainlyNotSent =
    answer.kind === 'not-sent' || (answer.kind === 'rejected' && answer.isRetryable);
  if (isCertainlyNotSent) {
    const cause = answer.kind === 'not-sent' ? answer.cause : answer.code;
    const retryAfterMs =
      (answer.kind === 'not-sent' ? answer.retryAfterMs : undefined) ?? notSentRetryMs;
    await moveDisbursement(t, payout.id, { to: 'reserved', by: 'provider', note: cause });
    return { kind: 'not-sent', cause, retryAfterMs };
  }
  if (answer.kind === 'accepted') {
    const { conversationId, originatorConversationId: providerOriginatorId } = answer.value;
    await noteOnDisbursement(t, payout.id, { conversationId, providerOriginatorId });
  }
  const evidence = evidenceOf(answer);
  await addEvidence(t, { subjectId: payout.id, fingerprint: 'answer', evidence });
  return { kind: 'handed-over' };
}

function evidenceOf(answer: Answer<InitiatorAccepted>): Evidence {
  switch (answer.kind) {
    case 'accepted':
      return { source: 'answer', answer: 'accepted' };
    case 'rejected':
      return { source: 'answer', answer: 'rejected', code: answer.code };
    case 'unknown':
      return {
        source: 'answer',
        answer: answer.cause === 'duplicate' ? 'duplicate' : 'unknown',
      };
    case 'not-sent':
      throw new Error('what was not sent is no evidence');
  }
}

async function askStatus(
  d: PayoutCallDependencies,
  input: PayoutKey & { queryId: string },
): Promise<boolean> {
  const { tenantId, queryId } = input;
  const asked = await d.db.withTenant(tenantId, async (t) => {
    const payout = await requirePayout(t, input);
    const { shortcodeId } = payout;
    const credentials = await openCredentials(t, shortcodeId);
    const name = isSentUnderOurId(payout.kind) ? payout.originatorId : payout.providerOriginatorId;
    // Without a name of the request there is nothing to ask about; the result or the statement tells.
    if (credentials === undefined || name === null) return undefined;
    await insertQuery(t, {
      ...{ id: queryId, kind: 'status', shortcodeId, askedBy: payout.workflowId },
      ...{ subjectKind: 'disbursement', subjectId: payout.id },
    });
    return { credentials, name };
  });
  if (asked === undefined) return false;
  const answer = await d.daraja.transactionStatus(asked.credentials, {
    about: { originatorConversationId: asked.name },
    remarks: 'Standing of a payout',
    ...urlsOf(d, tenantId, queryId),
  });
  return answer.kind === 'accepted' || answer.kind === 'unknown';
}

async function askProvider(d: PayoutCallDependencies, input: BalanceKey): Promise<boolean> {
  const { tenantId, shortcodeId, queryId, askedBy, receipt } = input;
  const credentials = await d.db.withTenant(tenantId, async (t) => {
    const subject =
      receipt === undefined
        ? ({ kind: 'balance', subjectKind: 'shortcode' } as const)
        : ({ kind: 'status', subjectKind: 'receipt', receipt } as const);
    await insertQuery(t, { id: queryId, shortcodeId, askedBy, subjectId: shortcodeId, ...subject });
    return openCredentials(t, shortcodeId);
  });
  if (credentials === undefined) return false;
  const urls = urlsOf(d, tenantId, queryId);
  const answer =
    receipt === undefined
      ? await d.daraja.accountBalance(credentials, { remarks: 'Balances', ...urls })
      : await d.daraja.transactionStatus(credentials, {
          ...{ about: { receipt }, remarks: 'Standing of a receipt' },
          ...urls,
        });
  return answer.kind === 'accepted' || answer.kind === 'unknown';
}

function urlsOf(d: PayoutCallDependencies, tenantId: TenantId, targetId: string): ResultUrls {
  const target = { tenantId, targetId };
  return { resultUrl: d.hooks.urlOf('r', target), timeoutUrl: d.hooks.urlOf('t', target) };
}
