import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { id } from '../../domain/ids.ts';
import type { ColumnMapping } from '../../domain/statements/terms.ts';
import { failureTypes } from '../../temporal/policies.ts';
import type { IngestState, IngestStatementResult } from '../../workflows/types.ts';
import { aStatement, openStage, type Stage, type Steps } from '../support/temporal.ts';
import { until } from '../support/until.ts';

jest.setTimeout(15_000);

const finance = id('user', randomUUID());

const mapping: ColumnMapping = {
  headerRow: 0,
  delimiter: ',',
  dateOrder: 'day-first',
  columns: { completionTime: 'Date', details: 'Narration', amount: 'Amount' },
  signRule: 'negative-is-out',
};

/** Every step succeeds at once and the categorizer is done when first asked. */
function smooth(): Steps {
  return {
    inspectFile: async () => ({ kind: 'readable' }),
    parseStatement: async () => ({ kind: 'read', rowCount: 3, rejectCount: 0 }),
    forgetPassword: async () => {},
    markWaiting: async () => {},
    resumeProcessing: async () => {},
    recordApproval: async () => {},
    proveStatement: async () => ({ verdict: 'proven', rowCount: 3, rejectCount: 0, detail: '' }),
    postStatement: async () => ({ newRowCount: 3, knownRowCount: 0 }),
    checkCategorised: async () => {},
    finishStatement: async () => ({ categorisedCount: 3 }),
    refuseStatement: async () => {},
    abandonStatement: async () => {},
    failStatement: async () => {},
    reverseTransactions: async () => ({ reversedCount: 3, keptCount: 0 }),
    finishUndo: async () => {},
    failUndo: async () => {},
  };
}

/** A file that opens with the ticket `right` only. */
function locked(): Pick<Steps, 'inspectFile'> {
  return {
    inspectFile: async ({ passwordTicket }) => {
      if (passwordTicket === 'right') return { kind: 'readable' };
      const problem = passwordTicket === undefined ? 'password-needed' : 'password-wrong';
      return { kind: 'password', problem };
    },
  };
}

const needsReview: Pick<Steps, 'proveStatement'> = {
  proveStatement: async () => ({
    verdict: 'needsReview',
    rowCount: 3,
    rejectCount: 1,
    detail: 'The printed total differs by KES 10.00.',
  }),
};

