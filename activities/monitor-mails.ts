/**
 * Mails to the people a monitor tells: once for each crossing, in their language, as long as they
 * belong to the business and hold a role that is told.
 */
import { z } from 'zod';
import type { TenantHandle } from '../db/database.ts';
import { queueMail } from '../db/mails.ts';
import { listMembers } from '../db/members.ts';
import { derivedUuid } from '../db/new-id.ts';
import { findTenant } from '../db/tenant-record.ts';
import { cents, formatMoney } from '../domain/money.ts';
import { instantFromEpochMs, nairobiText } from '../domain/time.ts';
import { runConsumer, type ConsumerDependencies } from './kafka/consumer.ts';
import type { Envelope } from './kafka/envelope.ts';

export interface MonitorMailDependencies extends ConsumerDependencies {
  /** Where people open the dashboard. */
  publicUrl: string;
}

const crossedSchema = z.object({
  name: z.string(),
  direction: z.enum(['below', 'above']),
  thresholdCents: z.int(),
  balanceCents: z.int(),
  tells: z.array(z.string()),
});

/** A crossing that is older has been seen by other means, or is over. */
const staleMs = 24 * 60 * 60 * 1000;

export const monitorGroup = { consumer: 'monitor-mails', topic: 'domain-events' } as const;

/** Starts the consumer that turns crossings into mails. */
export function startMonitorMails(
  dependencies: MonitorMailDependencies,
): Promise<{ stop(): Promise<void> }> {
  return runConsumer(dependencies, {
    name: monitorGroup.consumer,
    topic: monitorGroup.topic,
    types: ['ledger.threshold-crossed'],
    async handle(t, envelope) {
      await tellPeople(dependencies, t, envelope);
      return undefined;
    },
  });
}

/**
 * Queues a mail for everybody who is told. Mails wait in the database that all tenants share, so they
 * are not of this transaction; each has an id of crossing and person, and a repeat adds none.
 */
async function tellPeople(
  { db, now, publicUrl }: MonitorMailDependencies,
  t: TenantHandle,
  { eventId, occurredAt, data }: Envelope,
): Promise<void> {
  const crossedMs = Date.parse(occurredAt);
  if (now() - crossedMs > staleMs) return;
  const { name, direction, thresholdCents, balanceCents, tells } = crossedSchema.parse(data);
  const told = (await listMembers(t)).filter(({ role }) => tells.includes(role));
  const tenant = await findTenant(db, t.tenantId);
  if (told.length === 0 || tenant === undefined) return;
  const values = {
    ...{ business: tenant.name, monitor: name, direction },
    threshold: formatMoney(cents(thresholdCents)),
    balance: formatMoney(cents(balanceCents)),
    at: nairobiText(instantFromEpochMs(crossedMs)),
    link: `${publicUrl}/ledger/monitors`,
  };
  await db.onPlatform(async (p) => {
    for (const { userId, email, locale, name: person } of told) {
      await queueMail(p, db.platformSeal, {
        ...{ id: derivedUuid([eventId, userId]), template: 'threshold-crossed', locale, to: email },
        values: { ...values, name: person },
      });
    }
  });
}
