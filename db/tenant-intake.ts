/** Writes rows of an archive into a place, over the connection of its owner. */
import pg from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { asReplica } from './owner-transaction.ts';
import { advanceCounters, readCopyPlan, type CopySide, type CopyTable } from './tenant-copy.ts';
import { placementOf } from './tenant-placement.ts';

export interface IntakeRow {
  /** A line of a file of rows, as it is. */
  line: string;
  /** Columns that are not as the line says. */
  changed: Readonly<Record<string, unknown>>;
}

/**
 * Runs `work` in one transaction in which neither triggers nor references speak, and nobody else
 * writes for the tenant.
 */
export function takeIn<T>(
  side: CopySide,
  tenantId: TenantId,
  work: (tables: readonly CopyTable[]) => Promise<T>,
): Promise<T> {
  const { client } = side;
  return asReplica(client, async () => {
    await client.query('select pg_advisory_xact_lock(platform.tenant_lock($1))', [tenantId]);
    const plan = await readCopyPlan(client);
    const result = await work(plan);
    await advanceCounters(side, plan);
    return result;
  });
}

/** Whether the tenant has a row in this table. */
export async function isOccupied(
  { client, place }: CopySide,
  relation: string,
  tenantId: TenantId,
): Promise<boolean> {
  const found = await client.query(
    `select from ${qualified(place, relation)} where tenant_id = $1 limit 1`,
    [tenantId],
  );
  return found.rowCount === 1;
}

/** Inserts rows; `columns` are those the archive knows, the others get their defaults. */
export async function insertArchived(
  { client, place }: CopySide,
  table: { relation: string; columns: readonly string[] },
  rows: readonly IntakeRow[],
): Promise<void> {
  const to = qualified(place, table.relation);
  const columns = table.columns.map((name) => pg.escapeIdentifier(name)).join(', ');
  const list = rows.map(({ line, changed }) => `{"l":${line},"c":${JSON.stringify(changed)}}`);
  await client.query(
    `insert into ${to} (${columns}) overriding system value
     select ${columns} from jsonb_populate_recordset(null::${to}, (
       select jsonb_agg((x -> 'l' -> 'row') || (x -> 'c')) from jsonb_array_elements($1::jsonb) x))`,
    [`[${list.join(',')}]`],
  );
}

const rowsPerFetch = 500;

/** The rows a tenant has in a table now, as JSON texts, page by page. */
export async function* storedRows(
  { client, place }: CopySide,
  relation: string,
  tenantId: TenantId,
): AsyncGenerator<string[]> {
  const from = qualified(place, relation);
  await client.query(
    `declare stored_rows no scroll cursor for
     select to_jsonb(r)::text as row from ${from} r
     where tenant_id = ${pg.escapeLiteral(tenantId)}`,
  );
  for (;;) {
    const page = await client.query<{ row: string }>(`fetch ${rowsPerFetch} from stored_rows`);
    if (page.rows.length > 0) yield page.rows.map(({ row }) => row);
    if (page.rows.length < rowsPerFetch) break;
  }
  await client.query('close stored_rows');
}

/** Builds the index of words over transactions from the lines they came from. */
export async function indexArchivedWords(
  { client, place }: CopySide,
  tenantId: TenantId,
): Promise<void> {
  const table = (relation: string) => qualified(place, relation);
  await client.query(
    `insert into ${table('transaction_words')} (tenant_id, word, chunk_id, transaction_ids)
     select l.tenant_id, word, platform.uuid_v7(), array_agg(l.transaction_id)
     from ${table('statement_lines')} l
     join ${table('transactions')} x on x.tenant_id = l.tenant_id and x.id = l.transaction_id
       and x.statement_id = l.statement_id
     cross join unnest(l.search_tokens) word
     where l.tenant_id = $1 group by l.tenant_id, l.statement_id, l.ordinal / 1000, word`,
    [tenantId],
  );
}

/** Builds the index of tags from the marks of rows and the transactions that stand for them. */
export async function indexArchivedTags(
  { client, place }: CopySide,
  tenantId: TenantId,
): Promise<void> {
  const table = (relation: string) => qualified(place, relation);
  await client.query(
    `insert into ${table('row_tags')} (tenant_id, account_id, identity, tag, transaction_id,
       statement_id, ordinal, occurred_at, amount_cents, direction, channel, nature, purpose,
       confidence, category)
     select m.tenant_id, m.account_id, m.identity, tag, x.id, x.statement_id, x.ordinal,
       x.occurred_at, x.amount_cents, x.direction, x.channel, x.nature, x.purpose, x.confidence,
       x.category
     from ${table('row_marks')} m cross join lateral unnest(m.tags) as tag
     left join ${table('transactions')} x on x.tenant_id = m.tenant_id
       and x.account_id = m.account_id and x.identity = m.identity and x.reversed_at is null
     where m.tenant_id = $1`,
    [tenantId],
  );
}

/** Stores a sealed piece of an uploaded file. */
export async function insertUploadChunk(
  { client, place }: CopySide,
  tenantId: TenantId,
  chunk: { uploadId: string; seq: number; sealed: Buffer },
): Promise<void> {
  await client.query(
    `insert into ${qualified(place, 'upload_chunks')} (tenant_id, upload_id, seq, sealed)
     values ($1, $2, $3, $4)`,
    [tenantId, chunk.uploadId, chunk.seq, chunk.sealed],
  );
}

/** Ends the import in the transaction that brought its rows. */
export async function finishImport(
  { client, place }: CopySide,
  tenantId: TenantId,
  done: { importId: string; rowCount: number; manifestSha256: string },
): Promise<void> {
  const { importId, rowCount, manifestSha256 } = done;
  const ended = await client.query(
    `update ${qualified(place, 'tenant_imports')} set status = 'done', row_count = $3,
       manifest_sha256 = $4, ended_at = now()
     where tenant_id = $1 and id = $2 and status = 'running'`,
    [tenantId, importId, rowCount, manifestSha256],
  );
  if (ended.rowCount !== 1) throw new Error(`import ${importId} is not running`);
}

function qualified(place: string, relation: string): string {
  return `${pg.escapeIdentifier(placementOf(place).schema)}.${pg.escapeIdentifier(relation)}`;
}
