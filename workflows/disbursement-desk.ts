/**
 * Where people's decisions and the provider's news arrive during a payout or a batch. A handler puts
 * the decision on the desk and waits until the process has taken it.
 */
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../temporal/policies.ts';
import { approve, callBack, payoutState, reject, resulted } from './disbursement-messages.ts';
import type { DecideInput, DecideVerdict, PayoutState } from './disbursement-types.ts';

export type DecisionKind = 'approve' | 'reject' | 'callBack';

export interface Decision {
  kind: DecisionKind;
  input: DecideInput;
  verdict: DecideVerdict | undefined;
}

export interface PayoutDesk extends PayoutState {
  /** A decision the process has not answered yet. */
  decision: Decision | undefined;
  /** News the process has not looked at yet. */
  news: number;
}

/** Registers every handler. Call it before the first await, so that no early message is lost. */
export function openPayoutDesk(): PayoutDesk {
  const desk: PayoutDesk = {
    phase: 'checking',
    status: 'requested',
    questions: 0,
    decision: undefined,
    news: 0,
  };
  setHandler(payoutState, () => {
    const { phase, status, questions } = desk;
    return { phase, status, questions };
  });
  setHandler(resulted, () => {
    desk.news += 1;
  });
  const deciding = (kind: DecisionKind) => (input: DecideInput) => receive(desk, kind, input);
  const waiting = (input: DecideInput) => requireWaiting(desk, input, ['waiting-approval']);
  setHandler(approve, deciding('approve'), { validator: waiting });
  setHandler(reject, deciding('reject'), { validator: waiting });
  setHandler(callBack, deciding('callBack'), {
    validator: (input) => requireWaiting(desk, input, ['checking', 'waiting-approval']),
  });
  return desk;
}

async function receive(
  desk: PayoutDesk,
  kind: DecisionKind,
  input: DecideInput,
): Promise<DecideVerdict> {
  const decision: Decision = { kind, input, verdict: undefined };
  desk.decision = decision;
  await condition(() => decision.verdict !== undefined || isPast(desk));
  return decision.verdict ?? { accepted: false, problem: 'closed' };
}

/** Once it is being sent or has ended, nothing that was decided before can still count. */
function isPast({ phase }: PayoutDesk): boolean {
  return !['checking', 'waiting-approval'].includes(phase);
}

function requireWaiting(
  desk: PayoutDesk,
  input: DecideInput,
  phases: readonly PayoutState['phase'][],
): void {
  if (typeof input?.by !== 'string' || input.by === '') {
    throw refusal(failureTypes.inputInvalid, 'The decision does not say whose it is.');
  }
  if (phases.includes(desk.phase) && desk.decision === undefined) return;
  throw refusal(failureTypes.notWaiting, 'It is not waiting for this decision now.');
}

function refusal(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
