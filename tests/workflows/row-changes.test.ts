import { aRowChange, openStage, smoothSteps, type Stage } from '../support/temporal.ts';
import { until } from '../support/until.ts';

describe.each([
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task', maxCachedWorkflows: 0 },
])('changeRows, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });
  afterAll(() => stage.close());

  test('carries a change out and says how many rows follow it', async () => {
    const asked: unknown[] = [];
    stage.steps = {
      ...smoothSteps(),
      carryOutChange: async (input) => {
        asked.push(input);
        return { changedCount: 7_000 };
      },
    };
    const start = aRowChange('take-back');
    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    const handle = stage.env.client.workflow.getHandle(start.workflowId);

    expect(await handle.result()).toEqual({ changedCount: 7_000 });
    expect(asked).toEqual([start.input]);
    expect(await stage.gateway.start(start)).toEqual({ kind: 'already-started' });
  });

  test('a cancellation does not leave it half done', async () => {
    const door = Promise.withResolvers<void>();
    stage.calls.length = 0;
    stage.steps = {
      ...smoothSteps(),
      carryOutChange: async () => {
        await door.promise;
        return { changedCount: 3 };
      },
    };
    const start = aRowChange('apply');
    await stage.gateway.start(start);
    await until(() => stage.calls.includes('carryOutChange'));
    await stage.gateway.cancel(start.workflowId);
    door.resolve();

    const handle = stage.env.client.workflow.getHandle(start.workflowId);
    expect(await handle.result()).toEqual({ changedCount: 3 });
  });
});
