/** The record of a tenant's moves between places; it moves along with the tenant. */
import { sql } from 'kysely';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import type { TenantTier } from './platform-tables.ts';
import type { Place } from './tenant-placement.ts';
import type { MoveStatus } from './tenant-tables.ts';

export interface TenantMove {
  id: string;
  number: number;
  fromPlace: Place;
  toPlace: Place;
  fromTier: TenantTier;
  toTier: TenantTier;
  status: MoveStatus;
  detail: string | null;
  rowCount: number | null;
  frozenMilliseconds: number | null;
  workflowId: string;
  createdAt: Instant;
  switchedAt: Instant | null;
  endedAt: Instant | null;
}

export interface NewMove {
  id: string;
  fromPlace: Place;
  toPlace: Place;
  fromTier: TenantTier;
  toTier: TenantTier;
  /** From the number of the move. */
  workflowIdOf: (number: number) => string;
  requestedBy: string;
}

/** Records a move about to begin; undefined while another one is under way. */
export async function insertMove(t: TenantHandle, move: NewMove): Promise<TenantMove | undefined> {
  const counted = await t.query
    .selectFrom('tenant_moves')
    .select(sql<number>`coalesce(max(number), 0)`.as('last'))
    .executeTakeFirstOrThrow();
  const number = counted.last + 1;
  const inserted = await t.query
    .insertInto('tenant_moves')
    .values({
      tenant_id: t.tenantId,
      id: move.id,
      number,
      from_place: move.fromPlace,
      to_place: move.toPlace,
      from_tier: move.fromTier,
      to_tier: move.toTier,
      workflow_id: move.workflowIdOf(number),
      requested_by: move.requestedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return undefined;
  return findMove(t);
}

/** The newest move of the tenant. */
export async function findMove(t: TenantHandle): Promise<TenantMove | undefined> {
  const row = await t.query
    .selectFrom('tenant_moves')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    number: row.number,
    fromPlace: row.from_place,
    toPlace: row.to_place,
    fromTier: row.from_tier,
    toTier: row.to_tier,
    status: row.status,
    detail: row.detail,
    rowCount: row.row_count,
    frozenMilliseconds: row.frozen_milliseconds,
    workflowId: row.workflow_id,
    createdAt: row.created_at,
    switchedAt: row.switched_at,
    endedAt: row.ended_at,
  };
}

/** Notes that the tenant lives in its new place. */
export async function noteSwitch(
  t: TenantHandle,
  move: { moveId: string; rowCount: number; frozenMilliseconds: number },
): Promise<void> {
  const { moveId, rowCount, frozenMilliseconds } = move;
  const noted = await t.query
    .updateTable('tenant_moves')
    .set({
      status: 'switched',
      row_count: rowCount,
      frozen_milliseconds: frozenMilliseconds,
      switched_at: sql<Instant>`now()`,
    })
    .where('id', '=', moveId)
    .where('status', '=', 'copying')
    .executeTakeFirst();
  if (noted.numUpdatedRows === 0n) return;
  await appendAudit(t, {
    actor: 'service:tenants',
    action: 'tenant.move',
    objectKind: 'tenant',
    objectId: t.tenantId,
    detail: { moveId, rowCount, frozenMilliseconds },
  });
}

/** Notes how a move ended; repeated, it changes nothing. */
export async function finishMove(
  t: TenantHandle,
  move: { moveId: string; status: 'confirmed' | 'rolled-back' | 'abandoned'; detail?: string },
): Promise<void> {
  const { moveId, status, detail = null } = move;
  const noted = await t.query
    .updateTable('tenant_moves')
    .set({ status, detail, ended_at: sql<Instant>`now()` })
    .where('id', '=', moveId)
    .where('status', 'in', ['copying', 'switched'])
    .executeTakeFirst();
  if (noted.numUpdatedRows === 0n) return;
  await appendAudit(t, {
    actor: 'service:tenants',
    action: `tenant.move.${status}`,
    objectKind: 'tenant',
    objectId: t.tenantId,
    detail: { moveId, ...(detail === null ? {} : { detail }) },
  });
}
