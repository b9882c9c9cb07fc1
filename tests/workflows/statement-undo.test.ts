import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../temporal/policies.ts';
import { anUndo, openStage, smoothSteps, type Stage, type Steps } from '../support/temporal.ts';
import { until } from '../support/until.ts';

describe.each([
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task', maxCachedWorkflows: 0 },
])('undoStatement, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });

  afterAll(async () => {
    await stage.close();
  });

  async function begin(steps: Partial<Steps> = {}) {
    stage.calls.length = 0;
    stage.steps = { ...smoothSteps(), ...steps };
    const start = anUndo();
    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    return { start, handle: stage.env.client.workflow.getHandle(start.workflowId) };
  }

  test('rows are reversed, then the end is written down with its counts', async () => {
    const ends: unknown[] = [];
    const { handle } = await begin({
      finishUndo: async (input) => {
        ends.push(input);
      },
    });

    expect(await handle.result()).toEqual({ status: 'undone', reversedCount: 3, keptCount: 1 });
    expect(ends).toEqual([expect.objectContaining({ reversedCount: 3, keptCount: 1 })]);
  });

  test('a cancellation does not stop it half way', async () => {
    const door = Promise.withResolvers<void>();
    const { start, handle } = await begin({
      reverseTransactions: async () => {
        await door.promise;
        return { reversedCount: 3, keptCount: 0 };
      },
    });
    await until(() => stage.calls.includes('reverseTransactions'));

    await stage.gateway.cancel(start.workflowId);
    door.resolve();

    expect(await handle.result()).toMatchObject({ status: 'undone' });
  });

  test('an undo that cannot go on marks its operation, fails, and may be asked for again', async () => {
    const type = failureTypes.statementInconsistent;
    const { start, handle } = await begin({
      reverseTransactions: async () => {
        throw ApplicationFailure.create({ type, message: 'not posted', nonRetryable: true });
      },
    });

    await expect(handle.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect(stage.calls).toContain('failUndo');
    stage.steps = smoothSteps();
    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    expect(await handle.result()).toMatchObject({ status: 'undone' });
    expect(await stage.gateway.start(start)).toEqual({ kind: 'already-started' });
  });
});
