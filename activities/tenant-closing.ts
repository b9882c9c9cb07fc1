/**
 * The steps that close a business. Until its doors close every one of them can be taken back; from
 * then on they only go forwards, and each looks at what is already done.
 */
import { Context } from '@temporalio/activity';
import { appendAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import type { Provisioner } from '../db/provisioner.ts';
import { changeClosing, findClosing, type ClosingPatch } from '../db/tenant-closings.ts';
import { certify, destroyKey, removeTenant, shutOut } from '../db/tenant-erasure.ts';
import { findExport, insertExport } from '../db/tenant-exports.ts';
import { changeTenant, findTenant } from '../db/tenant-record.ts';
import type { AuditAction } from '../domain/audit/actions.ts';
import { id } from '../domain/ids.ts';
import type { TemporalGateway } from '../temporal/client.ts';
import { failureTypes } from '../temporal/policies.ts';
import { tenantExportWorkflowId } from '../temporal/workflow-ids.ts';
import type { CloseTenantInput } from '../workflows/tenant-types.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import type { CloseSteps } from './tenant-steps.ts';
import { provisionerOf } from './places.ts';

export interface ClosingDependencies {
  db: Database;
  /** Undefined in a process that may not manage places. */
  provisioner: Provisioner | undefined;
  gateway: Pick<TemporalGateway, 'openRuns' | 'cancel' | 'terminate'>;
  failpoint: Failpoint;
  /** How long runs may take to stop by themselves, in milliseconds. */
  stopWaitMs?: number;
}

/** Builds the steps of a closing. */
export function createClosingActivities(d: ClosingDependencies): CloseSteps {
  return {
    beginGrace: (input) => beginGrace(d, input),
    beginLastExport: (input) => beginLastExport(d, input),
    noteArchive: ({ days, ...input }) =>
      record(d, input, { status: 'archived', keptDays: days }, 'closing.archive'),
    endClosing: (input) => endClosing(d, input),
    stopRuns: (input) => stopRuns(d, input),
    closeDoors: (input) => closeDoors(d, input),
    eraseTenant: (input) => erase(d, input),
  };
}

/** Notes it in the log of the business and changes the record; nothing when that is done. */
async function record(
  d: ClosingDependencies,
  { tenantId, closingId }: CloseTenantInput,
  patch: ClosingPatch,
  action: AuditAction,
): Promise<void> {
  const closing = await findClosing(d.db, tenantId);
  if (closing?.id !== closingId) throw new Error(`closing ${closingId} is not the newest one`);
  if (closing.status === patch.status || closing.endedAt !== null) return;
  // The log may live in another database: rather twice in it than done and not in it.
  await d.db.withTenant(tenantId, (t) =>
    appendAudit(t, {
      ...{ actor: 'service:tenants', action, objectKind: 'tenant', objectId: tenantId },
      detail: { closingId },
    }),
  );
  await d.db.asOperator('record the closing of a business', (o) =>
    changeClosing(o, { tenantId, closingId }, patch),
  );
}

async function beginGrace(
  d: ClosingDependencies,
  { actor, note, days, ...input }: Parameters<CloseSteps['beginGrace']>[0],
): Promise<void> {
  const { tenantId } = input;
  const tenant = await findTenant(d.db, tenantId);
  const known = await findClosing(d.db, tenantId);
  if (known?.status === 'asked') {
    const wasActive = tenant?.status === 'active';
    const patch = { decidedBy: actor, note, wasActive, graceDays: days } as const;
    await record(d, input, { status: 'grace', ...patch }, 'closing.grace');
  }
  await d.failpoint('closing.afterGrace');
  const closing = await findClosing(d.db, tenantId);
  await changeTenant(d.db, tenantId, {
    status: 'suspended',
    closingAt: closing?.graceUntil ?? null,
  });
}

/** The archive has the id of the closing, so a repeat finds it. */
async function beginLastExport(d: ClosingDependencies, { tenantId, closingId }: CloseTenantInput) {
  const exportId = id('tenantExport', closingId);
  await d.db.withTenant(tenantId, async (t) => {
    if ((await findExport(t, exportId)) !== undefined) return;
    const inserted = await insertExport(t, {
      ...{ id: exportId, requestedBy: 'service:tenants' },
      workflowIdOf: (number) => tenantExportWorkflowId(tenantId, number),
    });
    if (inserted === undefined) throw new Error('another export is still being made');
  });
  return { tenantId, exportId };
}

async function endClosing(
  d: ClosingDependencies,
  { status, actor, note, ...input }: Parameters<CloseSteps['endClosing']>[0],
): Promise<void> {
  const closing = await findClosing(d.db, input.tenantId);
  if (closing !== undefined && closing.graceUntil !== null) {
    const back = closing.wasActive ? 'active' : 'suspended';
    await changeTenant(d.db, input.tenantId, { status: back, closingAt: null });
  }
  const decided = actor === null ? {} : { decidedBy: actor, note };
  await record(d, input, { status, ...decided, isOver: true }, `closing.${status}`);
}

const stopWaitMs = 60_000;
const lookEveryMs = 500;

async function stopRuns(d: ClosingDependencies, { tenantId }: CloseTenantInput) {
  const others = async () => (await d.gateway.openRuns(tenantId)).filter(isAnother);
  const until = performance.now() + (d.stopWaitMs ?? stopWaitMs);
  const asked = new Set<string>();
  for (;;) {
    const open = await others();
    for (const workflowId of open) {
      if (!asked.has(workflowId)) await d.gateway.cancel(workflowId);
      asked.add(workflowId);
    }
    if (open.length === 0 || performance.now() > until) return { left: open.length };
    await Context.current().sleep(lookEveryMs);
  }
}

/** The run that closes is one of the tenant's runs too. */
function isAnother(workflowId: string): boolean {
  return workflowId !== Context.current().info.workflowExecution?.workflowId;
}

async function closeDoors(d: ClosingDependencies, input: CloseTenantInput): Promise<void> {
  const { tenantId, closingId } = input;
  const tenant = await findTenant(d.db, tenantId);
  if (tenant !== undefined && tenant.status !== 'closed') {
    const { place } = tenant;
    const exportId = id('tenantExport', closingId);
    const archive = await d.db.withTenant(tenantId, (t) => findExport(t, exportId), {
      readOnly: true,
    });
    const archiveSha256 = archive?.manifestSha256 ?? null;
    await shutOut(provisionerOf(d), { tenantId, closingId, place, archiveSha256 });
  }
  for (const workflowId of (await d.gateway.openRuns(tenantId)).filter(isAnother)) {
    await d.gateway.terminate(workflowId, 'the business was closed');
  }
  await d.failpoint('closing.afterDoors');
}

async function erase(d: ClosingDependencies, input: CloseTenantInput) {
  const { tenantId } = input;
  const provisioner = provisionerOf(d);
  const closing = await findClosing(d.db, tenantId);
  // Nothing is erased without a certificate that says so.
  if (closing === undefined || closing.certificate === null) {
    throw permanentFault(failureTypes.bug, `tenant ${tenantId} is not about to be erased`);
  }
  await destroyKey(provisioner, tenantId);
  await d.failpoint('closing.afterKey');
  await removeTenant(provisioner, { tenantId, place: closing.certificate.place });
  await d.failpoint('closing.midErase');
  const rowCount = await certify(provisioner, input);
  return { rowCount };
}
