/**
 * What an export takes along: every table of a tenant but those named here with a reason, and for
 * sealed columns how they are opened, so that the archive can be read without us.
 */
import { sql } from 'kysely';
import { nameContext as accountName } from './accounts.ts';
import { bodyContext } from './callbacks.ts';
import { rowContext as collectionRow } from './collection-batches.ts';
import { msisdnContext as collectionMsisdn } from './collection-record.ts';
import { msisdnContext as customerMsisdn, nameContext as customerName } from './customers.ts';
import type { TenantHandle } from './database.ts';
import { sealContext as disbursement } from './disbursements.ts';
import { rowContext as payoutRow } from './payout-batches.ts';
import { wordsContext as receivedPayment } from './received-payments.ts';
import { noteContext as rowNote } from './row-marks.ts';
import { partNoteContext } from './standing-parts.ts';
import { rowContext as statementRow } from './seal.ts';
import { namesContext as printedNames } from './statement-record.ts';
import { rejectContext } from './statement-rejects.ts';

/** A row as `to_jsonb` shows it: bytes are `\x` and hex digits. */
export type ExportedRow = Readonly<Record<string, unknown>>;

interface SealedColumn {
  column: string;
  /** Its name in the archive. */
  name: string;
  context: (row: ExportedRow) => string;
  isJson?: true;
}

/** Tables that stay behind, and why; the archive says so too. */
export const leftOut: Readonly<Record<string, string>> = {
  audit_heads: 'the last record of the audit log says the same',
  consumed_events: 'bookkeeping of deliveries between services',
  download_chunks: 'files made from the other tables, kept for a day',
  downloads: 'files made from the other tables, kept for a day',
  idempotency_keys: 'answers to repeated requests, kept for three days',
  invitations: 'an invitation is only good where it was made',
  notice_marks: 'what single people have read',
  notice_reads: 'what single people have read',
  notices: 'messages about what stands in the other tables, kept for 90 days',
  outbox: 'events on their way to other services',
  row_tags: 'an index, built again from the rows',
  saved_views: 'how single people like to look at the rows',
  shortcode_credentials: 'secrets of M-PESA are never given out again',
  subject_requests: 'wishes about persons; the audit log says what became of them',
  tenant_export_chunks: 'the archives themselves',
  tenant_export_files: 'the archives themselves',
  tenant_exports: 'the archives themselves',
  tenant_import_chunks: 'archives that were brought back',
  tenant_imports: 'archives that were brought back',
  tenant_moves: 'where the rows lay, not what they say',
  transaction_words: 'an index, built again from the rows',
  upload_chunks: 'the uploaded files are in the folder "files"',
};

const always = (context: string) => () => context;

/** The sealed columns of every table that is exported. */
export const sealedColumns: Readonly<Record<string, readonly SealedColumn[]>> = {
  accounts: [{ column: 'name_sealed', name: 'name', context: always(accountName) }],
  callback_inbox: [{ column: 'body_sealed', name: 'body', context: callbackBody }],
  collection_batch_rows: [
    { column: 'sealed', name: 'words', context: always(collectionRow), isJson: true },
  ],
  collections: [{ column: 'msisdn_sealed', name: 'msisdn', context: always(collectionMsisdn) }],
  customers: [
    { column: 'name_sealed', name: 'name', context: always(customerName) },
    { column: 'msisdn_sealed', name: 'msisdn', context: always(customerMsisdn) },
  ],
  disbursements: [
    { column: 'payee_sealed', name: 'payee', context: always(disbursement), isJson: true },
  ],
  payout_batch_rows: [
    { column: 'row_sealed', name: 'words', context: always(payoutRow), isJson: true },
  ],
  received_payments: [
    { column: 'sealed', name: 'words', context: always(receivedPayment), isJson: true },
  ],
  row_marks: [{ column: 'note_sealed', name: 'note', context: always(rowNote) }],
  row_parts: [{ column: 'note_sealed', name: 'note', context: always(partNoteContext) }],
  statement_lines: [
    { column: 'sealed', name: 'words', context: always(statementRow), isJson: true },
  ],
  statement_rejects: [
    { column: 'sealed', name: 'words', context: always(rejectContext), isJson: true },
  ],
  statements: [
    {
      column: 'printed_names_sealed',
      name: 'printed_names',
      context: ({ id }) => printedNames(String(id)),
      isJson: true,
    },
  ],
};