describe.each([
  { mode: 'kept in the worker', maxCachedWorkflows: 100 },
  { mode: 'replayed on every task, as after a worker restart', maxCachedWorkflows: 0 },
])('ingestStatement, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });

  afterAll(async () => {
    await stage.close();
  });

  beforeEach(() => {
    stage.calls.length = 0;
    stage.steps = smooth();
  });

  async function begin(steps: Partial<Steps> = {}, passwordTicket?: string) {
    stage.steps = { ...smooth(), ...steps };
    const { start } = aStatement(passwordTicket === undefined ? {} : { passwordTicket });
    expect(await stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    const handle = stage.env.client.workflow.getHandle(start.workflowId);
    return {
      workflowId: start.workflowId,
      handle,
      result: (): Promise<IngestStatementResult> => handle.result(),
      phase: async () => (await handle.query<IngestState>('state')).phase,
    };
  }

  type Begun = Awaited<ReturnType<typeof begin>>;

  const reaches = (run: Begun, phase: string) => until(async () => (await run.phase()) === phase);

  const bring = (run: Begun, passwordTicket: string) =>
    stage.gateway.providePassword(
      { workflowId: run.workflowId, requestId: randomUUID() },
      { passwordTicket },
    );

  const decide = (run: Begun, decision: 'post' | 'refuse') =>
    stage.gateway.reviewStatement(
      { workflowId: run.workflowId, requestId: randomUUID() },
      { decision, decidedBy: finance },
    );

  const map = (run: Begun) =>
    stage.gateway.provideMapping(
      { workflowId: run.workflowId, requestId: randomUUID() },
      { mapping },
    );

  test('a clean file is read, proved, posted and categorised', async () => {
    const run = await begin();

    expect(await run.result()).toEqual({
      status: 'posted',
      verdict: 'proven',
      rowCount: 3,
      rejectCount: 0,
      newRowCount: 3,
      categorisedCount: 3,
    });
    expect(stage.calls).toEqual([
      'inspectFile',
      'parseStatement',
      'proveStatement',
      'postStatement',
      'checkCategorised',
      'finishStatement',
    ]);
  });

  const pending: Pick<Steps, 'checkCategorised'> = {
    checkCategorised: async () => {
      const type = failureTypes.categoriesPending;
      throw ApplicationFailure.create({ type, message: 'not yet', category: 'BENIGN' });
    },
  };

  test('a signal that never comes is replaced by asking, and a long wait stays short', async () => {
    let asked = 0;
    const run = await begin({
      checkCategorised: async (input) => {
        asked += 1;
        if (asked < 40) await pending.checkCategorised(input);
      },
    });

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(asked).toBe(40);
    expect((await run.handle.fetchHistory()).events?.length).toBeLessThan(60);
  });

  test('a password that came with the upload is forgotten once the file is read', async () => {
    const forgotten: string[] = [];
    const forgetPassword: Steps['forgetPassword'] = async ({ passwordTicket }) => {
      forgotten.push(passwordTicket);
    };
    const run = await begin({ ...locked(), forgetPassword }, 'right');

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(forgotten).toEqual(['right']);
    expect(stage.calls.indexOf('forgetPassword')).toBeLessThan(
      stage.calls.indexOf('postStatement'),
    );
  });

  test('a missing password is waited for, a wrong one is told so, the right one goes on', async () => {
    const run = await begin(locked());
    await reaches(run, 'waiting-password');

    const wrong = await bring(run, 'wrong');
    const right = await bring(run, 'right');

    expect(wrong).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'password-wrong', triesLeft: 4 },
    });
    expect(right).toMatchObject({ kind: 'answered', verdict: { accepted: true } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });

  test('a password sent twice with one request id counts as one try', async () => {
    const run = await begin(locked());
    await reaches(run, 'waiting-password');
    const target = { workflowId: run.workflowId, requestId: randomUUID() };

    const first = await stage.gateway.providePassword(target, { passwordTicket: 'wrong' });
    const again = await stage.gateway.providePassword(target, { passwordTicket: 'wrong' });

    expect(again).toEqual(first);
    expect((await run.handle.query<IngestState>('state')).passwordTriesLeft).toBe(4);
    await bring(run, 'right');
    await run.result();
  });

  test('the fifth wrong password refuses the statement', async () => {
    const run = await begin(locked());
    await reaches(run, 'waiting-password');

    for (let triesLeft = 4; triesLeft >= 0; triesLeft -= 1) {
      expect(await bring(run, 'wrong')).toMatchObject({ verdict: { accepted: false, triesLeft } });
    }

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'password-wrong' });
    expect(stage.calls).not.toContain('parseStatement');
    expect(await bring(run, 'right')).toEqual({ kind: 'closed' });
  });

  test('a password nobody brings within seven days abandons the statement', async () => {
    const run = await begin(locked());

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'password-expired' });
    expect(stage.calls).toContain('abandonStatement');
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a ticket lost before reading asks for the password again without costing a try', async () => {
    let reads = 0;
    const run = await begin(
      {
        ...locked(),
        parseStatement: async () => {
          reads += 1;
          if (reads === 1) return { kind: 'password', problem: 'ticket-expired' };
          return { kind: 'read', rowCount: 3, rejectCount: 0 };
        },
      },
      'right',
    );
    await reaches(run, 'waiting-password');

    expect(await bring(run, 'right')).toMatchObject({ verdict: { accepted: true, triesLeft: 5 } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });

  test('a foreign file waits for a mapping and is read with it', async () => {
    const mappings: unknown[] = [];
    const run = await begin({
      parseStatement: async (input) => {
        mappings.push(input.mapping);
        if (input.mapping) return { kind: 'read', rowCount: 3, rejectCount: 0 };
        return { kind: 'mapping', problem: 'mapping-needed', detail: 'Unknown columns.' };
      },
    });
    await reaches(run, 'waiting-mapping');

    expect(await map(run)).toEqual({ kind: 'answered', verdict: { accepted: true } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(mappings).toEqual([undefined, mapping]);
    expect(stage.calls).toContain('resumeProcessing');
  });

  test('a mapping that never fits refuses the file after five readings', async () => {
    const run = await begin({
      parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: 'No fit.' }),
    });

    for (let tries = 0; tries < 4; tries += 1) {
      await reaches(run, 'waiting-mapping');
      expect(await map(run)).toMatchObject({ kind: 'answered' });
    }

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'columns' });
    expect((await run.handle.fetchHistory()).events?.length).toBeLessThan(200);
  });

  test('a mapping nobody brings within seven days abandons the statement', async () => {
    const run = await begin({
      parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: 'No fit.' }),
    });

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'abandoned' });
  });

  test('a doubtful proof is posted only after a person says so', async () => {
    const run = await begin(needsReview);
    await reaches(run, 'waiting-review');
    expect(stage.calls).not.toContain('postStatement');

    expect(await decide(run, 'post')).toEqual({
      kind: 'answered',
      verdict: { accepted: true, decision: 'post' },
    });

    expect(await run.result()).toMatchObject({ status: 'posted', verdict: 'needsReview' });
    expect(stage.calls.indexOf('recordApproval')).toBeLessThan(
      stage.calls.indexOf('postStatement'),
    );
  });

  test('a doubtful proof that a person refuses posts nothing', async () => {
    const run = await begin(needsReview);
    await reaches(run, 'waiting-review');

    expect(await decide(run, 'refuse')).toMatchObject({ verdict: { decision: 'refuse' } });

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'review-refused' });
    expect(stage.calls).toContain('refuseStatement');
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a doubtful proof nobody decides on within seven days is abandoned', async () => {
    const run = await begin(needsReview);

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'abandoned' });
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a refused proof ends the run as completed, not as failed', async () => {
    const run = await begin({
      proveStatement: async () => ({
        verdict: 'refused',
        rowCount: 0,
        rejectCount: 4,
        detail: 'No row could be read.',
      }),
    });

    expect(await run.result()).toEqual({
      status: 'refused',
      problem: 'proof-failed',
      detail: 'No row could be read.',
    });
    expect((await run.handle.describe()).status.name).toBe('COMPLETED');
  });

  test('a file the reader refuses ends with its problem', async () => {
    const run = await begin({
      inspectFile: async () => ({
        kind: 'refused',
        problem: 'malformed-pdf',
        detail: 'The file is damaged.',
      }),
    });

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'malformed-pdf' });
  });

  test('a step that can never succeed fails the run and marks the statement', async () => {
    const marks: unknown[] = [];
    const run = await begin({
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
    const run = await begin({
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
    const run = await begin({
      proveStatement: async () => {
        tries += 1;
        if (tries < 20) throw new Error('connection refused');
        return { verdict: 'proven', rowCount: 3, rejectCount: 0, detail: '' };
      },
    });

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(tries).toBe(20);
  });

  test.each([
    { phase: 'waiting-password', steps: locked() },
    {
      phase: 'waiting-mapping',
      steps: {
        parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: '' }) as const,
      },
    },
    { phase: 'waiting-review', steps: needsReview },
  ])('a run cancelled while $phase ends as abandoned with nothing posted', async (given) => {
    const abandoned: unknown[] = [];
    const run = await begin({
      ...given.steps,
      abandonStatement: async (input) => {
        abandoned.push(input.cause);
      },
    });
    await reaches(run, given.phase);

    expect(await stage.gateway.cancel(run.workflowId)).toBe('delivered');

    await expect(run.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect((await run.handle.describe()).status.name).toBe('CANCELLED');
    expect(abandoned).toEqual(['cancelled']);
    expect(stage.calls).not.toContain('postStatement');
  });

  test.each(['inspectFile', 'parseStatement', 'proveStatement'] as const)(
    'a run cancelled during %s posts nothing',
    async (name) => {
      const door = Promise.withResolvers<void>();
      const steps = smooth();
      const run = await begin({
        [name]: async (input: never) => {
          await door.promise;
          return steps[name](input);
        },
      });
      await until(() => stage.calls.includes(name));

      await stage.gateway.cancel(run.workflowId);
      await until(() => isStepAskedToStop(run));
      door.resolve();

      await expect(run.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
      expect(stage.calls).toContain('abandonStatement');
      expect(stage.calls).not.toContain('postStatement');
    },
  );

  async function isStepAskedToStop(run: Begun): Promise<boolean> {
    const { events } = await run.handle.fetchHistory();
    return (events ?? []).some((event) => event.activityTaskCancelRequestedEventAttributes);
  }

  test('a run cancelled while posting finishes posting', async () => {
    const door = Promise.withResolvers<void>();
    const run = await begin({
      postStatement: async () => {
        await door.promise;
        return { newRowCount: 3, knownRowCount: 0 };
      },
    });
    await until(() => stage.calls.includes('postStatement'));

    await stage.gateway.cancel(run.workflowId);
    door.resolve();

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(stage.calls).not.toContain('abandonStatement');
  });

  test("the categorizer's signal ends the wait", async () => {
    const run = await begin(pending);
    await until(() => stage.calls.includes('checkCategorised'));

    const told = await stage.gateway.signalCategorised(run.workflowId, { categorisedCount: 3 });

    expect(told).toBe('delivered');
    expect(await run.result()).toMatchObject({ status: 'posted', categorisedCount: 3 });
  });

  test('a signal that comes before posting ends is not lost', async () => {
    const door = Promise.withResolvers<void>();
    const run = await begin({
      ...pending,
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

  test('a statement without new rows waits for nobody', async () => {
    const run = await begin({
      postStatement: async () => ({ newRowCount: 0, knownRowCount: 3 }),
    });

    expect(await run.result()).toMatchObject({ status: 'posted', newRowCount: 0 });
    expect(stage.calls).not.toContain('checkCategorised');
  });

  test('an answer nobody asked for is refused and changes nothing', async () => {
    const run = await begin(needsReview);
    await reaches(run, 'waiting-review');

    expect(await bring(run, 'right')).toEqual({ kind: 'not-waiting' });
    expect(await map(run)).toEqual({ kind: 'not-waiting' });

    await decide(run, 'post');
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });

  test('the same file is never worked on by two runs', async () => {
    stage.steps = { ...smooth(), ...needsReview };
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
