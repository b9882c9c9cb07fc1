/**
 * A collection by STK push: one attempt to prompt the phone, then a wait for whatever tells how it
 * ended: the provider's callback, our own questions, the confirmation of the payment or a statement.
 * Silence is never failure: it ends as unresolved and is handed to reconciliation. A "no" completes
 * the run; only a fault that outlives every retry fails it.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { PushOutcome, Standing } from '../activities/collection-steps.ts';
import { collectionWords } from '../domain/collections/phrases.ts';
import { scaled, waitLadder, type WaitStep } from '../domain/collections/wait-ladder.ts';
import { witnessed } from './collection-messages.ts';
import {
  asking,
  keyOf,
  openCollectionRun,
  records,
  sending,
  show,
  showPrompt,
  type CollectionRun,
} from './collection-run.ts';
import type {
  CollectBatchInput,
  CollectBatchResult,
  CollectByStkInput,
  CollectionResult,
  ConfirmPaymentInput,
  ConfirmPaymentResult,
  LateCollectionInput,
} from './collection-types.ts';

/** How long a push that provably was not sent is tried again before it is given up. */
const unsentPatienceMs = 120_000;
/** Attempts whose worker died or whose database was away; the row says whether anything was sent. */
const crashesMax = 60;

/** Runs one collection; the id is `collection/{tenant}/{collectionId}`. */
export async function collectByStk(input: CollectByStkInput): Promise<CollectionResult> {
  const run = openCollectionRun(input);
  try {
    run.end = await collect(run);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    run.end = await CancellationScope.nonCancellable(() => giveUp(run, 'operator'));
  }
  run.state.phase = 'closed';
  show(run.end.status, run.end.words, run.end.isOpen);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return { status: run.end.status, code: run.end.code };
}

async function collect(run: CollectionRun): Promise<Standing> {
  const ended = await push(run);
  return ended ?? followUp(run);
}

/** Sends the push at most once; a standing means that it ended here. */
async function push(run: CollectionRun): Promise<Standing | undefined> {
  const beganMs = Date.now();
  for (let crashes = 0; ;) {
    if (run.cancelledBy !== undefined) return giveUp(run, run.cancelledBy);
    const outcome = await sendOnce(run);
    switch (outcome.kind) {
      case 'overtaken':
      case 'silent':
        run.acceptance = { kind: 'silent' };
        return undefined;
      case 'prompted':
        if (outcome.unsaved) await records.savePrompt({ ...keyOf(run), ...outcome.unsaved });
        run.acceptance = { kind: 'prompted', customerMessage: outcome.customerMessage };
        return undefined;
      case 'refused':
        return refuse(run, outcome);
      case 'ended':
        return settle(run);
      case 'not-sent': {
        const isOver = Date.now() - beganMs > scaled(unsentPatienceMs, run.input.timeScale);
        if (isOver) return refuse(run, awayWords(outcome.cause));
        await pause(run, Math.max(outcome.retryAfterMs, 500));
        break;
      }
      case 'crashed':
        crashes += 1;
        if (crashes > crashesMax) throw outcome.error;
        await pause(run, Math.min(30_000, 250 * 2 ** Math.min(crashes, 7)));
    }
  }
}

type SendOutcome = PushOutcome | { kind: 'overtaken' } | { kind: 'crashed'; error: unknown };

/** The attempt, unless its own callback is quicker than its answer. */
async function sendOnce(run: CollectionRun): Promise<SendOutcome> {
  const attempt: Promise<SendOutcome> = sending.sendStkPush(keyOf(run)).catch((error: unknown) => {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { kind: 'crashed' as const, error };
  });
  const overtaken = condition(() => run.hasNews).then(() => ({ kind: 'overtaken' as const }));
  return Promise.race([attempt, overtaken]);
}

async function pause(run: CollectionRun, milliseconds: number): Promise<void> {
  await condition(() => run.cancelledBy !== undefined, milliseconds);
}

async function refuse(
  run: CollectionRun,
  refusal: { code: string; words: string },
): Promise<Standing> {
  const { code, words } = refusal;
  const end = await records.endUnpaid({
    ...{ ...keyOf(run), code, words },
    status: 'refused',
    actor: 'service:payments',
  });
  run.acceptance = { kind: 'refused', code, words };
  return end;
}

function awayWords(cause: string) {
  return { code: cause, words: collectionWords('unreachable') };
}

/** Waits for word of the push, asks where none comes, and hands over what stays silent. */
async function followUp(run: CollectionRun): Promise<Standing> {
  run.state.phase = 'waiting';
  showPrompt(run);
  const sentMs = Date.now();
  let standing: Standing | undefined;
  for (const step of waitLadder(run.input.timeScale)) {
    standing = (await listenUntil(run, sentMs + step.atMs)) ?? (await act(run, step));
    if (standing !== undefined && !standing.isOpen) return standing;
  }
  return standing ?? settle(run);
}