function callbackBody({ letter, target_id: targetId }: ExportedRow): string {
  return bodyContext({ letter: String(letter), targetId: String(targetId) });
}

export interface ExportTable {
  relation: string;
  keys: string[];
  columns: string[];
}

/** The tables to export in a fixed order, each with the columns that order its rows. */
export async function exportTables(t: TenantHandle): Promise<ExportTable[]> {
  const found = await sql<ExportTable>`
    select relation, keys, columns from platform.copy_plan() order by relation`.execute(t.query);
  return found.rows.filter(({ relation }) => !Object.hasOwn(leftOut, relation));
}

/** What the sealed columns of a row say, by their names in the archive. */
export function openedColumns(
  t: Pick<TenantHandle, 'seal'>,
  relation: string,
  row: ExportedRow,
): Record<string, unknown> {
  const opened: Record<string, unknown> = {};
  for (const { column, name, context, isJson } of sealedColumns[relation] ?? []) {
    const sealed = row[column];
    if (typeof sealed !== 'string') continue;
    const text = sealed.startsWith('\\x')
      ? t.seal.open(Buffer.from(sealed.slice(2), 'hex'), context(row))
      : t.seal.openText(sealed, context(row));
    opened[name] = isJson === true ? JSON.parse(text) : text;
  }
  return opened;
}

/** Sealed columns with these words instead, by the names of the columns; others are left out. */
export function sealedAgain(
  t: Pick<TenantHandle, 'seal'>,
  relation: string,
  { row, words }: { row: ExportedRow; words: Readonly<Record<string, unknown>> },
): Record<string, unknown> {
  const sealed: Record<string, unknown> = {};
  for (const { column, name, context, isJson } of sealedColumns[relation] ?? []) {
    const former = row[column];
    if (!Object.hasOwn(words, name) || typeof former !== 'string') continue;
    const text = isJson === true ? JSON.stringify(words[name]) : String(words[name]);
    sealed[column] = former.startsWith('\\x')
      ? t.seal.seal(text, context(row))
      : t.seal.sealText(text, context(row));
  }
  return sealed;
}

/** The columns of a sheet: those a person can read, and what the sealed ones say. */
export function sheetColumns({ relation, columns }: ExportTable): {
  plain: string[];
  opened: string[];
} {
  const sealed = sealedColumns[relation] ?? [];
  const hidden = new Set(['tenant_id', ...sealed.map(({ column }) => column)]);
  return {
    plain: columns.filter((name) => !hidden.has(name) && !/_(index|tokens)$/.test(name)),
    opened: sealed.map(({ name }) => name),
  };
}

const rowsPerFetch = 500;

/** The rows of a table as JSON texts, page by page; needs a transaction of its own snapshot. */
export async function* rowsOf(
  t: TenantHandle,
  { relation, keys }: ExportTable,
): AsyncGenerator<string[]> {
  const table = sql.table(`${t.schema}.${relation}`);
  const order = sql.join(keys.map((key) => sql.ref(`r.${key}`)));
  await sql`declare export_rows no scroll cursor for
    select to_jsonb(r)::text as row from ${table} r
    where r.tenant_id = ${sql.lit(t.tenantId)} order by ${order}`.execute(t.query);
  let isOpen = true;
  try {
    for (;;) {
      const page = await sql<{ row: string }>`
        fetch ${sql.lit(rowsPerFetch)} from export_rows`.execute(t.query);
      if (page.rows.length > 0) yield page.rows.map(({ row }) => row);
      if (page.rows.length < rowsPerFetch) break;
    }
  } catch (error) {
    // The transaction is over, and the cursor with it.
    isOpen = false;
    throw error;
  } finally {
    if (isOpen) await sql`close export_rows`.execute(t.query);
  }
}
