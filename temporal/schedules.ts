/**
 * The calendar of the house, as code. Schedules are brought in line with this list at every start
 * of the maintenance worker; what is no longer listed is removed.
 */
import {
  ScheduleAlreadyRunning,
  ScheduleClient,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { MaintenanceInput, MaintenanceJob } from '../workflows/types.ts';
import { queues } from './queues.ts';
import { tenantIdKey } from './search-attributes.ts';
import { maintenanceWorkflowId, scheduleId } from './workflow-ids.ts';

interface Plan {
  job: MaintenanceJob;
  /** Five fields of cron in Nairobi time. */
  cron: string;
  about: string;
}

/** Runs that belong to no tenant carry this in place of a tenant id. */
export const houseTenant = 'house';

export const plans: readonly Plan[] = [
  { job: 'invariants', cron: '*/5 * * * *', about: 'Check that every promise of the data holds' },
  { job: 'idempotency-keys', cron: '17 * * * *', about: 'Forget idempotency keys after 72 hours' },
  { job: 'orphan-uploads', cron: '10 * * * *', about: 'Remove uploads that became no statement' },
  { job: 'audit-anchors', cron: '*/10 * * * *', about: 'Keep where every audit chain stands' },
  {
    job: 'ledgers',
    cron: '*/5 * * * *',
    about:
      'Free reservations and end requests that expired, seal what was posted, write balances of days',
  },
  { job: 'pulls', cron: '*/10 * * * *', about: 'Look for payments that nobody told us of' },
  { job: 'balances', cron: '*/5 * * * *', about: 'Ask for the balances of shortcodes each hour' },
  { job: 'flag-requests', cron: '* * * * *', about: 'Apply planned changes of flags' },
  { job: 'breaches', cron: '* * * * *', about: 'See that every breach is watched, and count them' },
  { job: 'reversal-ties', cron: '25 * * * *', about: 'Tie reversals posted before ties existed' },
  { job: 'outbox', cron: '40 3 * * *', about: 'Remove outbox rows that were published' },
  { job: 'callbacks', cron: '5 4 * * *', about: 'Erase texts of callbacks after 13 months' },
  { job: 'old-files', cron: '25 4 * * *', about: 'Erase uploaded files after 13 months' },
  { job: 'signing-keys', cron: '35 * * * *', about: 'Rotate the keys that sign access tokens' },
  { job: 'sign-ins', cron: '20 3 * * *', about: 'Forget old sessions, attempts and links' },
];

/** Creates, updates and removes schedules until they are as listed; may be repeated. */
export async function syncSchedules(client: ScheduleClient): Promise<void> {
  const guarded = guardedBy(client);
  for (const plan of plans) await createOrUpdate(guarded, optionsOf(plan));
  const wanted = new Set(plans.map(({ job }) => scheduleId(job)));
  for await (const { scheduleId: found } of client.list()) {
    const isOurs = found.startsWith(scheduleId(''));
    if (isOurs && !wanted.has(found)) await client.getHandle(found).delete();
  }
}

/**
 * A client whose updates carry the token of the description they were made from: the server drops one
 * that somebody paused, resumed or changed the schedule before. The SDK leaves the token out, so an
 * operator's pause between its reading and its writing would be undone. What is dropped comes with the
 * next start.
 */
function guardedBy({ connection, workflowService, options }: ScheduleClient): ScheduleClient {
  let conflictToken: Uint8Array | null | undefined;
  const guarded = Object.create(workflowService, {
    describeSchedule: {
      async value(request: Request<'describeSchedule'>) {
        const description = await workflowService.describeSchedule(request);
        conflictToken = description.conflictToken;
        return description;
      },
    },
    updateSchedule: {
      value: (request: Request<'updateSchedule'>) =>
        workflowService.updateSchedule({ ...request, conflictToken: conflictToken ?? null }),
    },
  });
  const { namespace, identity } = options;
  const through = Object.create(connection, { workflowService: { value: guarded } });
  return new ScheduleClient({ connection: through, namespace, identity });
}

type Request<Method extends 'describeSchedule' | 'updateSchedule'> = Parameters<
  ScheduleClient['workflowService'][Method]
>[0];

async function createOrUpdate(client: ScheduleClient, options: ScheduleOptions): Promise<void> {
  try {
    await client.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = options;
    // An operator's pause survives: the state is the schedule's own, everything else is the list's.
    await client.getHandle(options.scheduleId).update((previous) => ({
      spec,
      action,
      ...(policies ? { policies } : {}),
      state: previous.state,
    }));
  }
}

function optionsOf({ job, cron, about }: Plan): ScheduleOptions {
  const args: [MaintenanceInput] = [{ job }];
  return {
    scheduleId: scheduleId(job),
    spec: { cronExpressions: [cron], timezone: 'Africa/Nairobi' },
    action: {
      type: 'startWorkflow',
      workflowType: 'maintenance',
      workflowId: maintenanceWorkflowId(job),
      taskQueue: queues.maintenance,
      args,
      typedSearchAttributes: new TypedSearchAttributes([{ key: tenantIdKey, value: houseTenant }]),
      staticSummary: about,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
  };
}
