/**
 * Takes along everything a tenant has. The rows are read as they were at one moment; a worker that
 * dies is followed by one that begins the rows anew, or goes on with the file it was at.
 */
import { stringify } from 'csv-stringify/sync';
import { createHash } from 'node:crypto';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import {
  exportTables,
  leftOut,
  openedColumns,
  rowsOf,
  sheetColumns,
  type ExportTable,
} from '../db/export-plan.ts';
import type { ManifestSigner } from '../db/manifest-signer.ts';
import { appendEvents } from '../db/outbox.ts';
import {
  beginWriting,
  expireExport,
  findExport,
  finishExport,
  listExportFiles,
} from '../db/tenant-exports.ts';
import { findTenant } from '../db/tenant-record.ts';
import { listUploads, readUpload } from '../db/uploads.ts';
import type { AuditAction } from '../domain/audit/actions.ts';
import {
  archivedFileName,
  cellText,
  manifestName,
  signatureName,
  type ExportManifest,
} from '../domain/tenants/export-manifest.ts';
import { byteOrderMark, csvDialect } from '../domain/spreadsheet.ts';
import { toPublicId } from '../domain/ids.ts';
import type { ExportTenantInput } from '../workflows/tenant-types.ts';
import { openExportFile, type ExportFile } from './export-files.ts';
import type { Failpoint } from './failpoint.ts';
import type { ExportSteps } from './tenant-steps.ts';

export interface ExportDependencies {
  db: Database;
  signer: ManifestSigner;
  failpoint: Failpoint;
}

/** Days an archive can be fetched. */
const keptDays = 7;

/** Builds the steps of an export. */
export function createExportActivities(d: ExportDependencies): ExportSteps {
  return {
    exportRows: (input) => exportRows(d, input),
    exportFiles: (input) => exportFiles(d, input),
    sealExport: (input) => sealExport(d, input),
    expireExport: ({ tenantId, exportId }) =>
      d.db.withTenant(tenantId, async (t) => {
        if (await expireExport(t, exportId)) await note(t, exportId, 'export.expire');
      }),
  };
}

type Opening = (ordinal: number, name: string) => ExportFile;

function filesOf(
  d: ExportDependencies,
  { tenantId, exportId }: ExportTenantInput,
  attempt: number,
): Opening {
  const afterPiece = () => d.failpoint('export.midFile');
  const into = { db: d.db, afterPiece };
  return (ordinal, name) => openExportFile(into, { tenantId, exportId, attempt, ordinal, name });
}

async function exportRows(d: ExportDependencies, input: ExportTenantInput): Promise<void> {
  const { tenantId, exportId } = input;
  await d.db.withTenant(
    tenantId,
    async (snapshot) => {
      const tables = await exportTables(snapshot);
      const uploads = await listUploads(snapshot);
      const filesTotal = 2 * tables.length + uploads.length;
      const attempt = await d.db.withTenant(tenantId, (t) =>
        beginWriting(t, exportId, { anew: true, filesTotal }),
      );
      const open = filesOf(d, input, attempt);
      for (const [index, table] of tables.entries()) {
        await exportTable(snapshot, table, {
          rows: open(2 * index, `rows/${table.relation}.jsonl`),
          sheet: open(2 * index + 1, `csv/${table.relation}.csv`),
        });
      }
    },
    { snapshot: true },
  );
  await d.failpoint('export.afterRows');
}

async function exportTable(
  t: TenantHandle,
  table: ExportTable,
  { rows, sheet }: { rows: ExportFile; sheet: ExportFile },
): Promise<void> {
  const { plain, opened } = sheetColumns(table);
  let rowCount = 0;
  await sheet.write(byteOrderMark + stringify([[...plain, ...opened]], csvDialect));
  for await (const page of rowsOf(t, table)) {
    let lines = '';
    const cells: string[][] = [];
    for (const text of page) {
      const row: Record<string, unknown> = JSON.parse(text);
      const words = openedColumns(t, table.relation, row);
      lines += `{"row":${text},"opened":${JSON.stringify(words)}}\n`;
      const values = [...plain.map((name) => row[name]), ...opened.map((name) => words[name])];
      cells.push(values.map(cellText));
    }
    rowCount += page.length;
    await rows.write(lines);
    await sheet.write(stringify(cells, csvDialect));
  }
  await rows.end(rowCount);
  await sheet.end(rowCount);
}

