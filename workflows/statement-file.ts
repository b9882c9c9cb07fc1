/**
 * The first half of ingestion: from the stored file to its lines, with every wait for a person that
 * this can need. It answers how the reading ended and posts nothing.
 */
import { condition, proxyActivities } from '@temporalio/workflow';
import type {
  FileSteps,
  MappingProblem,
  PasswordProblem,
  ReadOutcome,
  StatementSteps,
} from '../activities/statement-steps.ts';
import { tellRun } from '../domain/statements/run-phrases.ts';
import { databaseStep, humanWait, inspectFile, parseStatement } from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import { enter, refusal, stepKey, type Ending, type Run } from './statement-run.ts';
import type { PasswordAnswer, MappingAnswer } from './statement-desk.ts';
import type { PasswordVerdict } from './types.ts';

/** Mappings a person may try before the file is refused; it bounds the run's history. */
const mappingTriesMax = 4;

const cage = { taskQueue: queues.statementFiles };
const inspecting = proxyActivities<FileSteps>({ ...inspectFile, ...cage });
const parsing = proxyActivities<FileSteps>({ ...parseStatement, ...cage });
const records = proxyActivities<StatementSteps>(databaseStep);

type Read = Extract<ReadOutcome, { kind: 'read' }>;

/** Unlocks and reads the file, asking for a password or a mapping as often as needed. */
export async function readFile(run: Run): Promise<Read | Ending> {
  let mapping: MappingAnswer | undefined;
  let mappingTries = 0;
  const locked = await unlock(run);
  if (locked !== undefined) return locked;
  for (;;) {
    const outcome = await parse(run, mapping);
    if (outcome.kind === 'read') return outcome;
    if (outcome.kind === 'refused') return refusal(outcome.problem, outcome.detail);
    if (outcome.kind === 'password') {
      const relocked = await askAgain(run, outcome.problem);
      if (relocked !== undefined) return relocked;
      continue;
    }
    if (mappingTries === mappingTriesMax) return refusal(outcome.problem, outcome.detail);
    mappingTries += 1;
    mapping = await askMapping(run, outcome.problem, outcome.detail);
    if (mapping === undefined) return nobodyCame('abandoned', 'a-mapping');
  }
}

async function parse(run: Run, mapping: MappingAnswer | undefined): Promise<ReadOutcome> {
  enter(run, 'reading', 'Reading the file in the parser cage and storing its lines.');
  return parsing.parseStatement({
    ...fileKey(run),
    ...mapping?.input,
  });
}

async function unlock(run: Run): Promise<Ending | undefined> {
  for (;;) {
    enter(run, 'inspecting', 'Looking at what kind of file this is and whether it opens.');
    const inspection = await inspecting.inspectFile(fileKey(run));
    if (inspection.kind === 'readable') {
      settle(takePassword(run), accepted(run));
      return undefined;
    }
    if (inspection.kind === 'refused') return refusal(inspection.problem, inspection.detail);
    const ending = await askPassword(run, inspection.problem);
    if (ending !== undefined) return ending;
  }
}

async function askAgain(run: Run, problem: PasswordProblem): Promise<Ending | undefined> {
  return (await askPassword(run, problem)) ?? (await unlock(run));
}

/** Waits for a new ticket; undefined means that one has come. */
async function askPassword(run: Run, problem: PasswordProblem): Promise<Ending | undefined> {
  const { desk } = run;
  if (problem === 'password-wrong') desk.passwordTriesLeft -= 1;
  const tried = takePassword(run);
  delete run.passwordTicket;
  if (desk.passwordTriesLeft === 0) {
    settle(tried, { accepted: false, problem: 'password-wrong', triesLeft: 0 });
    return refusal('password-wrong', tellRun('no-password-opens'));
  }
  enter(run, 'waiting-password', passwordWords(problem, desk.passwordTriesLeft));
  desk.problem = problem === 'ticket-expired' ? 'password-needed' : problem;
  await records.markWaiting({
    ...stepKey(run),
    waitingFor: 'password',
    problem: desk.problem,
    detail: passwordWords(problem, desk.passwordTriesLeft),
  });
  settle(tried, rejected(run, problem));
  const summary = 'Somebody brings the password';
  if (!(await condition(() => desk.password !== undefined, humanWait, { summary }))) {
    return nobodyCame('password-expired', 'the-password');
  }
  desk.problem = null;
  if (desk.password !== undefined) run.passwordTicket = desk.password.input.passwordTicket;
  return undefined;
}

async function askMapping(
  run: Run,
  problem: MappingProblem,
  detail: string,
): Promise<MappingAnswer | undefined> {
  const { desk } = run;
  desk.problem = problem;
  enter(run, 'waiting-mapping', `Waiting for somebody to say what the columns mean. ${detail}`);
  await records.markWaiting({ ...stepKey(run), waitingFor: 'mapping', problem, detail });
  const summary = 'Somebody maps the columns';
  await condition(() => desk.mapping !== undefined, humanWait, { summary });
  const answer = desk.mapping;
  if (answer === undefined) return undefined;
  desk.problem = null;
  enter(run, 'reading', 'Reading the file with the given mapping.');
  await records.resumeProcessing(stepKey(run));
  answer.verdict = { accepted: true };
  desk.mapping = undefined;
  return answer;
}

function takePassword(run: Run): PasswordAnswer | undefined {
  const answer = run.desk.password;
  run.desk.password = undefined;
  return answer;
}

function settle(answer: PasswordAnswer | undefined, verdict: PasswordVerdict): void {
  if (answer !== undefined) answer.verdict = verdict;
}

function accepted(run: Run): PasswordVerdict {
  return { accepted: true, problem: null, triesLeft: run.desk.passwordTriesLeft };
}

function rejected(run: Run, problem: PasswordProblem): PasswordVerdict {
  const triesLeft = run.desk.passwordTriesLeft;
  const shown = problem === 'ticket-expired' ? 'ticket-expired' : 'password-wrong';
  return { accepted: false, problem: shown, triesLeft };
}

function passwordWords(problem: PasswordProblem, triesLeft: number): string {
  if (problem === 'password-needed') return tellRun('password-needed');
  if (problem === 'ticket-expired') return tellRun('password-gone');
  if (triesLeft === 1) return tellRun('one-try-left');
  return tellRun('tries-left', { tries: triesLeft });
}

function nobodyCame(
  problem: 'password-expired' | 'abandoned',
  what: 'the-password' | 'a-mapping',
): Ending {
  const detail = tellRun('nobody-came', { what: tellRun(what), wait: humanWait });
  return { kind: 'abandoned', problem, detail, cause: 'expired' };
}

function fileKey(run: Run) {
  const { uploadId } = run.input;
  const ticket = run.passwordTicket;
  return {
    ...stepKey(run),
    uploadId,
    ...(ticket === undefined ? {} : { passwordTicket: ticket }),
  };
}
