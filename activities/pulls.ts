/**
 * The sweep of payments whose confirmation never came: what M-PESA lists and we have not heard of is
 * recorded like any arrival, and its run finds out whose it is.
 */
import type { Database, TenantHandle } from '../db/database.ts';
import { newUuid } from '../db/new-id.ts';
import { appendWorkflowStart } from '../db/outbox.ts';
import { recordReceived } from '../db/received-payments.ts';
import {
  findShortcode,
  listShortcodes,
  notePulled,
  openCredentials,
  type Shortcode,
} from '../db/shortcodes.ts';
import { listTenantIds } from '../db/tenants.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { id, type TenantId } from '../domain/ids.ts';
import { shownPayer } from '../domain/daraja/msisdn.ts';
import { pullRange } from '../domain/collections/pull.ts';
import { epochMsOf, instantFromEpochMs } from '../domain/time.ts';
import { pullWorkflowId } from '../temporal/workflow-ids.ts';
import type { CollectionStart, PullPaymentsInput } from '../workflows/collection-types.ts';
import { startConfirm } from './confirm-start.ts';
import type { Daraja, PulledPayment } from './daraja/client.ts';
import { pullAll } from './pull-pages.ts';

export interface PullSteps {
  /** Looks at every payment since the last look; `isComplete` is false when M-PESA did not tell. */
  pullPayments(input: PullPaymentsInput): Promise<{ isComplete: boolean; newCount: number }>;
}

export interface PullDependencies {
  db: Database;
  daraja: Pick<Daraja, 'pull'>;
  nowMs: () => number;
}

export function createPullActivities(d: PullDependencies): PullSteps {
  return { pullPayments: (input) => pullPayments(d, input) };
}

async function pullPayments(d: PullDependencies, { tenantId, shortcodeId }: PullPaymentsInput) {
  const nowMs = d.nowMs();
  const found = await d.db.withTenant(
    tenantId,
    async (t) => {
      const shortcode = await findShortcode(t, shortcodeId);
      if (shortcode === undefined || !isPulled(shortcode)) return undefined;
      const credentials = await openCredentials(t, shortcodeId);
      return credentials === undefined ? undefined : { shortcode, credentials };
    },
    { readOnly: true },
  );
  if (found === undefined) return { isComplete: false, newCount: 0 };
  const { shortcode, credentials } = found;
  const untilMs = shortcode.pulledUntil === null ? undefined : epochMsOf(shortcode.pulledUntil);
  const { fromMs, toMs } = pullRange(nowMs, untilMs);
  const range = { from: instantFromEpochMs(fromMs), to: instantFromEpochMs(toMs) };
  const pulled = await pullAll(d.daraja, credentials, range);
  if (pulled.kind !== 'complete') return { isComplete: false, newCount: 0 };
  let newCount = 0;
  for (const payment of pulled.payments) {
    const isNew = await d.db.withTenant(tenantId, (t) =>
      takePulled(t, { shortcode, payment, nowMs }),
    );
    if (isNew) newCount += 1;
  }
  await d.db.withTenant(tenantId, (t) => notePulled(t, shortcodeId, range.to));
  return { isComplete: true, newCount };
}

function isPulled({ pullRegisteredAt, credentialsAt, status }: Shortcode): boolean {
  return pullRegisteredAt !== null && credentialsAt !== null && status === 'active';
}

/** Whatever told of a receipt first, it is one row; only what is new starts a run. */
async function takePulled(
  t: TenantHandle,
  taken: { shortcode: Shortcode; payment: PulledPayment; nowMs: number },
): Promise<boolean> {
  const { shortcode, payment, nowMs } = taken;
  const { receipt, amountCents, msisdn, accountReference, transactionType } = payment;
  const { payment: recorded, isNew } = await recordReceived(t, {
    id: id('receivedPayment', newUuid(nowMs)),
    ...{ shortcodeId: shortcode.id, receipt, source: 'pull', amountCents },
    transactionType: transactionType.slice(0, 60),
    words: { reference: accountReference, msisdn, name: '' },
    ...(msisdn === '' ? {} : { msisdnMasked: shownPayer(msisdn) }),
    workflowId: pullWorkflowId({ tenantId: t.tenantId, shortcodeId: shortcode.id, atMs: nowMs }),
    occurredAt: payment.paidAt ?? instantFromEpochMs(nowMs),
  });
  if (isNew) await startConfirm(t, recorded.id);
  return isNew;
}

/** Starts one run per shortcode whose payments can be listed; a tenant that fails stops no other. */
export async function startPulls(db: Database, nowMs: number): Promise<Record<string, number>> {
  let started = 0;
  const failures: unknown[] = [];
  for (const tenantId of await db.asOperator('look for missed payments', listTenantIds)) {
    try {
      started += await db.withTenant(tenantId, (t) => startPullsOf(t, tenantId, nowMs));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some shortcodes were not looked at');
  return { 'shortcodes looked at': started };
}

async function startPullsOf(t: TenantHandle, tenantId: TenantId, nowMs: number): Promise<number> {
  const shortcodes = (await listShortcodes(t)).filter(isPulled);
  for (const { id: shortcodeId } of shortcodes) {
    const workflowId = pullWorkflowId({ tenantId, shortcodeId, atMs: nowMs });
    const start: CollectionStart = {
      ...{ workflow: 'pullPayments', workflowId, tier: await tierOf(t) },
      summary: 'Look for payments that nobody told us of',
      input: { tenantId, shortcodeId },
    };
    await appendWorkflowStart(t, start);
  }
  return shortcodes.length;
}
