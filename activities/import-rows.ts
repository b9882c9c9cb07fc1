/** The one transaction of an import: every row, every file, and the proof that they are the same. */
import { leftOut, openedColumns } from '../db/export-plan.ts';
import type { Sealer } from '../db/seal.ts';
import type { CopySide, CopyTable } from '../db/tenant-copy.ts';
import { notBroughtBack } from '../db/tenant-imports.ts';
import {
  finishImport,
  indexArchivedTags,
  indexArchivedWords,
  insertArchived,
  insertUploadChunk,
  isOccupied,
  storedRows,
  takeIn,
  type IntakeRow,
} from '../db/tenant-intake.ts';
import { chunkContext } from '../db/uploads.ts';
import type { Id, TenantId } from '../domain/ids.ts';
import {
  tableOfArchived,
  uploadOfArchived,
  type ImportRefusal,
} from '../domain/tenants/export-manifest.ts';
import { linesOf, type Archive, type ArchiveEntry } from './archive-reader.ts';
import type { Failpoint } from './failpoint.ts';
import type { SoundManifest } from './import-manifest.ts';
import {
  changedColumns,
  importOrder,
  openResealing,
  type ArchivedRow,
  type Resealing,
} from './import-plan.ts';
import { openRowDigest } from './import-proof.ts';

interface Into {
  side: CopySide;
  seal: Sealer;
  failpoint: Failpoint;
}

export interface Bringing {
  archive: Archive;
  manifest: SoundManifest;
  tenantId: TenantId;
  importId: Id<'tenantImport'>;
}

/** Carries a refusal out of the transaction, which is rolled back by it. */
class Refused extends Error {
  override name = 'Refused';
  readonly refusal: ImportRefusal;
  constructor(refusal: ImportRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** Brings everything in, or answers why nothing was. */
export async function bringArchive(into: Into, what: Bringing): Promise<ImportRefusal | undefined> {
  try {
    await takeIn(into.side, what.tenantId, (plan) => bringAll(into, what, plan));
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function bringAll(into: Into, what: Bringing, plan: readonly CopyTable[]): Promise<void> {
  const { side, failpoint } = into;
  const { tenantId, importId, manifest, archive } = what;
  const tables = plan.filter(({ relation }) => isBrought(relation));
  for (const { relation } of tables) {
    if (await isOccupied(side, relation, tenantId)) throw new Refused('tenant-not-empty');
  }
  const by = openResealing({ seal: into.seal, from: manifest.from, to: tenantId });
  const files = new Map(manifest.files.map(({ name }) => [tableOfArchived(name) ?? name, name]));
  const known = new Map(tables.map((table) => [table.relation, table]));
  const relations = [...files.keys()].filter((key) => tableOfArchived(`rows/${key}.jsonl`));
  let rowCount = 0;
  for (const relation of importOrder(relations)) {
    if (!isBrought(relation)) continue;
    const table = known.get(relation);
    const entry = archive.entries.get(files.get(relation) ?? '');
    if (table === undefined || entry === undefined) throw new Refused('other-version');
    rowCount += await bringTable({ ...into, by }, what, { table, entry });
  }
  for (const { name } of manifest.files) {
    const uploadId = uploadOfArchived(name);
    const entry = archive.entries.get(name);
    if (uploadId !== undefined && entry !== undefined) {
      await bringFile(into, what, { uploadId, entry });
    }
  }
  await indexArchivedWords(side, tenantId);
  await indexArchivedTags(side, tenantId);
  await finishImport(side, tenantId, { importId, rowCount, manifestSha256: manifest.sha256 });
  await failpoint('import.beforeCommit');
}

function isBrought(relation: string): boolean {
  return !notBroughtBack.has(relation) && !Object.hasOwn(leftOut, relation);
}

const rowsPerInsert = 500;

async function bringTable(
  { side, by, seal, failpoint }: Into & { by: Resealing },
  { archive, tenantId }: Bringing,
  { table, entry }: { table: CopyTable; entry: ArchiveEntry },
): Promise<number> {
  const { relation } = table;
  const said = openRowDigest(relation);
  let columns: string[] | undefined;
  let waiting: IntakeRow[] = [];
  let count = 0;
  const flush = async () => {
    if (columns !== undefined) await insertArchived(side, { relation, columns }, waiting);
    waiting = [];
    await failpoint('import.midRows');
  };
  for await (const line of linesOf(archive.read(entry))) {
    const archived: ArchivedRow = JSON.parse(line);
    columns ??= columnsOf(table, archived);
    said.add(archived);
    waiting.push({ line, changed: changedColumns(by, relation, archived) });
    count += 1;
    if (waiting.length === rowsPerInsert) await flush();
  }
  if (waiting.length > 0) await flush();
  const stored = openRowDigest(relation);
  for await (const page of storedRows(side, relation, tenantId)) {
    for (const text of page) {
      const row: ArchivedRow['row'] = JSON.parse(text);
      stored.add({ row, opened: openedColumns({ seal }, relation, row) });
    }
  }
  if (stored.result() !== said.result()) {
    throw new Error(`what was stored in ${relation} is not what the archive says`);
  }
  return count;
}

/** Columns that came later have their defaults; one that is gone means the archive is too old. */
function columnsOf({ columns, serial }: CopyTable, { row }: ArchivedRow): string[] {
  const unknown = Object.keys(row).filter((name) => !columns.includes(name) && name !== serial);
  if (unknown.length > 0) throw new Refused('other-version');
  return columns.filter((name) => Object.hasOwn(row, name));
}

async function bringFile(
  { side, seal }: Into,
  { archive, tenantId }: Bringing,
  { uploadId, entry }: { uploadId: string; entry: ArchiveEntry },
): Promise<void> {
  let seq = 0;
  for await (const piece of archive.read(entry)) {
    const sealed = seal.sealBytes(piece, chunkContext(uploadId, seq));
    await insertUploadChunk(side, tenantId, { uploadId, seq, sealed });
    seq += 1;
  }
}
