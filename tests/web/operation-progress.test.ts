import fc from 'fast-check';
import type { OperationEvent } from '../../api/operations/schema.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import {
  applyEvent,
  applyOperation,
  noProgress,
  parseOperationEvent,
  progressOfStatement,
  stageOrder,
  stepsOf,
} from '../../web/src/statements/operation-progress.ts';
import { aStatement, anUnreadStatement, operationOf } from './support/fixture-statements.ts';

const at = instantFromEpochMs(Date.parse('2026-11-21T11:05:00Z'));

function staged(count: number): OperationEvent[] {
  return stageOrder
    .slice(0, count)
    .map((stage, index) => ({ seq: index + 1, type: 'stage', data: { stage, at } }));
}

describe('applyEvent', () => {
  test('stages come one by one and the next one is current', () => {
    const progress = staged(3).reduce(applyEvent, noProgress);

    expect(stepsOf(progress).map((step) => step.state)).toEqual([
      'done',
      'done',
      'done',
      'current',
      'ahead',
      'ahead',
    ]);
  });

  test('a stream that repeats what was seen changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }), (repeats) => {
        const events = staged(6);
        const once = events.reduce(applyEvent, noProgress);
        const again = repeats.map((index) => events[index]).filter((event) => event !== undefined);

        expect(again.reduce(applyEvent, once)).toBe(once);
      }),
    );
  });

  test('waiting for a password is drawn at the step it holds up, and tells missing from wrong', () => {
    const missing = applyEvent(staged(1).reduce(applyEvent, noProgress), {
      seq: 2,
      type: 'waiting',
      data: { for: 'password', problem: 'password-needed' },
    });
    const wrong = applyEvent(missing, {
      seq: 3,
      type: 'waiting',
      data: { for: 'password', problem: 'password-wrong' },
    });

    expect(stepsOf(missing)[1]?.state).toBe('waiting');
    expect([missing.waiting?.problem, wrong.waiting?.problem]).toEqual([
      'password-needed',
      'password-wrong',
    ]);
  });

  test('going on after a wait clears it', () => {
    const waiting = applyEvent(noProgress, { seq: 1, type: 'waiting', data: { for: 'review' } });
    const going = applyEvent(waiting, {
      seq: 2,
      type: 'progress',
      data: { stage: 'posted', done: 5 },
    });

    expect(going).toMatchObject({
      status: 'running',
      waiting: null,
      current: { done: 5, total: null },
    });
  });

  test('a refusal stops at the step that could not be done', () => {
    const refused = applyEvent(staged(2).reduce(applyEvent, noProgress), {
      seq: 3,
      type: 'finished',
      data: { status: 'refused', problem: 'no-text-layer' },
    });

    expect(refused).toMatchObject({
      isFinished: true,
      status: 'refused',
      problem: 'no-text-layer',
    });
    expect(stepsOf(refused)[2]?.state).toBe('stopped');
  });
});

describe('applyOperation', () => {
  test('polling never takes back what events told', () => {
    const seen = staged(4).reduce(applyEvent, noProgress);
    const older = { ...operationOf(anUnreadStatement(1, {})), stage: 'unlocked' as const };

    expect(applyOperation(seen, older).marks).toHaveLength(4);
  });

  test('polling alone reaches the end', () => {
    const progress = applyOperation(noProgress, operationOf(aStatement(1, {})));

    expect(progress).toMatchObject({ isFinished: true, status: 'succeeded' });
    expect(stepsOf(progress).every((step) => step.state === 'done')).toBe(true);
  });
});

describe('progressOfStatement', () => {
  test('a stored statement draws the same steps as its events did', () => {
    const waiting = anUnreadStatement(1, {
      status: 'waiting-password',
      waitingFor: 'password',
      problem: 'password-needed',
    });

    expect(
      stepsOf(progressOfStatement(waiting))
        .map((step) => step.state)
        .slice(0, 3),
    ).toEqual(['done', 'waiting', 'ahead']);
    expect(
      stepsOf(progressOfStatement(aStatement(1, {}))).every((step) => step.state === 'done'),
    ).toBe(true);
  });
});

describe('parseOperationEvent', () => {
  test('events are read from their SSE form', () => {
    const event = { id: '7', event: 'stage', data: '{"stage":"parsed"}' };

    expect(parseOperationEvent(event)).toEqual({
      seq: 7,
      type: 'stage',
      data: { stage: 'parsed' },
    });
  });

  test.each([
    { id: '7', event: 'novelty', data: '{}' },
    { id: '', event: 'stage', data: '{}' },
    { id: '7', event: 'stage', data: 'not json' },
    { id: '7', event: 'stage', data: '3' },
  ])('what it does not understand it leaves alone: %j', (event) => {
    expect(parseOperationEvent(event)).toBeUndefined();
  });
});
