import { randomUUID } from 'node:crypto';
import {
  doubtfulProof,
  lockedFile,
  openStage,
  someMapping,
  type Stage,
  type Steps,
} from '../support/temporal.ts';
import { beginIngestion, cacheModes } from './ingestion-run.ts';

describe.each(cacheModes)('ingestStatement, $mode', ({ maxCachedWorkflows }) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ maxCachedWorkflows });
  });

  afterAll(async () => {
    await stage.close();
  });

  test('a clean file is read, proved, posted and categorised', async () => {
    const run = await beginIngestion(stage);

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

  test('a password that came with the upload is forgotten once the file is read', async () => {
    const forgotten: string[] = [];
    const forgetPassword: Steps['forgetPassword'] = async ({ passwordTicket }) => {
      forgotten.push(passwordTicket);
    };
    const run = await beginIngestion(
      stage,
      { ...lockedFile(), forgetPassword },
      {
        passwordTicket: 'right',
      },
    );

    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(forgotten).toEqual(['right']);
    expect(stage.calls.indexOf('forgetPassword')).toBeLessThan(
      stage.calls.indexOf('postStatement'),
    );
  });

  test('a missing password is waited for, a wrong one is told so, the right one goes on', async () => {
    const run = await beginIngestion(stage, lockedFile());
    await run.reaches('waiting-password');

    const wrong = await run.bring('wrong');
    const right = await run.bring('right');

    expect(wrong).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'password-wrong', triesLeft: 4 },
    });
    expect(right).toMatchObject({ kind: 'answered', verdict: { accepted: true } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });

  test('a password sent twice with one request id counts as one try', async () => {
    const run = await beginIngestion(stage, lockedFile());
    await run.reaches('waiting-password');
    const target = { workflowId: run.workflowId, requestId: randomUUID() };

    const first = await stage.gateway.providePassword(target, { passwordTicket: 'wrong' });
    const again = await stage.gateway.providePassword(target, { passwordTicket: 'wrong' });

    expect(again).toEqual(first);
    expect((await run.state()).passwordTriesLeft).toBe(4);
    await run.bring('right');
    await run.result();
  });

  test('the fifth wrong password refuses the statement', async () => {
    const run = await beginIngestion(stage, lockedFile());
    await run.reaches('waiting-password');

    for (let triesLeft = 4; triesLeft >= 0; triesLeft -= 1) {
      expect(await run.bring('wrong')).toMatchObject({ verdict: { accepted: false, triesLeft } });
    }

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'password-wrong' });
    expect(stage.calls).not.toContain('parseStatement');
    expect(await run.bring('right')).toEqual({ kind: 'closed' });
  });

  test('a password nobody brings within seven days abandons the statement', async () => {
    const run = await beginIngestion(stage, lockedFile());

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'password-expired' });
    expect(stage.calls).toContain('abandonStatement');
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a ticket lost before reading asks for the password again without costing a try', async () => {
    let reads = 0;
    const run = await beginIngestion(
      stage,
      {
        ...lockedFile(),
        parseStatement: async () => {
          reads += 1;
          if (reads === 1) return { kind: 'password', problem: 'ticket-expired' };
          return { kind: 'read', rowCount: 3, rejectCount: 0 };
        },
      },
      { passwordTicket: 'right' },
    );
    await run.reaches('waiting-password');

    expect(await run.bring('right')).toMatchObject({ verdict: { accepted: true, triesLeft: 5 } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });

  test('a foreign file waits for a mapping and is read with it', async () => {
    const mappings: unknown[] = [];
    const run = await beginIngestion(stage, {
      parseStatement: async (input) => {
        mappings.push(input.mapping);
        if (input.mapping) return { kind: 'read', rowCount: 3, rejectCount: 0 };
        return { kind: 'mapping', problem: 'mapping-needed', detail: 'Unknown columns.' };
      },
    });
    await run.reaches('waiting-mapping');

    expect(await run.map()).toEqual({ kind: 'answered', verdict: { accepted: true } });
    expect(await run.result()).toMatchObject({ status: 'posted' });
    expect(mappings).toEqual([undefined, someMapping]);
    expect(stage.calls).toContain('resumeProcessing');
  });

  test('a mapping that never fits refuses the file after five readings', async () => {
    const run = await beginIngestion(stage, {
      parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: 'No fit.' }),
    });

    for (let tries = 0; tries < 4; tries += 1) {
      await run.reaches('waiting-mapping');
      expect(await run.map()).toMatchObject({ kind: 'answered' });
    }

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'columns' });
    expect((await run.handle.fetchHistory()).events?.length).toBeLessThan(200);
  });

  test('a mapping nobody brings within seven days abandons the statement', async () => {
    const run = await beginIngestion(stage, {
      parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: 'No fit.' }),
    });

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'abandoned' });
  });

  test('a doubtful proof is posted only after a person says so', async () => {
    const run = await beginIngestion(stage, doubtfulProof);
    await run.reaches('waiting-review');
    expect(stage.calls).not.toContain('postStatement');

    expect(await run.decide('post')).toEqual({
      kind: 'answered',
      verdict: { accepted: true, decision: 'post' },
    });

    expect(await run.result()).toMatchObject({ status: 'posted', verdict: 'needsReview' });
    expect(stage.calls.indexOf('recordApproval')).toBeLessThan(
      stage.calls.indexOf('postStatement'),
    );
  });

  test.each([true, false])(
    'a proof without doubt waits for a person where the run was begun so: %s',
    async (isAsked) => {
      const flags = { 'review-every-statement': isAsked };
      const run = await beginIngestion(stage, {}, { flags });
      if (isAsked) {
        await run.reaches('waiting-review');
        expect(stage.calls).not.toContain('postStatement');
        await run.decide('post');
      }

      expect(await run.result()).toMatchObject({ status: 'posted', verdict: 'proven' });
      expect(stage.calls.includes('markWaiting')).toBe(isAsked);
    },
  );

  test('a doubtful proof that a person refuses posts nothing', async () => {
    const run = await beginIngestion(stage, doubtfulProof);
    await run.reaches('waiting-review');

    expect(await run.decide('refuse')).toMatchObject({ verdict: { decision: 'refuse' } });

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'review-refused' });
    expect(stage.calls).toContain('refuseStatement');
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a doubtful proof nobody decides on within seven days is abandoned', async () => {
    const run = await beginIngestion(stage, doubtfulProof);

    expect(await run.result()).toMatchObject({ status: 'abandoned', problem: 'abandoned' });
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a refused proof ends the run as completed, not as failed', async () => {
    const run = await beginIngestion(stage, {
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
    const run = await beginIngestion(stage, {
      inspectFile: async () => ({
        kind: 'refused',
        problem: 'malformed-pdf',
        detail: 'The file is damaged.',
      }),
    });

    expect(await run.result()).toMatchObject({ status: 'refused', problem: 'malformed-pdf' });
  });

  test.each([
    { phase: 'waiting-password', steps: lockedFile() },
    {
      phase: 'waiting-mapping',
      steps: {
        parseStatement: async () => ({ kind: 'mapping', problem: 'columns', detail: '' }) as const,
      },
    },
    { phase: 'waiting-review', steps: doubtfulProof },
  ])('a run cancelled while $phase ends as abandoned with nothing posted', async (given) => {
    const abandoned: unknown[] = [];
    const run = await beginIngestion(stage, {
      ...given.steps,
      abandonStatement: async (input) => {
        abandoned.push(input.cause);
      },
    });
    await run.reaches(given.phase);

    expect(await run.cancel()).toBe('delivered');

    await expect(run.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect((await run.handle.describe()).status.name).toBe('CANCELLED');
    expect(abandoned).toEqual(['cancelled']);
    expect(stage.calls).not.toContain('postStatement');
  });

  test('a statement without new rows waits for nobody', async () => {
    const run = await beginIngestion(stage, {
      postStatement: async () => ({ newRowCount: 0, knownRowCount: 3 }),
    });

    expect(await run.result()).toMatchObject({ status: 'posted', newRowCount: 0 });
    expect(stage.calls).not.toContain('checkCategorised');
  });

  test('an answer nobody asked for is refused and changes nothing', async () => {
    const run = await beginIngestion(stage, doubtfulProof);
    await run.reaches('waiting-review');

    expect(await run.bring('right')).toEqual({ kind: 'not-waiting' });
    expect(await run.map()).toEqual({ kind: 'not-waiting' });

    await run.decide('post');
    expect(await run.result()).toMatchObject({ status: 'posted' });
  });
});
