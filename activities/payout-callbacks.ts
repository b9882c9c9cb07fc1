/**
 * What the provider posts about money out: results and time-outs of payouts, and the answers to our
 * questions. A callback is evidence: it must fit what we asked, and what it says is kept beside
 * everything else. The run is told only that there is news.
 */
import { appendAudit } from '../db/audit.ts';
import { recordBalances } from '../db/balances.ts';
import type { TenantHandle } from '../db/database.ts';
import { findDisbursement, type Disbursement } from '../db/disbursements.ts';
import { addEvidence, answerQuery, findQuery } from '../db/payout-evidence.ts';
import { stopInitiator } from '../db/shortcodes.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { parseResult, type DarajaResult } from '../domain/daraja/callbacks.ts';
import { parseAccountBalances, payoutFacts, statusFacts } from '../domain/daraja/results.ts';
import { notFoundAfterMs, type Evidence } from '../domain/disbursements/decide.ts';
import { resultEvidence, statusEvidence } from '../domain/disbursements/result.ts';
import { isSentUnderOurId } from '../domain/disbursements/terms.ts';
import { id, toPublicId } from '../domain/ids.ts';
import { epochMsOf } from '../domain/time.ts';
import { balanceWorkflowId, lateResultWorkflowId } from '../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../workflows/types.ts';
import type { Callback, CallbackHandlers, CallbackOutcome } from './callbacks.ts';
import { tellLowBalances } from './balance-alerts.ts';

/** Registers the handlers of money out with the drainer. */
export function registerPayoutCallbacks(
  handlers: CallbackHandlers,
  { config }: { config: { daraja: { timeScale: number } } },
): void {
  const settledMs = notFoundAfterMs * config.daraja.timeScale;
  handlers.registerCallbackHandler('r', 'disbursements', (t, callback) =>
    takeResult(t, callback, settledMs),
  );
  handlers.registerCallbackHandler('t', 'disbursements', takeTimeout);
}

async function takeResult(
  t: TenantHandle,
  callback: Callback,
  settledMs: number,
): Promise<CallbackOutcome> {
  const payout = await findDisbursement(t, id('disbursement', callback.targetId));
  const query = payout === undefined ? await findQuery(t, callback.targetId) : undefined;
  if (payout === undefined && query === undefined) return { state: 'not-mine' };
  const parsed = parseResult(callback.body);
  if (!parsed.ok) return { state: 'quarantined', cause: parsed.refusal.code };
  const result = parsed.value;
  if (payout !== undefined) return takePayoutResult(t, callback, { payout, result });
  if (query?.kind === 'balance') return takeBalance(t, callback, result);
  return takeStatus(t, callback, { result, settledMs });
}

async function takePayoutResult(
  t: TenantHandle,
  callback: Callback,
  { payout, result }: { payout: Disbursement; result: DarajaResult },
): Promise<CallbackOutcome> {
  const cause = contradiction(payout, result);
  if (cause !== undefined) return { state: 'quarantined', cause };
  const { resultCode: code } = result;
  const isReversal = payout.kind === 'reversal';
  const evidence = resultEvidence({ code, receipt: result.receipt ?? null, isReversal });
  if (['18', '2001', '8006'].includes(code)) {
    await stopInitiator(t, payout.shortcodeId, { code });
  }
  return news(t, { callback, payout, evidence, fingerprint: callback.id });
}

/** Why a result cannot be about this payout; undefined when it fits. */
function contradiction(payout: Disbursement, result: DarajaResult): string | undefined {
  if (payout.sentAt === null) return 'not-sent-yet';
  const { conversationId, originatorConversationId: named } = result;
  const ours = isSentUnderOurId(payout.kind) ? payout.originatorId : payout.providerOriginatorId;
  if (ours !== null && named !== ours) return 'other-originator';
  if (payout.conversationId !== null && conversationId !== payout.conversationId) {
    return 'other-conversation';
  }
  if (result.resultCode !== '0') return undefined;
  if (result.receipt === undefined) return 'no-receipt';
  const { amountCents } = payoutFacts(result);
  if (amountCents !== undefined && amountCents !== payout.amountCents) return 'other-amount';
  return undefined;
}

