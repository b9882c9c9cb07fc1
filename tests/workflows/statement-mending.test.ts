import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../temporal/policies.ts';
import { aMending, openStage, smoothSteps, type Stage, type Steps } from '../support/temporal.ts';

describe.each([
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task', maxCachedWorkflows: 0 },
])('mendStatement, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });
  afterAll(() => stage.close());

  async function begin(steps: Partial<Steps> = {}) {
    stage.calls.length = 0;
    stage.steps = { ...smoothSteps(), ...steps };
    const start = aMending();
    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    return { start, handle: stage.env.client.workflow.getHandle(start.workflowId) };
  }

  test('rows are taken in once and the run says how many', async () => {
    const { start, handle } = await begin();

    expect(await handle.result()).toEqual({
      ...{ status: 'taken-in', mendedCount: 2, skippedCount: 1, rejectCount: 0 },
      verdict: 'proven',
    });
    expect(stage.calls).toEqual(['takeInMended']);
    expect(await stage.gateway.start(start)).toEqual({ kind: 'already-started' });
  });

  test('a statement that takes no rows any more is an answer, not a failure', async () => {
    const { handle } = await begin({
      takeInMended: async () => ({ kind: 'refused', detail: 'It was refused.' }),
    });

    expect(await handle.result()).toEqual({ status: 'refused', detail: 'It was refused.' });
  });

  test('a run that cannot go on marks its operation and fails', async () => {
    const { handle } = await begin({
      takeInMended: async () => {
        throw ApplicationFailure.create({ type: failureTypes.bug, nonRetryable: true });
      },
    });

    await expect(handle.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect(stage.calls).toContain('failMending');
  });
});
