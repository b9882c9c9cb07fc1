/**
 * Where people's answers and the categorizer's word arrive during ingestion. The handlers only put
 * an answer on the desk and wait for the process to take it; the process decides.
 */
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { failureTypes, passwordTriesMax } from '../temporal/policies.ts';
import {
  categorised,
  provideMapping,
  providePassword,
  reviewStatement,
  state,
} from './messages.ts';
import type {
  IngestPhase,
  IngestState,
  MappingVerdict,
  PasswordVerdict,
  ProvideMappingInput,
  ProvidePasswordInput,
  ReviewStatementInput,
  ReviewVerdict,
  StatementProblem,
} from './types.ts';

/** An answer on the desk with the verdict its sender waits for. */
export interface Answer<Input, Verdict> {
  input: Input;
  verdict: Verdict | undefined;
}

export type PasswordAnswer = Answer<ProvidePasswordInput, PasswordVerdict>;
export type MappingAnswer = Answer<ProvideMappingInput, MappingVerdict>;
export type ReviewAnswer = Answer<ReviewStatementInput, ReviewVerdict>;

export interface Desk {
  phase: IngestPhase;
  passwordTriesLeft: number;
  problem: StatementProblem | null;
  password: PasswordAnswer | undefined;
  mapping: MappingAnswer | undefined;
  review: ReviewAnswer | undefined;
  isCategorised: boolean;
}

/** Registers every handler. Call it before the first await, so that no early message is lost. */
export function openDesk(): Desk {
  const desk: Desk = {
    phase: 'received',
    passwordTriesLeft: passwordTriesMax,
    problem: null,
    password: undefined,
    mapping: undefined,
    review: undefined,
    isCategorised: false,
  };
  setHandler(state, () => stateOf(desk));
  setHandler(categorised, () => {
    desk.isCategorised = true;
  });
  setHandler(providePassword, (input) => receivePassword(desk, input), {
    validator: (input) => requirePassword(desk, input),
  });
  setHandler(provideMapping, (input) => receiveMapping(desk, input), {
    validator: (input) => requireMapping(desk, input),
  });
  setHandler(reviewStatement, (input) => receiveReview(desk, input), {
    validator: (input) => requireReview(desk, input),
  });
  return desk;
}

function stateOf(desk: Desk): IngestState {
  const { phase, passwordTriesLeft, problem } = desk;
  return { phase, passwordTriesLeft, problem };
}

async function receivePassword(desk: Desk, input: ProvidePasswordInput): Promise<PasswordVerdict> {
  const answer: PasswordAnswer = { input, verdict: undefined };
  desk.password = answer;
  await condition(() => answer.verdict !== undefined || desk.phase === 'closed');
  const triesLeft = desk.passwordTriesLeft;
  return answer.verdict ?? { accepted: false, problem: 'closed', triesLeft };
}

async function receiveMapping(desk: Desk, input: ProvideMappingInput): Promise<MappingVerdict> {
  const answer: MappingAnswer = { input, verdict: undefined };
  desk.mapping = answer;
  await condition(() => answer.verdict !== undefined || desk.phase === 'closed');
  return answer.verdict ?? { accepted: false, problem: 'closed' };
}

async function receiveReview(desk: Desk, input: ReviewStatementInput): Promise<ReviewVerdict> {
  const answer: ReviewAnswer = { input, verdict: undefined };
  desk.review = answer;
  await condition(() => answer.verdict !== undefined || desk.phase === 'closed');
  return answer.verdict ?? { accepted: false, problem: 'closed' };
}

function requirePassword(desk: Desk, input: ProvidePasswordInput): void {
  requireWaiting(desk.phase === 'waiting-password' && desk.password === undefined, 'a password');
  requireInput(typeof input.passwordTicket === 'string' && input.passwordTicket !== '', 'ticket');
}

function requireMapping(desk: Desk, input: ProvideMappingInput): void {
  requireWaiting(desk.phase === 'waiting-mapping' && desk.mapping === undefined, 'a mapping');
  requireInput(typeof input.mapping?.columns === 'object', 'column mapping');
}

function requireReview(desk: Desk, input: ReviewStatementInput): void {
  requireWaiting(desk.phase === 'waiting-review' && desk.review === undefined, 'a decision');
  requireInput(input.decision === 'post' || input.decision === 'refuse', 'decision');
}

function requireWaiting(isWaiting: boolean, what: string): void {
  if (isWaiting) return;
  throw ApplicationFailure.create({
    type: failureTypes.notWaiting,
    message: `The statement is not waiting for ${what} now.`,
    nonRetryable: true,
  });
}

function requireInput(isValid: boolean, what: string): void {
  if (isValid) return;
  throw ApplicationFailure.create({
    type: failureTypes.inputInvalid,
    message: `The ${what} is missing or malformed.`,
    nonRetryable: true,
  });
}
