import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toFailure } from '../../activities/faults.ts';
import { failureTypes } from '../../temporal/policies.ts';

function thrown(facts: { name?: string; code?: string; cause?: unknown }): Error {
  return Object.assign(new Error('it happened', { cause: facts.cause }), facts);
}

describe('the table of faults', () => {
  test.each([
    ['connection refused', { code: 'ECONNREFUSED' }, failureTypes.networkUnavailable, false],
    ['connection lost in SQL', { code: '08006' }, failureTypes.databaseUnavailable, false],
    ['database shutting down', { code: '57P01' }, failureTypes.databaseUnavailable, false],
    ['commit outcome unknown', { name: 'OutcomeUnknown' }, failureTypes.databaseUnavailable, false],
    ['deadlock', { code: '40P01' }, failureTypes.databaseConflict, false],
    ['statement timeout', { code: '57014' }, failureTypes.databaseConflict, false],
    ['disk full', { code: '53100' }, failureTypes.databaseFull, false],
    ['Redis away', { name: 'MaxRetriesPerRequestError' }, failureTypes.redisUnavailable, false],
    ['parser child killed', { name: 'ReaderFault' }, failureTypes.parserCrashed, false],
    ['tenant unknown', { name: 'TenantUnknown' }, failureTypes.tenantMissing, true],
    ['row-level security', { code: '42501' }, failureTypes.bug, true],
    ['broken constraint', { code: '23514' }, failureTypes.bug, true],
    ['type error', { name: 'TypeError' }, failureTypes.bug, true],
    ['anything else', {}, failureTypes.bug, false],
  ])('%s', (_name, facts, type, nonRetryable) => {
    expect(toFailure(thrown(facts))).toMatchObject({ type, nonRetryable });
  });

  test('the cause of a wrapped fault decides', () => {
    const wrapped = thrown({ cause: thrown({ code: '53100' }) });

    expect(toFailure(wrapped)).toMatchObject({ type: failureTypes.databaseFull });
  });

  test('failures made on purpose and cancellations stay as they are', () => {
    const failure = ApplicationFailure.create({ type: failureTypes.categoriesPending });
    const cancelled = new CancelledFailure('stop');

    expect(toFailure(failure)).toBe(failure);
    expect(toFailure(cancelled)).toBe(cancelled);
  });
});
