/** Tries of a shortcode, and what each step of them came to. */
import { sql } from 'kysely';
import type { ShortcodeId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { CheckKind, CheckStatus, CheckStep } from './shortcode-tables.ts';

export interface ShortcodeCheck {
  id: string;
  shortcodeId: ShortcodeId;
  kind: CheckKind;
  status: CheckStatus;
  steps: CheckStep[];
  createdAt: Instant;
  finishedAt: Instant | null;
}

export async function insertCheck(
  t: TenantHandle,
  check: { id: string; shortcodeId: ShortcodeId; kind: CheckKind; requestedBy: string },
): Promise<void> {
  await t.query
    .insertInto('shortcode_checks')
    .values({
      tenant_id: t.tenantId,
      id: check.id,
      shortcode_id: check.shortcodeId,
      kind: check.kind,
      requested_by: check.requestedBy,
    })
    .execute();
}

export async function findCheck(t: TenantHandle, id: string): Promise<ShortcodeCheck | undefined> {
  const row = await selectChecks(t).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toCheck(row);
}

/** The newest tries of a shortcode, newest first. */
export async function listChecks(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  limit: number,
): Promise<ShortcodeCheck[]> {
  const rows = await selectChecks(t)
    .where('shortcode_id', '=', shortcodeId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toCheck);
}

/** Shows how far a try has come. */
export async function noteCheckSteps(
  t: TenantHandle,
  id: string,
  steps: readonly CheckStep[],
): Promise<void> {
  await t.query
    .updateTable('shortcode_checks')
    .set({ steps: JSON.stringify(steps) })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute();
}

export async function finishCheckRow(
  t: TenantHandle,
  id: string,
  end: { steps: readonly CheckStep[]; status: 'passed' | 'failed' },
): Promise<void> {
  await t.query
    .updateTable('shortcode_checks')
    .set({ steps: JSON.stringify(end.steps), status: end.status, finished_at: sql<Instant>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute();
}

function selectChecks(t: TenantHandle) {
  return t.query
    .selectFrom('shortcode_checks')
    .select(['id', 'shortcode_id', 'kind', 'status', 'steps', 'created_at', 'finished_at']);
}

function toCheck(
  row: Awaited<ReturnType<ReturnType<typeof selectChecks>['executeTakeFirstOrThrow']>>,
): ShortcodeCheck {
  return {
    id: row.id,
    shortcodeId: row.shortcode_id,
    kind: row.kind,
    status: row.status,
    steps: row.steps,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
