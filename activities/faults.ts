/**
 * The one table that turns whatever was thrown into a failure Temporal understands: its type from
 * the closed list, and whether trying again can help. Refusals never come here; they are returned.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes, type FailureType } from '../temporal/policies.ts';

interface FaultRule {
  matches: (fault: Fault) => boolean;
  type: FailureType;
  isRetryable: boolean;
}

/** What every fault shows of itself: its name, and the code a driver gave it. */
interface Fault {
  name: string;
  code: string;
}

const byName = (name: string) => (fault: Fault) => fault.name === name;
const byCode = (pattern: RegExp) => (fault: Fault) => pattern.test(fault.code);

/** The first rule that matches decides. Codes are SQLSTATE classes or Node's system errors. */
const rules: readonly FaultRule[] = [
  { matches: byName('TenantUnknown'), type: failureTypes.tenantMissing, isRetryable: false },
  { matches: byName('OutcomeUnknown'), type: failureTypes.databaseUnavailable, isRetryable: true },
  // A tenant on its way to another place takes no changes for seconds.
  { matches: byName('TenantFrozen'), type: failureTypes.databaseUnavailable, isRetryable: true },
  { matches: byName('ReaderFault'), type: failureTypes.parserCrashed, isRetryable: true },
  {
    matches: byName('MaxRetriesPerRequestError'),
    type: failureTypes.redisUnavailable,
    isRetryable: true,
  },
  { matches: byCode(/^53/), type: failureTypes.databaseFull, isRetryable: true },
  {
    matches: byCode(/^(40001|40P01|55P03|57014|25P0[234])$/),
    type: failureTypes.databaseConflict,
    isRetryable: true,
  },
  { matches: byCode(/^(08|57P)/), type: failureTypes.databaseUnavailable, isRetryable: true },
  {
    matches: byCode(/^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/),
    type: failureTypes.networkUnavailable,
    isRetryable: true,
  },
  // Broken constraints, bad values, missing rights or tables: the same call fails the same way.
  { matches: byCode(/^(22|23|42)/), type: failureTypes.bug, isRetryable: false },
  { matches: ({ name }) => isBugName(name), type: failureTypes.bug, isRetryable: false },
];

/**
 * What Temporal is told about `error`. Failures made on purpose and cancellations stay as they are;
 * what no rule knows is retried, because most surprises of the world pass.
 */
export function toFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!(error instanceof Error)) return error;
  const rule = causesOf(error)
    .map((cause) => rules.find(({ matches }) => matches(faultOf(cause))))
    .find((found) => found !== undefined);
  const { type, isRetryable } = rule ?? { type: failureTypes.bug, isRetryable: true };
  return ApplicationFailure.create({
    type,
    message: `${error.name}: ${error.message}`,
    nonRetryable: !isRetryable,
    cause: error,
  });
}

/** A failure of ours that no retry can mend. */
export function permanentFault(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}

function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  for (let cause: unknown = error; cause instanceof Error && causes.length < 8;) {
    causes.push(cause);
    cause = cause.cause;
  }
  return causes;
}

function faultOf(error: Error): Fault {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { name: error.name, code };
}

function isBugName(name: string): boolean {
  return ['TypeError', 'RangeError', 'AssertionError', 'ReferenceError'].includes(name);
}
