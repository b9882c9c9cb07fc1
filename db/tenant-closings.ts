/** The record of a tenant's closing: asked for, agreed to, and what was erased in the end. */
import { sql } from 'kysely';
import type { TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { Database, OperatorHandle } from './database.ts';
import type { ClosingStatus, ErasureCertificate } from './platform-tables.ts';

export interface TenantClosing {
  id: string;
  tenantId: TenantId;
  number: number;
  status: ClosingStatus;
  tenantName: string;
  reason: string;
  requestedBy: string;
  decidedBy: string | null;
  note: string | null;
  /** Whether the business worked before; it does again when the closing is taken back. */
  wasActive: boolean;
  workflowId: string;
  createdAt: Instant;
  graceUntil: Instant | null;
  eraseAfter: Instant | null;
  endedAt: Instant | null;
  certificate: ErasureCertificate | null;
}

function closingsOf(o: OperatorHandle) {
  return o.query
    .selectFrom('platform.tenant_closings')
    .select(['id', 'tenant_id as tenantId', 'number', 'status', 'tenant_name as tenantName'])
    .select(['reason', 'requested_by as requestedBy', 'decided_by as decidedBy', 'note'])
    .select(['was_active as wasActive', 'workflow_id as workflowId', 'created_at as createdAt'])
    .select(['grace_until as graceUntil', 'erase_after as eraseAfter', 'ended_at as endedAt'])
    .select('certificate');
}

/** Records that somebody asks for it; undefined while another closing is under way. */
export async function insertClosing(
  o: OperatorHandle,
  one: Pick<TenantClosing, 'id' | 'tenantId' | 'tenantName' | 'reason' | 'requestedBy'> & {
    workflowIdOf: (number: number) => string;
  },
): Promise<TenantClosing | undefined> {
  const counted = await o.query
    .selectFrom('platform.tenant_closings')
    .select(sql<number>`coalesce(max(number), 0)`.as('last'))
    .where('tenant_id', '=', one.tenantId)
    .executeTakeFirstOrThrow();
  const number = counted.last + 1;
  const inserted = await o.query
    .insertInto('platform.tenant_closings')
    .values({
      ...{ tenant_id: one.tenantId, id: one.id, number, tenant_name: one.tenantName },
      ...{ reason: one.reason, requested_by: one.requestedBy },
      workflow_id: one.workflowIdOf(number),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return undefined;
  return closingsOf(o).where('id', '=', one.id).executeTakeFirst();
}

/** The newest closing of a tenant. */
export function findClosing(db: Database, tenantId: TenantId): Promise<TenantClosing | undefined> {
  return db.asOperator('look at the closing of a business', (o) =>
    closingsOf(o).where('tenant_id', '=', tenantId).orderBy('number', 'desc').executeTakeFirst(),
  );
}

/** The newest closing of each of these tenants. */
export async function closingsOfTenants(
  o: OperatorHandle,
  tenantIds: readonly TenantId[],
): Promise<Map<TenantId, TenantClosing>> {
  if (tenantIds.length === 0) return new Map();
  const found = await closingsOf(o)
    .where('tenant_id', 'in', [...tenantIds])
    .orderBy('number')
    .execute();
  return new Map(found.map((one) => [one.tenantId, one]));
}

export interface ClosingPatch {
  status: ClosingStatus;
  decidedBy?: string;
  note?: string | null;
  wasActive?: boolean;
  /** Days from now. */
  graceDays?: number;
  keptDays?: number;
  isOver?: true;
}

export async function changeClosing(
  o: OperatorHandle,
  { tenantId, closingId }: { tenantId: TenantId; closingId: string },
  patch: ClosingPatch,
): Promise<void> {
  const inDays = (days: number) => sql<Instant>`now() + make_interval(days => ${days})`;
  await o.query
    .updateTable('platform.tenant_closings')
    .set({
      status: patch.status,
      ...(patch.decidedBy === undefined ? {} : { decided_by: patch.decidedBy }),
      ...(patch.note === undefined ? {} : { note: patch.note }),
      ...(patch.wasActive === undefined ? {} : { was_active: patch.wasActive }),
      ...(patch.graceDays === undefined ? {} : { grace_until: inDays(patch.graceDays) }),
      ...(patch.keptDays === undefined ? {} : { erase_after: inDays(patch.keptDays) }),
      ...(patch.isOver === undefined ? {} : { ended_at: sql<Instant>`now()` }),
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', closingId)
    .execute();
}
