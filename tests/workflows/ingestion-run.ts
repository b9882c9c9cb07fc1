/** One ingestion in a test: its run, and what people and the categorizer can say to it. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { id } from '../../domain/ids.ts';
import { failureTypes } from '../../temporal/policies.ts';
import type {
  IngestState,
  IngestStatementInput,
  IngestStatementResult,
} from '../../workflows/types.ts';
import {
  aStatement,
  smoothSteps,
  someMapping,
  type Stage,
  type Steps,
} from '../support/temporal.ts';
import { until } from '../support/until.ts';

const finance = id('user', randomUUID());

/** The two ways a worker can hold its runs; the second proves that every task replays. */
export const cacheModes = [
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task, as after a worker restart', maxCachedWorkflows: 0 },
];

/** Categories that never come. */
export const pendingCategories: Pick<Steps, 'checkCategorised'> = {
  checkCategorised: async () => {
    const type = failureTypes.categoriesPending;
    throw ApplicationFailure.create({ type, message: 'not yet', category: 'BENIGN' });
  },
};

export type Begun = Awaited<ReturnType<typeof beginIngestion>>;

/** Puts the steps on stage, smooth ones where none are given, and starts a run over them. */
export async function beginIngestion(
  stage: Stage,
  steps: Partial<Steps> = {},
  input: Pick<IngestStatementInput, 'passwordTicket' | 'flags'> = {},
) {
  stage.calls.length = 0;
  stage.steps = { ...smoothSteps(), ...steps };
  const { start } = aStatement(input);
  const { workflowId } = start;
  const outcome = await stage.gateway.start(start);
  if (outcome.kind !== 'started') throw new Error(`the run was not started: ${outcome.kind}`);
  const handle = stage.env.client.workflow.getHandle(workflowId);
  const state = () => handle.query<IngestState>('state');
  let waitsSeen = 0;
  const target = () => ({ workflowId, requestId: randomUUID() });
  return {
    workflowId,
    handle,
    state,
    result: (): Promise<IngestStatementResult> => handle.result(),
    /** The next time it waits for somebody, and for what. */
    async reaches(phase: string) {
      const waited = () => stage.calls.filter((name) => name === 'markWaiting').length;
      await until(() => waited() > waitsSeen);
      waitsSeen += 1;
      await until(async () => ((await handle.describe()).raw.pendingActivities ?? []).length === 0);
      expect((await state()).phase).toBe(phase);
    },
    bring: (ticket: string) => stage.gateway.providePassword(target(), { passwordTicket: ticket }),
    map: () => stage.gateway.provideMapping(target(), { mapping: someMapping }),
    decide: (decision: 'post' | 'refuse') =>
      stage.gateway.reviewStatement(target(), { decision, decidedBy: finance }),
    cancel: () => stage.gateway.cancel(workflowId),
    isStepAskedToStop: async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
    },
  };
}
