/**
 * Money out: check, hold, have a second person agree where the limit asks for it, send once, and
 * follow the payment until it is known how it ended. What was sent is never sent again: after
 * silence only questions settle it. A "no" of the business completes the run.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  sleep,
  uuid4,
} from '@temporalio/workflow';
import type {
  AuthorisationSteps,
  DisbursementSteps,
  Hold,
  PayoutCalls,
  PayoutKey,
} from '../activities/disbursement-steps.ts';
import { payoutWords } from '../domain/disbursements/phrases.ts';
import { authorise, type Authorisation, type Verdicts } from '../domain/authorisation/decide.ts';
import {
  attentionAfterMs,
  notSentWaitMs,
  waitBeforeAsking,
} from '../domain/disbursements/ladder.ts';
import type { RefusalCode } from '../domain/disbursements/terms.ts';
import {
  approvalWaitDays,
  checkStep,
  databaseStep,
  darajaCall,
  sendOnce,
} from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import { openPayoutDesk, type PayoutDesk } from './disbursement-desk.ts';
import type { DisburseInput, DisburseResult, LateResultInput } from './disbursement-types.ts';
import { showPayout, showPayoutEnd } from './disbursement-run.ts';

const checks = proxyActivities<AuthorisationSteps>(checkStep);
const records = proxyActivities<DisbursementSteps>(databaseStep);
const sending = proxyActivities<Pick<PayoutCalls, 'sendPayout'>>({
  ...sendOnce,
  taskQueue: queues.daraja,
});
const asking = proxyActivities<Pick<PayoutCalls, 'askPayoutStatus'>>({
  ...darajaCall,
  taskQueue: queues.daraja,
});

interface Run {
  input: DisburseInput;
  desk: PayoutDesk;
}

/** Runs one payout; the id is `disbursement/{tenant}/{id}`. */
export async function disburse(input: DisburseInput): Promise<DisburseResult> {
  const run: Run = { input, desk: openPayoutDesk() };
  try {
    const stopped = await admit(run);
    if (stopped !== undefined) return stopped;
    return await CancellationScope.nonCancellable(() => pay(run));
  } finally {
    run.desk.phase = 'closed';
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }
}

/** Has M-PESA undo a received payment; the id is `reversal/{tenant}/{id}`. */
export async function reverseCollection(input: DisburseInput): Promise<DisburseResult> {
  return disburse(input);
}

/** Books what became known after the run of a payout had ended; `disbursement-late/{tenant}/{id}`. */
export async function settleLateResult(input: LateResultInput): Promise<DisburseResult> {
  const standing = await records.settlePayout(input);
  showPayoutEnd(standing.status, 'News that came after the run had ended was booked.', true);
  if (standing.status === 'paid') return standing;
  if (standing.status === 'refused') return { status: 'refused', code: standing.reason };
  return { status: 'unknown' };
}

/** Checks, hold and approval; undefined when the payout may go out. */
async function admit(run: Run): Promise<DisburseResult | undefined> {
  try {
    showPayout(run.desk, 'checking', 'requested', 'Checking limits, money and fraud rules.');
    const decision = await check(run);
    if (decision.decision === 'REJECT') {
      return await stop(run, 'refused', refusalCodeOf(decision.code), decision.message);
    }
    const reviewReasons = decision.decision === 'REVIEW' ? decision.reasons : [];
    const admission = await records.admitPayout({ ...keyOf(run), reviewReasons });
    if (admission.kind === 'approval') return await awaitApproval(run, admission.reasons);
    return await takeCallBack(run);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return CancellationScope.nonCancellable(() =>
      stop(run, 'cancelled', 'cancelled-by-user', payoutWords('operator-stopped')),
    );
  }
}

/** Fraud, limits and ledger side by side, with one deadline; what is late counts as late. */
async function check(run: Run): Promise<Authorisation> {
  const verdicts: Verdicts = { fraud: 'late', revenue: 'late', core: 'late' };
  const both = Promise.all([
    checks.judgeFraud(keyOf(run)).then((fraud) => (verdicts.fraud = fraud)),
    checks.holdPayout(keyOf(run)).then((hold: Hold) => Object.assign(verdicts, hold)),
  ]);
  const scope = new CancellationScope();
  const deadline = scope.run(() => sleep(run.input.deadlineMs)).catch(() => {});
  await Promise.race([both, deadline]);
  const decision = authorise({ ...verdicts });
  scope.cancel();
  // A check that is late may still hold something; it sees that the payout ended and lets go.
  both.catch(() => {});
  return decision;
}

/** Waits for a second person; undefined when they agree. */
async function awaitApproval(run: Run, reasons: string[]): Promise<DisburseResult | undefined> {
  const { desk, input } = run;
  const why = `A second person has to agree. ${reasons.join(' ')}`;
  showPayout(desk, 'waiting-approval', 'awaiting-approval', why, true);
  const waitMs = approvalWaitDays * 86_400_000 * input.timeScale;
  const isDecided = await condition(() => desk.decision !== undefined, waitMs);
  const { decision } = desk;
  if (!isDecided || decision === undefined) {
    const detail = payoutWords('nobody-agreed', { days: approvalWaitDays });
    return stop(run, 'expired', 'approval-expired', detail);
  }
  if (decision.kind === 'approve') {
    await records.approvePayout({ ...keyOf(run), approvedBy: decision.input.by });
    decision.verdict = { accepted: true };
    desk.phase = 'sending';
    return undefined;
  }
  return stopAsDecided(run);
}

