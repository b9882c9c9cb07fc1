import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { MoveSteps } from '../../activities/tenant-steps.ts';
import type {
  ClosingVerdict,
  DecideClosingInput,
  MoveVerdict,
} from '../../workflows/tenant-types.ts';
import {
  aClosing,
  aDownload,
  aMove,
  anExport,
  anImport,
  aSubject,
  openMoveStage,
  smoothMove,
  type MoveStage,
} from '../support/tenant-move-stage.ts';
import { until } from '../support/until.ts';

let on: MoveStage;

beforeAll(async () => {
  on = await openMoveStage();
});
afterAll(() => on.close());

const didReach = (name: keyof MoveSteps) => until(() => on.calls.includes(name));

async function begin(some: Partial<MoveSteps> = {}) {
  on.calls.length = 0;
  on.steps = { ...smoothMove(), ...some };
  const start = aMove();
  expect(await on.stage.gateway.start(start)).toMatchObject({ kind: 'started' });
  const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
  const decide = (decision: string) =>
    on.stage.gateway.ask<MoveVerdict>(
      { workflowId: start.workflowId, requestId: randomUUID() },
      { name: 'decideMove', input: { decision, actor: 'user:test' } },
    );
  return { handle, decide };
}

describe('moveTenant', () => {
  test('copies, freezes, compares, switches and removes the old copy when it is confirmed', async () => {
    const { handle, decide } = await begin();
    await didReach('switchTenant');
    await until(async () => {
      const answer = await decide('confirm');
      return answer.kind === 'answered' && answer.verdict.accepted;
    });
    expect(await handle.result()).toEqual({
      status: 'confirmed',
      rowCount: 12,
      frozenMilliseconds: 40,
    });
    expect(on.calls).toEqual([
      'prepareMove',
      'copyTenant',
      'catchUpMove',
      'freezeTenant',
      'finishCopy',
      'switchTenant',
      'confirmMove',
    ]);
  });

  test('confirms by itself after two weeks without a word', async () => {
    const { handle } = await begin();
    expect(await handle.result()).toMatchObject({ status: 'confirmed' });
  });

  test('goes back when it is asked to, and a second decision is refused', async () => {
    const door = Promise.withResolvers<void>();
    const { handle, decide } = await begin({ rollBackMove: () => door.promise });
    await didReach('switchTenant');
    await until(async () => {
      const answer = await decide('roll-back');
      return answer.kind === 'answered' && answer.verdict.accepted;
    });
    expect(await decide('confirm')).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'decided' },
    });
    door.resolve();
    expect(await handle.result()).toEqual({ status: 'rolled-back' });
    expect(on.calls).not.toContain('confirmMove');
  });

  test('a decision made in the moment before the run knows of the switch is taken', async () => {
    const door = Promise.withResolvers<void>();
    const { handle, decide } = await begin({
      switchTenant: async () => {
        await door.promise;
        return { frozenMilliseconds: 12 };
      },
    });
    await didReach('switchTenant');
    const decided = decide('roll-back');
    // The run holds the decision already, and its own step is still to come back.
    await until(async () =>
      ((await handle.fetchHistory()).events ?? []).some(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      ),
    );
    door.resolve();
    expect(await decided).toEqual({ kind: 'answered', verdict: { accepted: true } });
    expect(await handle.result()).toEqual({ status: 'rolled-back' });
  });

  test('copies that differ let the writers in again, and in the end change nothing', async () => {
    const { handle } = await begin({
      finishCopy: async () => ({ differing: ['accounts'], rowCount: 12 }),
    });
    expect(await handle.result()).toMatchObject({ status: 'abandoned' });
    expect(on.calls.filter((name) => name === 'thawTenant')).toHaveLength(3);
    expect(on.calls).not.toContain('switchTenant');
    expect(on.calls.at(-1)).toBe('abandonMove');
  });

  test('writers are let in again when the comparison takes too long', async () => {
    const slow = ApplicationFailure.create({ message: 'still counting', nonRetryable: false });
    const { handle } = await begin({
      finishCopy: async () => {
        throw slow;
      },
    });
    expect(await handle.result()).toMatchObject({ status: 'abandoned' });
    expect(on.calls).toContain('thawTenant');
  });

  test('a decision before the switch is refused', async () => {
    const door = Promise.withResolvers<void>();
    const { handle, decide } = await begin({
      copyTenant: async () => {
        await door.promise;
        return { rowCount: 1 };
      },
    });
    await didReach('copyTenant');
    expect(await decide('confirm')).toEqual({
      kind: 'answered',
      verdict: { accepted: false, problem: 'not-switched' },
    });
    door.resolve();
    expect(await handle.result()).toMatchObject({ status: 'confirmed' });
  });
});

test('an export is kept for a week after it is sealed, and then removed', async () => {
  on.calls.length = 0;
  const start = anExport();
  const before = await on.stage.env.currentTimeMs();
  expect(await on.stage.gateway.start(start)).toMatchObject({ kind: 'started' });
  const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
  expect(await handle.result()).toEqual({ status: 'expired', rowCount: 12, byteCount: 3_400 });
  expect(on.calls).toEqual(['exportRows', 'exportFiles', 'sealExport', 'expireExport']);
  const days = ((await on.stage.env.currentTimeMs()) - before) / 86_400_000;
  expect(days).toBeGreaterThanOrEqual(7);
});

