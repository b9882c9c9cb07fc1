/**
 * Statement ingestion: read the file, prove it, let a person decide where the proof is not whole,
 * post its rows, wait for their categories. A "no" of the business completes the run; only what a
 * human must look at fails it. It can be cancelled until posting begins, never in the middle of it.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { Posting, Proof, StatementSteps } from '../activities/statement-steps.ts';
import { tellRun } from '../domain/statements/run-phrases.ts';
import { awaitCategories, databaseBatch, databaseStep, humanWait } from '../temporal/policies.ts';
import { openDesk, type ReviewAnswer } from './statement-desk.ts';
import { readFile } from './statement-file.ts';
import { enter, refusal, showEnd, stepKey, type Ending, type Run } from './statement-run.ts';
import type { IngestStatementInput, IngestStatementResult } from './types.ts';

const records = proxyActivities<StatementSteps>(databaseStep);
const batches = proxyActivities<StatementSteps>(databaseBatch);
const waits = proxyActivities<StatementSteps>(awaitCategories);

/** Runs one statement from the stored file to its end; the id is `statement/{tenant}/{sha256}`. */
export async function ingestStatement(input: IngestStatementInput): Promise<IngestStatementResult> {
  const run: Run = { input, desk: openDesk(), ...ticketOf(input) };
  try {
    return await ingest(run);
  } catch (error) {
    await CancellationScope.nonCancellable(() => recordStop(run, error));
    throw error;
  } finally {
    run.desk.phase = 'closed';
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }
}

async function ingest(run: Run): Promise<IngestStatementResult> {
  const read = await readFile(run);
  await forgetPassword(run);
  if (read.kind !== 'read') return end(run, read);
  enter(run, 'proving', 'Proving the rows against what the file prints about itself.');
  const proof = await records.proveStatement(stepKey(run));
  if (proof.verdict === 'refused') return end(run, refusal('proof-failed', proof.detail));
  const why = reasonForReview(run, proof);
  const ending = why === undefined ? undefined : await review(run, why);
  if (ending !== undefined) return end(run, ending);
  stopIfCancelled();
  return CancellationScope.nonCancellable(() => post(run, proof));
}

/** Why a person has to decide; undefined when the proof is enough. */
function reasonForReview({ input }: Run, { verdict, detail }: Proof): string | undefined {
  if (verdict === 'needsReview') return detail;
  if (input.flags?.['review-every-statement'] !== true) return undefined;
  return tellRun('every-one-reviewed');
}

/** Waits for a person's decision; undefined means "post it". */
async function review(run: Run, detail: string): Promise<Ending | undefined> {
  const { desk } = run;
  enter(run, 'waiting-review', `Waiting for a decision. ${detail}`);
  const wait = { waitingFor: 'review', problem: 'needs-review', detail } as const;
  await records.markWaiting({ ...stepKey(run), ...wait });
  const summary = 'Somebody decides whether to post';
  await condition(() => desk.review !== undefined, humanWait, { summary });
  const answer = desk.review;
  if (answer === undefined) return undecided();
  const { decision, decidedBy, reason } = answer.input;
  if (decision === 'refuse') {
    const detail = reason ?? tellRun('refused-after-review');
    return { kind: 'refused', problem: 'review-refused', detail, decidedBy };
  }
  const why = reason === undefined ? {} : { reason };
  await records.recordApproval({ ...stepKey(run), decidedBy, ...why });
  answerReview(answer);
  return undefined;
}

async function post(run: Run, proof: Proof): Promise<IngestStatementResult> {
  enter(run, 'posting', `Posting ${proof.rowCount} rows; those already known are not doubled.`);
  const posting = await batches.postStatement(stepKey(run));
  if (posting.newRowCount > 0) await awaitCategorised(run, posting);
  enter(run, 'finishing', 'Writing the result down.');
  const { categorisedCount } = await records.finishStatement(stepKey(run));
  const { newRowCount, knownRowCount } = posting;
  showEnd('posted', `Posted ${newRowCount} new rows; ${knownRowCount} were known before.`);
  const { verdict, rowCount, rejectCount } = { ...proof, ...posting };
  return { status: 'posted', verdict, rowCount, rejectCount, newRowCount, categorisedCount };
}

/** The categorizer's signal ends the wait; asking the database covers a lost signal. */
async function awaitCategorised(run: Run, posting: Posting): Promise<void> {
  enter(run, 'categorising', `Waiting until ${posting.newRowCount} rows have a category.`);
  if (run.desk.isCategorised) return;
  const asking = new CancellationScope();
  const asked = asking.run(() => waits.checkCategorised(stepKey(run)));
  await Promise.race([condition(() => run.desk.isCategorised), asked]);
  asking.cancel();
  await asked.catch(ignoreCancellation);
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

async function end(run: Run, ending: Ending): Promise<IngestStatementResult> {
  const { problem, detail } = ending;
  run.desk.problem = problem;
  if (ending.kind === 'refused') {
    const who = ending.decidedBy === undefined ? {} : { decidedBy: ending.decidedBy };
    await records.refuseStatement({ ...stepKey(run), problem, detail, ...who });
    answerReview(run.desk.review);
    showEnd('refused', `Refused: ${detail}`);
    return { status: 'refused', problem, detail };
  }
  await records.abandonStatement({ ...stepKey(run), problem, detail, cause: ending.cause });
  showEnd('abandoned', detail);
  return { status: 'abandoned', problem: ending.problem, detail };
}

async function recordStop(run: Run, error: unknown): Promise<void> {
  await forgetPassword(run);
  if (isCancellation(error)) {
    const detail = tellRun('stopped');
    const cause = 'cancelled';
    await records.abandonStatement({ ...stepKey(run), problem: 'abandoned', detail, cause });
    showEnd('abandoned', detail);
    return;
  }
  const detail = describe(error);
  await records.failStatement({ ...stepKey(run), problem: 'failed', detail });
  showEnd('failed', `A step failed and somebody must look: ${detail}`, true);
}

async function forgetPassword(run: Run): Promise<void> {
  const { passwordTicket } = run;
  if (passwordTicket === undefined) return;
  delete run.passwordTicket;
  await records.forgetPassword({ tenantId: run.input.tenantId, passwordTicket });
}

/** A cancellation that arrived together with the last answer is honoured before posting begins. */
function stopIfCancelled(): void {
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('Cancelled before posting');
  }
}

function answerReview(answer: ReviewAnswer | undefined): void {
  if (answer !== undefined) answer.verdict = { accepted: true, decision: answer.input.decision };
}

/** The failure type of the step that gave up; its message may quote data, so it stays out. */
function describe(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const step = error instanceof ActivityFailure ? error.activityType : 'the process';
  const type = cause instanceof ApplicationFailure ? cause.type : cause?.constructor.name;
  return tellRun('gave-up', { step, fault: type ?? 'unknown fault' });
}

function undecided(): Ending {
  const detail = tellRun('undecided', { wait: humanWait });
  return { kind: 'abandoned', problem: 'abandoned', detail, cause: 'expired' };
}

function ticketOf(input: IngestStatementInput): Pick<Run, 'passwordTicket'> {
  return input.passwordTicket === undefined ? {} : { passwordTicket: input.passwordTicket };
}
