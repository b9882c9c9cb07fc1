/** What each service runs in Temporal: its queues, its activities and how many at a time. */
import { createFileActivities } from '../activities/files.ts';
import { createMaintenanceActivities } from '../activities/maintenance.ts';
import { readStatement } from '../activities/parser/cage.ts';
import { createRowChangeActivities } from '../activities/row-changes.ts';
import { createMendActivities } from '../activities/statement-mending.ts';
import { createUndoActivities } from '../activities/statement-undo.ts';
import { createStatementActivities } from '../activities/statements.ts';
import { queues } from '../temporal/queues.ts';
import { planPayments } from './payments.ts';
import { tenantActivities } from './tenants.ts';
import type { ServiceName } from './services.ts';
import type { WorkerPlan } from './temporal-workers.ts';
import type { World } from './world.ts';

type Planner = (world: World, codePath: string) => WorkerPlan[];

const planners: Partial<Record<ServiceName, Planner>> = {
  statements: planStatements,
  payments: planPayments,
  tenants: (world, codePath) => [
    {
      ...{ queue: queues.tenants, activities: tenantActivities(world), codePath },
      slots: world.config.tenantStepsAtOnce,
    },
  ],
  maintenance: (world, codePath) => [
    {
      queue: queues.maintenance,
      activities: createMaintenanceActivities(world),
      codePath,
      slots: 'few',
    },
  ],
};

/** Whether a service needs Temporal at all. */
export function runsWorkflows(service: ServiceName): boolean {
  return planners[service] !== undefined;
}

/** The workers that these services need; `codePath` is the workflow bundle. */
export function plansOf(
  world: World,
  services: readonly ServiceName[],
  codePath: string,
): WorkerPlan[] {
  return services.flatMap((service) => planners[service]?.(world, codePath) ?? []);
}

/** How much longer than a small file one of the largest size may take to read. */
const largeFileFactor = 4;

function planStatements(world: World, codePath: string): WorkerPlan[] {
  const { parser } = world.config;
  const limits = {
    smallFileMs: parser.timeoutMs,
    largeFileMs: parser.timeoutMs * largeFileFactor,
    heapMegabytes: parser.heapMb,
  };
  const activities = {
    ...createStatementActivities(world),
    ...createUndoActivities(world),
    ...createMendActivities(world),
    ...createRowChangeActivities(world),
  };
  const files = createFileActivities({ ...world, read: readStatement, limits });
  return [
    { queue: queues.statements, activities, codePath, slots: 'many' },
    { queue: queues.statementFiles, activities: files, slots: 'per-core' },
  ];
}
