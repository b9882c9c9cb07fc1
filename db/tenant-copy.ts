/**
 * Copies one tenant's rows from place to place, as JSON over the connections of the owner: first all
 * rows page by page while the tenant works, then again those that were written meanwhile, and at the
 * end a digest of every table on both sides. Nothing here decides when; every step may be repeated.
 */
import pg from 'pg';
import type { Client } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { asReplica } from './owner-transaction.ts';
import { placementOf, type Place } from './tenant-placement.ts';

export interface CopyTable {
  relation: string;
  keys: string[];
  columns: string[];
  /** A column that each place counts by itself: not copied, but its order is kept. */
  serial: string | null;
  /** A counted column that is part of the key: copied, and counting goes on behind it. */
  counter: string | null;
}

export interface CopySide {
  client: Client;
  place: Place;
}

export interface Copy {
  tenantId: TenantId;
  source: CopySide;
  target: CopySide;
}

const pageRows = 200;
const changesPerBatch = 5_000;
const changesMax = 1_000_000;

export async function readCopyPlan(client: Client): Promise<CopyTable[]> {
  const found = await client.query<CopyTable>('select * from platform.copy_plan()');
  const bare = found.rows.filter(({ keys }) => keys === null).map(({ relation }) => relation);
  if (bare.length > 0) throw new Error(`rows cannot be told apart in: ${bare.join(', ')}`);
  return found.rows;
}

/**
 * Copies the page of a table that follows the row `after` (its JSON; undefined for the first page)
 * and answers the last row copied; undefined when there was none. Rows that are there stay: whatever
 * changed since is in the captured changes.
 */
export async function copyPage(
  copy: Copy,
  table: CopyTable,
  after: string | undefined,
): Promise<{ count: number; last: string } | undefined> {
  const { source, target, tenantId } = copy;
  const from = qualified(source, table);
  const order = table.serial === null ? table.keys : [table.serial];
  const position = `jsonb_populate_record(null::${from}, $2::jsonb) as "after"`;
  const found = await source.client.query<{ row: string }>(
    `select to_jsonb(r)::text as row from ${from} r ${after === undefined ? '' : `, ${position}`}
     where r.tenant_id = $1 ${after === undefined ? '' : `and ${tuple('r', order)} > ${tuple('"after"', order)}`}
     order by ${order.map((name) => `r.${quoted(name)}`).join(', ')} limit ${pageRows}`,
    after === undefined ? [tenantId] : [tenantId, after],
  );
  const last = found.rows.at(-1)?.row;
  if (last === undefined) return undefined;
  const rows = found.rows.map(({ row }) => row);
  await asReplica(target.client, () => insertRows(target, table, rows, 'on conflict do nothing'));
  return { count: rows.length, last };
}

/** Carries over what was captured; answers how many changes are left. */
export async function applyChanges(copy: Copy, plan: readonly CopyTable[]): Promise<number> {
  try {
    return await applyBatch(copy, plan, changesPerBatch);
  } catch (error) {
    // A value that was freed by one row and taken by another has to move together with both.
    if (!(error instanceof pg.DatabaseError) || error.code !== '23505') throw error;
    return applyBatch(copy, plan, changesMax);
  }
}

async function applyBatch(copy: Copy, plan: readonly CopyTable[], limit: number): Promise<number> {
  const { source, target, tenantId } = copy;
  const space = placementOf(source.place).schema;
  const found = await source.client.query<{ seq: string; relation: string; key: string }>(
    `select seq::text, relation, key::text from platform.move_changes
     where tenant_id = $1 and place = $2 order by seq limit ${limit}`,
    [tenantId, space],
  );
  const keysOf = Map.groupBy(found.rows, ({ relation }) => relation);
  await asReplica(target.client, async () => {
    for (const table of plan) {
      const keys = [...new Set(keysOf.get(table.relation)?.map(({ key }) => key) ?? [])];
      if (keys.length > 0) await replaceRows(copy, table, keys);
    }
  });
  await source.client.query('delete from platform.move_changes where seq = any($1::bigint[])', [
    found.rows.map(({ seq }) => seq),
  ]);
  const left = await source.client.query<{ n: number }>(
    'select count(*)::int as n from platform.move_changes where tenant_id = $1 and place = $2',
    [tenantId, space],
  );
  return left.rows[0]?.n ?? 0;
}

