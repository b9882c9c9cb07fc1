/** Around every activity: it continues the trace of its run, and its faults get their types. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toFailure } from '../activities/faults.ts';
import { continueTrace, type Telemetry } from '../telemetry.ts';
import { traceparentOf } from '../temporal/tracing.ts';

export function activityInterceptor(telemetry: Telemetry): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const { activityType, attempt } = info;
        const workflowId = info.workflowExecution?.workflowId ?? '';
        const span = {
          name: `activity ${activityType}`,
          traceparent: traceparentOf(input.headers),
          attributes: { attempt, workflowId },
        };
        return continueTrace(telemetry.tracer, span, async () => {
          try {
            return await next(input);
          } catch (error) {
            throw toFailure(error);
          }
        });
      },
    },
  });
}
