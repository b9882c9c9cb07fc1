/** Hands the trace context of a run to the activities it schedules. Part of the workflow bundle. */
import type { Headers, WorkflowInterceptorsFactory } from '@temporalio/workflow';

const traceparent = 'traceparent';

/** The name is fixed by the SDK, which looks for this export. */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let carried: Headers = {};
  return {
    inbound: [
      {
        execute: (input, next) => {
          const payload = input.headers[traceparent];
          carried = payload === undefined ? {} : { [traceparent]: payload };
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, headers: { ...input.headers, ...carried } }),
      },
    ],
  };
};
