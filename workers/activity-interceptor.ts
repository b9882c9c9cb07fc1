/**
 * Around every activity: it continues the trace of its run, it beats where silence counts as death,
 * and its faults get their types.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { whileBeating } from '../activities/beating.ts';
import { toFailure } from '../activities/faults.ts';
import { continueTrace, type Telemetry } from '../telemetry.ts';
import { traceparentOf } from '../temporal/tracing.ts';

export function activityInterceptor(telemetry: Telemetry): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const { activityType, attempt, heartbeatTimeoutMs = 0 } = info;
        const isMissed = heartbeatTimeoutMs > 0;
        const workflowId = info.workflowExecution?.workflowId ?? '';
        const span = {
          name: `activity ${activityType}`,
          traceparent: traceparentOf(input.headers),
          attributes: { attempt, workflowId },
        };
        return continueTrace(telemetry.tracer, span, async () => {
          try {
            const work = () => next(input);
            return await (isMissed ? whileBeating(work) : work());
          } catch (error) {
            throw toFailure(error);
          }
        });
      },
    },
  });
}