/** A payout may be called back while it is checked; the last moment is before it is sent. */
async function takeCallBack(run: Run): Promise<DisburseResult | undefined> {
  if (run.desk.decision !== undefined) return stopAsDecided(run);
  run.desk.phase = 'sending';
  return undefined;
}

async function stopAsDecided(run: Run): Promise<DisburseResult> {
  const { decision } = run.desk;
  if (decision === undefined) throw new Error('there is no decision to follow');
  const { by, reason } = decision.input;
  const result =
    decision.kind === 'reject'
      ? await stop(run, 'refused', 'rejected-by-approver', reason ?? payoutWords('rejected'), by)
      : await stop(run, 'cancelled', 'cancelled-by-user', reason ?? payoutWords('called-back'), by);
  decision.verdict = { accepted: true };
  return result;
}

async function stop(
  run: Run,
  to: 'refused' | 'cancelled' | 'expired',
  code: RefusalCode,
  ...[detail, by = 'workflow']: [detail: string, by?: string]
): Promise<DisburseResult> {
  await records.stopPayout({ ...keyOf(run), to, code, detail, by });
  run.desk.status = to;
  showPayoutEnd(to, detail);
  return { status: to, code };
}

/** Sends, and follows the payment to its end. */
async function pay(run: Run): Promise<DisburseResult> {
  showPayout(run.desk, 'sending', 'sending', 'Sending to M-PESA, once.');
  const isSent = await send(run);
  if (!isSent) {
    const detail = payoutWords('unreachable');
    return stop(run, 'refused', 'not-sent', detail);
  }
  return follow(run);
}

const sendTriesMax = 8;

/** True once something may have left us. Tries again only while it is certain that nothing did. */
async function send(run: Run): Promise<boolean> {
  for (let tries = 0; tries < sendTriesMax; tries += 1) {
    try {
      const outcome = await sending.sendPayout(keyOf(run));
      if (outcome.kind !== 'not-sent') return true;
      await sleep(Math.max(outcome.retryAfterMs, notSentWaitMs(tries, run.input.timeScale)));
    } catch (error) {
      // The worker died or the call hung: whether it was sent is for the record to say.
      if (!(error instanceof ActivityFailure)) throw error;
      if (await records.wasSendingBegun(keyOf(run))) return true;
    }
  }
  return false;
}

/** Waits for news, asks where none comes, until the standing is final or a week has passed. */
async function follow(run: Run): Promise<DisburseResult> {
  const { desk, input } = run;
  const sentAtMs = Date.now();
  for (let isFlagged = false; ;) {
    desk.news = 0;
    const standing = await records.settlePayout(keyOf(run));
    if (standing.status === 'paid') {
      desk.status = 'paid';
      showPayoutEnd('paid', `Paid under ${standing.receipt}.`, standing.isDisputed);
      return standing;
    }
    if (standing.status === 'refused') {
      desk.status = 'refused';
      showPayoutEnd('refused', `Not paid: ${standing.code ?? standing.reason}.`);
      return { status: 'refused', code: standing.reason };
    }
    const waitedMs = Date.now() - sentAtMs;
    if (!isFlagged && waitedMs >= attentionAfterMs * input.timeScale) {
      isFlagged = true;
      await records.flagPayout({ ...keyOf(run), needsAttention: true });
    }
    const isAccepted = standing.status === 'accepted';
    const wait = waitBeforeAsking({
      ...{ asked: desk.questions, waitedMs, isAccepted, scale: input.timeScale },
    });
    if (wait === undefined) return giveUp(run);
    const words = isAccepted ? 'M-PESA took it; waiting for the result.' : 'Nobody knows yet.';
    showPayout(desk, 'waiting-result', standing.status, words, isFlagged);
    if (!(await condition(() => desk.news > 0, wait))) await ask(run);
  }
}

/** Asks for the standing; the answer comes as news, so a question that fails costs nothing. */
async function ask(run: Run): Promise<void> {
  run.desk.questions += 1;
  try {
    await asking.askPayoutStatus({ ...keyOf(run), queryId: uuid4() });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}

async function giveUp(run: Run): Promise<DisburseResult> {
  await records.flagPayout({ ...keyOf(run), needsAttention: true });
  showPayoutEnd('unknown', 'M-PESA gave no answer for a week; the statement has to tell.', true);
  return { status: 'unknown' };
}

function keyOf({ input }: Run): PayoutKey {
  const { tenantId, disbursementId } = input;
  return { tenantId, disbursementId };
}

function refusalCodeOf(code: string): RefusalCode {
  const known: readonly RefusalCode[] = [
    'limit-exceeded',
    'insufficient-funds',
    'shortcode-unusable',
    'business-suspended',
    'payee-invalid',
    'fraud-suspected',
    'checks-late',
    'cancelled-by-user',
  ];
  return known.find((candidate) => candidate === code) ?? 'checks-late';
}
