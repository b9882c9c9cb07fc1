/** The Temporal workers of a process: which queue runs what, sized for two cores. */
import { availableParallelism } from 'node:os';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Queue } from '../temporal/queues.ts';

export interface WorkerPlan {
  queue: Queue;
  activities: object;
  /** Path of the workflow bundle; without it the worker runs activities only. */
  codePath?: string;
  /** Activities at a time; as many as there are cores where each takes one. */
  slots: 'many' | 'per-core' | 'few' | number;
}

const slotCounts = { many: 16, 'per-core': Math.max(2, availableParallelism()), few: 2 };

const pollers = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 } as const;
const fewPollers = { type: 'autoscaling', minimum: 1, initial: 1, maximum: 2 } as const;

/** Creates one worker per plan, all over one connection; they do not run yet. */
export function createWorkers(
  plans: readonly WorkerPlan[],
  shared: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'interceptors'>,
): Promise<Worker[]> {
  return Promise.all(plans.map((plan) => Worker.create({ ...shared, ...optionsOf(plan) })));
}

function optionsOf({ queue, activities, codePath, slots }: WorkerPlan) {
  const polling = slots === 'few' || typeof slots === 'number' ? fewPollers : pollers;
  return {
    taskQueue: queue,
    activities,
    ...(codePath === undefined
      ? {}
      : {
          workflowBundle: { codePath },
          maxConcurrentWorkflowTaskExecutions: 40,
          maxCachedWorkflows: 200,
          workflowTaskPollerBehavior: polling,
        }),
    maxConcurrentActivityTaskExecutions: typeof slots === 'number' ? slots : slotCounts[slots],
    activityTaskPollerBehavior: polling,
    // A beat is sent when it is made; held back for most of the time-out, it would come too late.
    maxHeartbeatThrottleInterval: '2 seconds',
    // Below what the supervisor waits before it kills: activities get the time to stop cleanly.
    shutdownGraceTime: '15 seconds',
    shutdownForceTime: '25 seconds',
  } satisfies Partial<WorkerOptions>;
}

/** Connects, however long it takes; a server that is away must not end the process. */
export async function connectPatiently(
  address: string,
  patience: { signal: AbortSignal; onRefused: (error: unknown) => void },
): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      patience.onRefused(error);
    }
    patience.signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
