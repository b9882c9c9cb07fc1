/** The Temporal SDK of this process: installed once, logging through our logger. */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from '../telemetry.ts';

const levels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/** Call before anything of the SDK is used. Signals are handled by main.ts, not by the SDK. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[levels[level]]({ event: 'temporal', ...describe(meta) }, message);
    }),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
    },
  });
}

/** Workflow context without arguments: the meta of a failure may hold the failure itself. */
function describe(meta: Record<string | symbol, unknown> | undefined): Record<string, unknown> {
  const { workflowId, workflowType, activityType, attempt, taskQueue, error } = meta ?? {};
  return { workflowId, workflowType, activityType, attempt, taskQueue, err: error };
}
