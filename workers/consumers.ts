/** The Kafka consumers and the outbox relay as parts of a worker process. */
import { startAnalytics } from '../activities/analytics.ts';
import { startCategorizer } from '../activities/categories.ts';
import { watchLag, type WatchedGroup } from '../activities/kafka/watch-lag.ts';
import { startPayments } from './payments.ts';
import { startMailer } from '../activities/mailer.ts';
import { startNotices } from '../activities/notices.ts';
import { monitorGroup, startMonitorMails } from '../activities/monitor-mails.ts';
import { startRelay } from '../activities/relay.ts';
import type { OutboxRow } from '../db/outbox.ts';
import { findStatement } from '../db/statements.ts';
import type { StatementId, TenantId } from '../domain/ids.ts';
import { continueTrace } from '../telemetry.ts';
import { openReference } from '../temporal/password-tickets.ts';
import type { WorkflowStart } from '../workflows/types.ts';
import { isWorkflowStart } from './stored-start.ts';
import type { ServiceName } from './services.ts';
import type { World } from './world.ts';

export interface Part {
  stop(): Promise<void>;
}

type Starter = (world: World) => Promise<Part>;

/** What each service reads from Kafka or the outbox. */
const starters: Partial<Record<ServiceName, Starter>> = {
  categorizer: (world) =>
    watched(
      world,
      { consumer: 'categorizer', topic: 'transactions.raw' },
      startCategorizer({
        ...consuming(world),
        signalCategorised: (tenantId, statementId) => signal(world, tenantId, statementId),
      }),
    ),
  analytics: (world) =>
    watched(
      world,
      { consumer: 'analytics', topic: 'transactions.categorized' },
      startAnalytics(consuming(world)),
    ),
  notifications: (world) =>
    watched(
      world,
      { consumer: 'notices', topic: 'domain-events' },
      startNotices({ ...consuming(world), redis: world.redis }),
    ),
  relay: async (world) => startOutboxRelay(world),
  payments: async (world) => startPayments(world),
  auth: startMails,
};

/** Whether a service reads from Kafka or the outbox. */
export function readsEvents(service: ServiceName): boolean {
  return starters[service] !== undefined;
}

/** Starts what a service reads; undefined for services that read neither. */
export function startConsumer(service: ServiceName, world: World): Promise<Part> | undefined {
  return starters[service]?.(world);
}

function consuming({ bus, db, telemetry, failpoint, nowMs: now }: World) {
  return { bus, db, telemetry, failpoint, now };
}

/** A consumer together with the gauge that tells how far behind it is. */
async function watched(world: World, group: WatchedGroup, starting: Promise<Part>): Promise<Part> {
  const consumer = await starting;
  const watch = watchLag(world, [group]);
  return {
    async stop() {
      watch.stop();
      await consumer.stop();
    },
  };
}

/** Sends what waits, and writes what monitors have to tell. */
async function startMails(world: World): Promise<Part> {
  const { publicUrl } = world.config;
  const told = startMonitorMails({ ...consuming(world), publicUrl });
  const writer = await watched(world, monitorGroup, told);
  const mailer = startMailer(world);
  return {
    async stop() {
      await Promise.all([writer.stop(), mailer.stop()]);
    },
  };
}

function startOutboxRelay(world: World): Part {
  const { bus, db, telemetry, failpoint } = world;
  return startRelay({
    ...{ bus, db, telemetry, failpoint },
    startWorkflow: (row) => startFromOutbox(world, row),
  });
}

/** Starts the run an outbox row asks for; throws when Temporal is away, so that the row stays. */
export async function startFromOutbox(
  world: Pick<World, 'db' | 'gateway' | 'telemetry'>,
  row: OutboxRow,
): Promise<void> {
  const { data, traceparent } = row;
  if (!isWorkflowStart(data, row.tenantId)) {
    throw new Error(`outbox row ${row.seq} asks for no workflow we know`);
  }
  const start = await openStart(world, data);
  const span = { name: `start ${start.workflow}`, traceparent: traceparent ?? undefined };
  const outcome = await continueTrace(world.telemetry.tracer, span, () =>
    world.gateway.start(start),
  );
  if (outcome.kind === 'unavailable') throw new Error('Temporal does not take starts now');
}

async function openStart({ db }: Pick<World, 'db'>, start: WorkflowStart): Promise<WorkflowStart> {
  if (start.workflow !== 'ingestStatement' || start.sealedTicket === undefined) return start;
  const { sealedTicket, workflowId, input } = start;
  const passwordTicket = await db.withTenant(input.tenantId, async (t) =>
    openReference(t.seal, workflowId, sealedTicket),
  );
  return { ...start, input: { ...input, passwordTicket } };
}

async function signal(world: World, tenantId: TenantId, statementId: StatementId): Promise<void> {
  const statement = await world.db.withTenant(tenantId, (t) => findStatement(t, statementId), {
    readOnly: true,
  });
  if (statement === undefined) return;
  const { workflowId, categorisedCount } = statement;
  await world.gateway.signalCategorised(workflowId, { categorisedCount });
}