/** Uploaded files never change, so they need no snapshot, and those that are done stay done. */
async function exportFiles(d: ExportDependencies, input: ExportTenantInput): Promise<void> {
  const { tenantId, exportId } = input;
  const { attempt, uploads, done } = await d.db.withTenant(tenantId, async (t) => ({
    attempt: await beginWriting(t, exportId, { anew: false }),
    uploads: await listUploads(t),
    done: await listExportFiles(t, exportId),
  }));
  const open = filesOf(d, input, attempt);
  const names = new Set(done.map(({ name }) => name));
  let ordinal = (done.at(-1)?.ordinal ?? -1) + 1;
  for (const { id, fileName } of uploads) {
    const name = archivedFileName(id, fileName);
    if (names.has(name)) continue;
    const file = open(ordinal, name);
    for await (const piece of readUpload(d.db, tenantId, id)) await file.write(piece);
    await file.end(null);
    ordinal += 1;
  }
}

async function sealExport(d: ExportDependencies, input: ExportTenantInput) {
  const { tenantId, exportId } = input;
  const known = await d.db.withTenant(tenantId, (t) => findExport(t, exportId));
  if (known?.status === 'running') await sealRunning(d, input);
  await d.failpoint('export.afterSeal');
  const sealed = await d.db.withTenant(tenantId, (t) => findExport(t, exportId));
  return { rowCount: sealed?.rowCount ?? 0, byteCount: sealed?.byteCount ?? 0 };
}

async function sealRunning(d: ExportDependencies, input: ExportTenantInput): Promise<void> {
  const { tenantId, exportId } = input;
  const tenant = await findTenant(d.db, tenantId);
  const { attempt, files, created } = await d.db.withTenant(tenantId, async (t) => ({
    attempt: await beginWriting(t, exportId, { anew: false }),
    files: await listExportFiles(t, exportId),
    created: await findExport(t, exportId),
  }));
  if (tenant === undefined || created === undefined) throw new Error('a tenant has its export');
  const own = files.filter(({ name }) => name !== manifestName && name !== signatureName);
  const { id, name, tier: plan, environment } = tenant;
  const manifest: ExportManifest = {
    ...{ format: 'daftari-export', version: 1, exportId },
    tenant: { id, name, plan, environment },
    takenAt: created.createdAt,
    files: own.map(({ ordinal: _, ...file }) => file),
    ...{ leftOut, publicKey: d.signer.publicKey },
  };
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  const open = filesOf(d, input, attempt);
  let ordinal = (files.at(-1)?.ordinal ?? -1) + 1;
  for (const [fileName, contents] of [
    [manifestName, text],
    [signatureName, `${d.signer.sign(text)}\n`],
  ] as const) {
    if (files.some((file) => file.name === fileName)) continue;
    const file = open(ordinal, fileName);
    await file.write(contents);
    await file.end(null);
    ordinal += 1;
    await d.failpoint('export.beforeSeal');
  }
  const manifestSha256 = createHash('sha256').update(text).digest('hex');
  await d.db.withTenant(tenantId, async (t) => {
    const isNew = await finishExport(t, { exportId, manifestSha256, days: keptDays });
    if (!isNew) return;
    await note(t, exportId, 'export.ready', { manifestSha256 });
    await tellReady(t, exportId);
  });
}

async function tellReady(t: TenantHandle, exportId: ExportTenantInput['exportId']): Promise<void> {
  const key = `${t.tenantId}:${exportId}`;
  const data = { exportId: toPublicId('tenantExport', exportId) };
  await appendEvents(t, [
    { topic: 'domain-events', key, type: 'export.ready', version: 1, isPersonal: false, data },
  ]);
}

async function note(
  t: TenantHandle,
  exportId: string,
  action: AuditAction,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await appendAudit(t, {
    ...{ actor: 'service:tenants', action, detail },
    ...{ objectKind: 'export', objectId: exportId },
  });
}
