/** How closings are shown, and how the run that closes is told what somebody decided. */
import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../db/audit.ts';
import type { TenantClosing } from '../../db/tenant-closings.ts';
import type { TenantRecord } from '../../db/tenant-record.ts';
import type {
  ClosingVerdict,
  DecideClosingInput,
  TenantStart,
} from '../../workflows/tenant-types.ts';
import { actorOf } from '../auth/principal.ts';
import { problem, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';

export function shownClosing(
  { dependencies: { temporal } }: Call,
  closing: TenantClosing | undefined,
) {
  if (closing === undefined) return null;
  const { status, reason, requestedBy, decidedBy, note, workflowId } = closing;
  const { createdAt, graceUntil, eraseAfter, endedAt } = closing;
  return {
    ...{ status, reason, requestedBy, decidedBy, note },
    ...{ createdAt, graceUntil, eraseAfter, endedAt },
    runUrl: temporal.runUrl(workflowId),
  };
}

/** The run of a closing; asked to start again it goes on as it is. */
export function startOf(
  { dependencies: { config } }: Call,
  tenant: TenantRecord,
  closing: TenantClosing,
): TenantStart {
  const { timeScale } = config.daraja;
  return {
    workflow: 'closeTenant',
    workflowId: closing.workflowId,
    tier: tenant.tier,
    summary: `Closing ${closing.number}`,
    input: {
      ...{ tenantId: closing.tenantId, closingId: closing.id },
      ...(timeScale === 1 ? {} : { timeScale }),
    },
  };
}

/** Tells the run, and notes it in the log of the business; undefined when it was taken. */
export async function decideAbout(
  call: Call,
  of: { tenant: TenantRecord; closing: TenantClosing | undefined },
  said: Pick<DecideClosingInput, 'decision' | 'note'>,
): Promise<Problem | undefined> {
  const { tenant, closing } = of;
  if (closing === undefined || closing.endedAt !== null) return problem('not-waiting');
  const { principal, dependencies, requestId } = call;
  const { db, temporal } = dependencies;
  const actor = actorOf(principal);
  const input: DecideClosingInput = { ...said, actor };
  const outcome = await temporal.startAndAsk<ClosingVerdict>(startOf(call, tenant, closing), {
    ...{ name: 'decideClosing', input, requestId: randomUUID() },
  });
  if (outcome.kind === 'unavailable' || outcome.kind === 'pending') {
    return problem('unavailable', { headers: { 'Retry-After': '5' } });
  }
  if (outcome.kind !== 'answered' || !outcome.verdict.accepted) return problem('not-waiting');
  await db.withTenant(tenant.id, (t) =>
    appendAudit(t, {
      ...{ actor, action: `closing.${said.decision}`, requestId },
      ...{ objectKind: 'tenant', objectId: tenant.id },
      detail: { closingId: closing.id, note: said.note },
    }),
  );
  return undefined;
}