test('a file is made once, and the run ends when it is ready', async () => {
  on.calls.length = 0;
  const start = aDownload();
  expect(await on.stage.gateway.start(start)).toMatchObject({ kind: 'started' });
  const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
  expect(await handle.result()).toEqual({ status: 'ready', rowCount: 12, byteCount: 3_400 });
  expect(on.calls).toEqual(['writeDownload']);
  expect(await on.stage.gateway.start(start)).toEqual({ kind: 'already-started' });
});

test('an archive that is not sound is not brought in; a sound one is', async () => {
  for (const [verdict, calls, result] of [
    [
      { status: 'refused', refusal: 'altered' },
      ['checkImport'],
      { status: 'refused', refusal: 'altered' },
    ],
    [
      { status: 'sound', rowCount: 12 },
      ['checkImport', 'bringRows', 'settleImport'],
      { status: 'done', rowCount: 12 },
    ],
  ] as const) {
    on.calls.length = 0;
    on.verdict = verdict;
    const start = anImport();
    expect(await on.stage.gateway.start(start)).toMatchObject({ kind: 'started' });
    const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
    expect(await handle.result()).toEqual(result);
    expect(on.calls).toEqual(calls);
  }
});

describe('a closing', () => {
  async function begun() {
    on.calls.length = 0;
    const start = aClosing();
    await on.stage.gateway.start(start);
    const handle = on.stage.env.client.workflow.getHandle(start.workflowId);
    const decide = async (decision: DecideClosingInput['decision']) => {
      const input: DecideClosingInput = { decision, actor: 'user:somebody', note: null };
      const target = { workflowId: start.workflowId, requestId: randomUUID() };
      return on.stage.gateway.ask<ClosingVerdict>(target, { name: 'decideClosing', input });
    };
    return { handle, decide };
  }
  const archive = ['beginLastExport', 'exportRows', 'exportFiles', 'sealExport', 'noteArchive'];
  const erasure = ['stopRuns', 'closeDoors', 'eraseTenant'];

  test('that is agreed to erases everything three weeks later, with an archive before', async () => {
    const { handle, decide } = await begun();
    const before = await on.stage.env.currentTimeMs();
    expect(await decide('approve')).toMatchObject({ verdict: { accepted: true } });
    expect(await decide('approve')).toMatchObject({ verdict: { accepted: false } });
    expect(await handle.result()).toEqual({ status: 'erased', rowCount: 12 });
    expect(on.calls).toEqual(['beginGrace', ...archive, ...erasure]);
    expect(((await on.stage.env.currentTimeMs()) - before) / 86_400_000).toBeGreaterThanOrEqual(21);
  });

  test.each([
    ['decline', 'declined'],
    ['withdraw', 'withdrawn'],
  ] as const)(
    'that somebody wants to %s before it is agreed to changes nothing',
    async (deed, end) => {
      const { handle, decide } = await begun();
      expect(await decide(deed)).toMatchObject({ verdict: { accepted: true } });
      expect(await handle.result()).toEqual({ status: end });
      expect(on.calls).toEqual([`endClosing ${end}`]);
    },
  );

  test('that nobody decides about is forgotten after a month', async () => {
    const { handle } = await begun();
    expect(await handle.result()).toEqual({ status: 'expired' });
    expect(on.calls).toEqual(['endClosing expired']);
  });

  test('that was agreed to is taken back in the weeks that follow', async () => {
    const { handle, decide } = await begun();
    await decide('approve');
    await until(async () => on.calls.includes('beginGrace'));
    expect(await decide('withdraw')).toMatchObject({ verdict: { accepted: true } });
    expect(await handle.result()).toEqual({ status: 'withdrawn' });
    expect(on.calls.at(-1)).toBe('endClosing withdrawn');
    expect(on.calls).not.toContain('eraseTenant');
  });
});

describe('a person who is to be forgotten', () => {
  const forgotten = async (...rounds: { changed: number; left: number }[]) => {
    on.calls.length = 0;
    on.rounds = rounds;
    const start = aSubject();
    await on.stage.gateway.start(start);
    return on.stage.env.client.workflow.getHandle(start.workflowId).result();
  };

  test('is looked for until a look finds nothing, day by day while something waits', async () => {
    const before = await on.stage.env.currentTimeMs();
    const result = await forgotten({ changed: 9, left: 2 }, { changed: 3, left: 0 });
    expect(result).toEqual({ changed: 12, left: 0 });
    expect(on.calls).toEqual([
      ...['replaceSubject 1', 'replaceSubject 2', 'replaceSubject 3', 'endSubjectRequest 0'],
    ]);
    expect(((await on.stage.env.currentTimeMs()) - before) / 86_400_000).toBeGreaterThanOrEqual(1);
  });

  test('is certified with what is left when something never ends', async () => {
    const rounds = Array.from({ length: 15 }, () => ({ changed: 0, left: 1 }));
    expect(await forgotten(...rounds)).toEqual({ changed: 12, left: 1 });
    expect(on.calls.at(-1)).toBe('endSubjectRequest 1');
  });
});
