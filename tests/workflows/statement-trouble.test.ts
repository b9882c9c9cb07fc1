import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../temporal/policies.ts';
import {
  aStatement,
  doubtfulProof,
  openStage,
  smoothSteps,
  type Stage,
} from '../support/temporal.ts';
import { until } from '../support/until.ts';
import { beginIngestion, cacheModes, pendingCategories } from './ingestion-run.ts';

describe.each(cacheModes)('ingestStatement under trouble, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });

  afterAll(async () => {
    await stage.close();
  });

  test('a signal that never comes is replaced by asking, and a long wait stays short', async () => {
    let asked = 0;
    const run = await beginIngestion(stage, {
      checkCategorised: async (input) => {
        asked += 1;
        if (asked < 40) await pendingCategories.checkCategorised(input);
      },
    });

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(asked).toBe(40);
    expect((await run.handle.fetchHistory()).events?.length).toBeLessThan(60);
  });

  test('a step that can never succeed fails the run and marks the statement', async () => {
    const marks: unknown[] = [];
    const run = await beginIngestion(stage, {
      proveStatement: async () => {
        const type = failureTypes.statementInconsistent;
        throw ApplicationFailure.create({ type, message: 'sums differ', nonRetryable: true });
      },
      failStatement: async (input) => {
        marks.push(input);
      },
    });

    await expect(run.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect(marks).toEqual([
      expect.objectContaining({
        problem: 'failed',
        detail: 'proveStatement gave up (Statement.Inconsistent).',
      }),
    ]);
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a reading that fails is tried again for as long as it takes', async () => {
    let tries = 0;
    const run = await beginIngestion(stage, {
      parseStatement: async () => {
        tries += 1;
        if (tries < 12) throw ApplicationFailure.create({ type: failureTypes.parserCrashed });
        return { kind: 'read', rowCount: 3, rejectCount: 0 };
      },
    });

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(tries).toBe(12);
  });

  test('a database step is tried until the database is back', async () => {
    let tries = 0;
    const run = await beginIngestion(stage, {
      proveStatement: async () => {
        tries += 1;
        if (tries < 20) throw new Error('connection refused');
        return { verdict: 'proven', rowCount: 3, rejectCount: 0, detail: '' };
      },
    });

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(tries).toBe(20);
  });

  test.each(['inspectFile', 'parseStatement', 'proveStatement'] as const)(
    'a run cancelled during %s posts nothing',
    async (name) => {
      const door = Promise.withResolvers<void>();
      const steps = smoothSteps();
      const run = await beginIngestion(stage, {
        [name]: async (input: never) => {
          await door.promise;
          return steps[name](input);
        },
      });
      await until(() => stage.calls.includes(name));

      await run.cancel();
      await until(() => run.isStepAskedToStop());
      door.resolve();

      await expect(run.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
      expect(stage.calls).toContain('abandonStatement');
      expect(stage.calls).not.toContain('postStatement');
    },
  );

  test('a run cancelled while posting finishes posting', async () => {
    const door = Promise.withResolvers<void>();
    const run = await beginIngestion(stage, {
      postStatement: async () => {
        await door.promise;
        return { newRowCount: 3, knownRowCount: 0 };
      },
    });
    await until(() => stage.calls.includes('postStatement'));

    await run.cancel();
    door.resolve();

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(stage.calls).not.toContain('abandonStatement');
  });

  test("the categorizer's signal ends the wait", async () => {
    const run = await beginIngestion(stage, pendingCategories);
    await until(() => stage.calls.includes('checkCategorised'));

    const told = await stage.gateway.signalCategorised(run.workflowId, { categorisedCount: 3 });

    expect(told).toBe('delivered');
    expect(await run.result()).toMatchObject({ status: 'posted', categorisedCount: 3 });
  });

  test('a signal that comes before posting ends is not lost', async () => {
    const door = Promise.withResolvers<void>();
    const run = await beginIngestion(stage, {
      ...pendingCategories,
      postStatement: async () => {
        await door.promise;
        return { newRowCount: 3, knownRowCount: 0 };
      },
    });
    await until(() => stage.calls.includes('postStatement'));
    await stage.gateway.signalCategorised(run.workflowId, { categorisedCount: 3 });
    door.resolve();

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(stage.calls).not.toContain('checkCategorised');
  });

  test('the same file is never worked on by two runs', async () => {
    stage.steps = { ...smoothSteps(), ...doubtfulProof };
    const { start } = aStatement();

    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    expect(await stage.gateway.start(start)).toEqual({ kind: 'already-started' });
    const handle = stage.env.client.workflow.getHandle(start.workflowId);
    await until(() => stage.calls.includes('markWaiting'));
    await stage.gateway.cancel(start.workflowId);
    await expect(handle.result()).rejects.toThrow();
    expect(await stage.gateway.start(start)).toEqual({ kind: 'already-started' });
  });
});
