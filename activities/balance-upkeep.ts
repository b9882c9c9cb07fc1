/**
 * Asks M-PESA for the balances of every active shortcode about once an hour, so that somebody hears
 * of a low one before a payout fails. The answers come by callback, as for a question by hand.
 */
import { createHash } from 'node:crypto';
import { lastAskedForBalances, type BalanceSubject } from '../db/balances.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { newId } from '../db/new-id.ts';
import { appendWorkflowStart } from '../db/outbox.ts';
import { insertQuery } from '../db/payout-evidence.ts';
import { tierOf } from '../db/tenant-tier.ts';
import { listTenantIds } from '../db/tenants.ts';
import { epochMsOf } from '../domain/time.ts';
import { balanceWorkflowId } from '../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../workflows/types.ts';

const minutes = 60_000;
const everyMs = 60 * minutes;
/** Each shortcode has its own moment in this span: they do not all ask at once. */
const jitterMs = 15 * minutes;
const askedBy = 'service:maintenance';

/** Asks for all balances that are due; a tenant that fails stops no other, and fails the step. */
export async function askForBalances(
  db: Database,
  { nowMs, timeScale }: { nowMs: number; timeScale: number },
): Promise<Record<string, number>> {
  const counts = { 'shortcodes asked about': 0 };
  const failures: unknown[] = [];
  for (const tenantId of await db.asOperator('ask for balances', listTenantIds)) {
    try {
      counts['shortcodes asked about'] += await db.withTenant(tenantId, async (t) => {
        const due = (await lastAskedForBalances(t)).filter((one) => isDue(one, nowMs));
        for (const { shortcodeId } of due) await ask(t, { shortcodeId, nowMs, timeScale });
        return due.length;
      });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some balances were not asked for');
  return counts;
}

/** A shortcode is first asked about when it has been there for as long as between two questions. */
export function isDue({ shortcodeId, lastAskedAt }: BalanceSubject, nowMs: number): boolean {
  const spread = createHash('sha256').update(shortcodeId).digest().readUInt32BE() / 2 ** 32;
  return nowMs - epochMsOf(lastAskedAt) >= everyMs + Math.floor(spread * jitterMs);
}

async function ask(
  t: TenantHandle,
  {
    shortcodeId,
    nowMs,
    timeScale,
  }: Pick<BalanceSubject, 'shortcodeId'> & Record<'nowMs' | 'timeScale', number>,
): Promise<void> {
  const { tenantId } = t;
  const queryId = newId('providerQuery', nowMs);
  const workflowId = balanceWorkflowId({ tenantId, queryId });
  const start: WorkflowStart = {
    ...{ workflow: 'checkBalance', workflowId, tier: await tierOf(t) },
    summary: 'Ask for balances, as every hour',
    input: { tenantId, shortcodeId, queryId, askedBy, timeScale },
  };
  await insertQuery(t, {
    ...{ id: queryId, shortcodeId, askedBy, kind: 'balance' },
    ...{ subjectKind: 'shortcode', subjectId: shortcodeId },
  });
  await appendWorkflowStart(t, start);
}