async function replaceRows(copy: Copy, table: CopyTable, keys: readonly string[]): Promise<void> {
  const { source, target, tenantId } = copy;
  const from = qualified(source, table);
  const to = qualified(target, table);
  const list = `[${keys.join(',')}]`;
  const current = await source.client.query<{ row: string }>(
    `select to_jsonb(r)::text as row from ${from} r
     where r.tenant_id = $1 and ${tuple('r', table.keys)} in (
       select ${names('k', table.keys)} from jsonb_populate_recordset(null::${from}, $2::jsonb) k)
     ${table.serial === null ? '' : `order by r.${quoted(table.serial)}`}`,
    [tenantId, list],
  );
  await target.client.query(
    `delete from ${to} r where r.tenant_id = $1 and ${tuple('r', table.keys)} in (
       select ${names('k', table.keys)} from jsonb_populate_recordset(null::${to}, $2::jsonb) k)`,
    [tenantId, list],
  );
  await insertRows(
    target,
    table,
    current.rows.map(({ row }) => row),
  );
}

/** Puts counted rows into the order of the source, and counters behind what was copied. */
export async function settleCounters(copy: Copy, plan: readonly CopyTable[]): Promise<void> {
  const { target, tenantId } = copy;
  for (const table of plan.filter(({ serial }) => serial !== null)) {
    await deleteRows(target, table, tenantId);
    for (let after: string | undefined; ;) {
      const page = await copyPage(copy, table, after);
      if (page === undefined) break;
      after = page.last;
    }
  }
  await advanceCounters(target, plan);
}

/** Puts the counters of a place behind the rows that are there. */
export async function advanceCounters(side: CopySide, plan: readonly CopyTable[]): Promise<void> {
  for (const table of plan) {
    if (table.counter === null) continue;
    const to = qualified(side, table);
    await side.client.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(
         (select coalesce(max(${quoted(table.counter)}), 1) from ${to}),
         nextval(pg_get_serial_sequence($1, $2))))`,
      [to, table.counter],
    );
  }
}

/** Names of tables that differ between the sides, and how many rows the source has. */
export async function compareSides(
  copy: Copy,
  plan: readonly CopyTable[],
): Promise<{ differing: string[]; rowCount: number }> {
  const differing: string[] = [];
  let rowCount = 0;
  for (const { relation } of plan) {
    const [left, right] = [
      await digestOf(copy.source, relation, copy.tenantId),
      await digestOf(copy.target, relation, copy.tenantId),
    ];
    rowCount += left.rows;
    if (left.rows !== right.rows || left.digest !== right.digest) differing.push(relation);
  }
  return { differing, rowCount };
}

export async function digestOf(
  side: CopySide,
  relation: string,
  tenantId: TenantId,
): Promise<{ rows: number; digest: string }> {
  const found = await side.client.query<{ rows: number; digest: string }>(
    'select rows::int as rows, digest from platform.table_digest($1, $2, $3)',
    [placementOf(side.place).schema, relation, tenantId],
  );
  return found.rows[0] ?? { rows: 0, digest: '' };
}

/** Removes every row a tenant has in a place. */
export async function removeRows(
  side: CopySide,
  plan: readonly CopyTable[],
  tenantId: TenantId,
): Promise<void> {
  for (const table of plan) await deleteRows(side, table, tenantId);
}

async function deleteRows(side: CopySide, table: CopyTable, tenantId: TenantId): Promise<void> {
  await asReplica(side.client, () =>
    side.client.query(`delete from ${qualified(side, table)} where tenant_id = $1`, [tenantId]),
  );
}

async function insertRows(
  side: CopySide,
  table: CopyTable,
  rows: readonly string[],
  onConflict = '',
): Promise<void> {
  if (rows.length === 0) return;
  const to = qualified(side, table);
  const columns = table.columns.map(quoted).join(', ');
  await side.client.query(
    `insert into ${to} (${columns}) overriding system value
     select ${columns} from jsonb_populate_recordset(null::${to}, $1::jsonb) ${onConflict}`,
    [`[${rows.join(',')}]`],
  );
}

function qualified({ place }: CopySide, { relation }: CopyTable): string {
  return `${quoted(placementOf(place).schema)}.${quoted(relation)}`;
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

function names(alias: string, columns: readonly string[]): string {
  return columns.map((name) => `${alias}.${quoted(name)}`).join(', ');
}

function tuple(alias: string, columns: readonly string[]): string {
  return `(${names(alias, columns)})`;
}