async function takeStatus(
  t: TenantHandle,
  callback: Callback,
  { result, settledMs }: { result: DarajaResult; settledMs: number },
): Promise<CallbackOutcome> {
  const facts = statusFacts(result);
  const status = result.parameters.get('TransactionStatus');
  const statusText = typeof status === 'string' ? status : '';
  const answer = {
    code: result.resultCode,
    status: statusText,
    receipt: facts.receipt ?? null,
    amountCents: facts.amountCents ?? null,
  };
  const query = await findQuery(t, callback.targetId);
  if (query === undefined) return { state: 'not-mine' };
  await answerQuery(t, query.id, answer);
  if (query.subject_kind !== 'disbursement') {
    return { state: 'recorded', tell: tellQuestion(t, query.id, callback) };
  }
  const payout = await findDisbursement(t, id('disbursement', query.subject_id));
  if (payout === undefined) return { state: 'quarantined', cause: 'no-such-payout' };
  const isOther = facts.amountCents !== undefined && facts.amountCents !== payout.amountCents;
  if (isOther) return { state: 'quarantined', cause: 'other-amount' };
  const { resultCode: code } = result;
  const askedMs = epochMsOf(query.asked_at);
  const isSettled = payout.sentAt !== null && askedMs - epochMsOf(payout.sentAt) >= settledMs;
  const receipt = facts.receipt ?? null;
  const evidence = statusEvidence({ code, statusText, receipt, isSettled });
  return news(t, { callback, payout, evidence, fingerprint: query.id });
}

async function takeBalance(
  t: TenantHandle,
  callback: Callback,
  result: DarajaResult,
): Promise<CallbackOutcome> {
  const query = await findQuery(t, callback.targetId);
  if (query === undefined) return { state: 'not-mine' };
  const tell = tellQuestion(t, query.id, callback);
  if (result.resultCode !== '0') {
    await answerQuery(t, query.id, { code: result.resultCode });
    return { state: 'recorded', tell };
  }
  const accounts = parseAccountBalances(result.parameters.get('AccountBalance'));
  if (accounts === undefined) return { state: 'quarantined', cause: 'balance-unreadable' };
  if (await answerQuery(t, query.id, { code: '0' })) {
    const shortcodeId = query.shortcode_id;
    const at = callback.receivedAt;
    const low = await recordBalances(t, { queryId: query.id, shortcodeId, at, accounts });
    await tellLowBalances(t, shortcodeId, low);
  }
  return { state: 'recorded', tell };
}

function tellQuestion(t: TenantHandle, queryId: string, callback: Callback) {
  return {
    workflowId: balanceWorkflowId({ tenantId: t.tenantId, queryId }),
    signal: { name: 'resulted', input: { callbackId: callback.id } },
  };
}

async function takeTimeout(t: TenantHandle, callback: Callback): Promise<CallbackOutcome> {
  const payout = await findDisbursement(t, id('disbursement', callback.targetId));
  if (payout !== undefined) {
    if (payout.sentAt === null) return { state: 'quarantined', cause: 'not-sent-yet' };
    const evidence: Evidence = { source: 'timeout' };
    return news(t, { callback, payout, evidence, fingerprint: 'timeout' });
  }
  // A question that was not handed on is simply asked again by its run.
  const query = await findQuery(t, callback.targetId);
  return query === undefined ? { state: 'not-mine' } : { state: 'recorded' };
}

async function news(
  t: TenantHandle,
  word: { callback: Callback; payout: Disbursement; evidence: Evidence; fingerprint: string },
): Promise<CallbackOutcome> {
  const { callback, payout, evidence, fingerprint } = word;
  const isNew = await addEvidence(t, { subjectId: payout.id, fingerprint, evidence });
  if (!isNew) return { state: 'recorded' };
  await appendAudit(t, {
    actor: 'service:daraja',
    action: `disbursement.${evidence.source}`,
    objectKind: 'disbursement',
    objectId: payout.id,
    detail: { callbackId: callback.id },
  });
  return {
    state: 'recorded',
    tell: {
      workflowId: payout.workflowId,
      signal: { name: 'resulted', input: { callbackId: callback.id } },
    },
    late: await lateStart(t, callback, payout),
  };
}

async function lateStart(
  t: TenantHandle,
  callback: Callback,
  { id: disbursementId }: Disbursement,
): Promise<WorkflowStart> {
  const key = { tenantId: t.tenantId, disbursementId };
  return {
    workflow: 'settleLateResult',
    workflowId: lateResultWorkflowId({ ...key, callbackId: callback.id }),
    tier: await tierOf(t),
    summary: `Late news of ${toPublicId('disbursement', disbursementId)}`,
    input: key,
  };
}