/** Settles on every word until the time is up; a standing means that it ended. */
async function listenUntil(run: CollectionRun, untilMs: number): Promise<Standing | undefined> {
  for (;;) {
    if (run.cancelledBy !== undefined) return giveUp(run, run.cancelledBy);
    if (run.hasNews) {
      const standing = await settle(run);
      if (!standing.isOpen) return standing;
      continue;
    }
    const leftMs = untilMs - Date.now();
    if (leftMs <= 0) return undefined;
    await condition(() => run.hasNews || run.cancelledBy !== undefined, leftMs);
  }
}

async function act(run: CollectionRun, { act: deed }: WaitStep): Promise<Standing | undefined> {
  switch (deed) {
    case 'query':
    case 'recheck':
      await ask(run);
      return settle(run);
    case 'mark-unresolved':
      await records.markUnresolved(keyOf(run));
      run.state.phase = 'unresolved';
      show(
        'unknown',
        'M-PESA has not said how this ended. It is asked again, more and more rarely.',
      );
      return undefined;
    case 'hand-over': {
      await records.handOver(keyOf(run));
      return settle(run);
    }
  }
}

/** Asks the provider; a word that arrives meanwhile is not kept waiting. */
async function ask(run: CollectionRun): Promise<void> {
  run.state.asked += 1;
  const asked = asking.askAboutPush(keyOf(run)).catch((error: unknown) => {
    // Every question is followed by another one; what fails now is asked then.
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  });
  await Promise.race([asked, condition(() => run.hasNews)]);
}

async function settle(run: CollectionRun): Promise<Standing> {
  run.hasNews = false;
  return records.settleCollection({ ...keyOf(run), workflowId: workflowInfo().workflowId });
}

/** A prompt cannot be called back, so the provider is asked once more before the wait ends. */
async function giveUp(run: CollectionRun, actor: string): Promise<Standing> {
  if (run.state.phase !== 'sending' || run.acceptance !== undefined) await ask(run);
  const standing = await settle(run);
  if (!standing.isOpen) return standing;
  const words = collectionWords('cancelled');
  return records.endUnpaid({ ...keyOf(run), status: 'cancelled', code: 'cancelled', words, actor });
}

/** Settles what was said after the run had ended; the id is `collection-late/{tenant}/{witnessId}`. */
export async function lateCollection(input: LateCollectionInput): Promise<CollectionResult> {
  const { tenantId, collectionId } = input;
  const { workflowId } = workflowInfo();
  const standing = await records.settleCollection({ tenantId, collectionId, workflowId });
  show(standing.status, standing.words);
  return { status: standing.status, code: standing.code };
}

/** Finds out whose money has arrived; the id is `c2b/{tenant}/{receivedPaymentId}`. */
export async function confirmPayment(input: ConfirmPaymentInput): Promise<ConfirmPaymentResult> {
  const { workflowId } = workflowInfo();
  let found = await records.allocateReceived({ ...input, workflowId, isLastTry: false });
  if (found.outcome === 'wait') {
    show('waiting', 'Several pushes fit this payment; their callbacks will tell which it is.');
    await sleep(found.afterMs);
    found = await records.allocateReceived({ ...input, workflowId, isLastTry: true });
  }
  if (found.outcome === 'linked') await tellCollection(found.collectionWorkflowId, found.witnessId);
  const outcome = found.outcome === 'wait' ? 'desk' : found.outcome;
  show(outcome, arrivalWords[outcome], outcome === 'desk');
  return { outcome };
}

const arrivalWords = {
  linked: 'This is the money of a collection; it was credited there.',
  allocated: 'The account reference was recognised; the money is allocated.',
  desk: 'Nobody was recognised by the reference: a person decides at the desk.',
};

/** Ends its wait early; one that has ended needs no telling. */
async function tellCollection(workflowId: string, witnessId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(witnessed, { witnessId });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

/** Rows per step: enough to keep the provider's rate busy, few enough to stop soon. */
const batchRows = 40;

/** Starts the collections of a batch, a few seconds' worth at a time. */
export async function collectBatch(input: CollectBatchInput): Promise<CollectBatchResult> {
  const { tenantId, batchId, timeScale } = input;
  let startedCount = 0;
  show('running', 'Prompting the phones of the batch.');
  for (;;) {
    const step = await records.startBatchRows({ tenantId, batchId, limit: batchRows });
    startedCount += step.startedCount;
    if (step.isDone) break;
    await sleep(scaled(5_000, timeScale));
  }
  show('done', `${startedCount} collections were started.`);
  return { startedCount };
}
