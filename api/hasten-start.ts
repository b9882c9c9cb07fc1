import type { WorkflowStart } from '../workflows/types.ts';
import type { Call } from './route.ts';

/**
 * Starts a run whose start was recorded now instead of within the relay's next round, which repeats it
 * harmlessly; when Temporal is away, the relay starts it later.
 */
export async function hastenStart(call: Call, start: WorkflowStart): Promise<void> {
  const { temporal, telemetry } = call.dependencies;
  try {
    await temporal.start(start);
  } catch (err) {
    telemetry.log.error({ event: 'startLeftToRelay', requestId: call.requestId, err });
  }
}
