/**
 * Brings an archive into an empty tenant. Reading it and comparing it with its manifest changes
 * nothing and may be repeated; the rows come in one transaction, so a worker that dies leaves either
 * nothing or everything.
 */
import { createHash } from 'node:crypto';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import type { ManifestSigner } from '../db/manifest-signer.ts';
import type { Provisioner } from '../db/provisioner.ts';
import { carryPeople } from '../db/tenant-people.ts';
import {
  findImport,
  firstOccupied,
  readImport,
  refuseImport,
  removeImportChunks,
} from '../db/tenant-imports.ts';
import type { AuditAction } from '../domain/audit/actions.ts';
import type { ImportRefusal } from '../domain/tenants/export-manifest.ts';
import type { ImportTenantInput, ImportTenantResult } from '../workflows/tenant-types.ts';
import { NoArchive, openArchive, type Archive } from './archive-reader.ts';
import type { Failpoint } from './failpoint.ts';
import { readManifest, type SoundManifest } from './import-manifest.ts';
import { bringArchive } from './import-rows.ts';
import type { ImportSteps, ImportVerdict } from './tenant-steps.ts';
import { provisionerOf } from './places.ts';

export interface ImportDependencies {
  db: Database;
  signer: ManifestSigner;
  /** Undefined in a process that may not manage places. */
  provisioner: Provisioner | undefined;
  failpoint: Failpoint;
}

/** Builds the steps of an import. */
export function createImportActivities(d: ImportDependencies): ImportSteps {
  return {
    checkImport: (input) => check(d, input),
    bringRows: (input) => bring(d, input),
    settleImport: async ({ tenantId }) => {
      const place = await d.db.withTenant(tenantId, async (t) => t.place, { readOnly: true });
      await carryPeople(provisionerOf(d), { tenantId, from: place, to: place });
    },
  };
}

async function check(d: ImportDependencies, input: ImportTenantInput): Promise<ImportVerdict> {
  const { tenantId } = input;
  const occupied = await d.db.withTenant(tenantId, firstOccupied, { readOnly: true });
  if (occupied !== undefined) return refuse(d, input, 'tenant-not-empty');
  const read = await readWhole(d, input);
  if (typeof read === 'string') return refuse(d, input, read);
  await d.failpoint('import.afterCheck');
  return { status: 'sound', rowCount: read.manifest.rowCount };
}

/** The manifest of an archive every byte of which is as it says, or why it is not one. */
async function readWhole(d: ImportDependencies, input: ImportTenantInput) {
  try {
    const archive = await open(d, input);
    const manifest = await readManifest(archive, d.signer);
    if (typeof manifest === 'string') return manifest;
    for (const file of manifest.files) {
      const entry = archive.entries.get(file.name);
      if (entry === undefined) return 'altered';
      const hash = createHash('sha256');
      for await (const piece of archive.read(entry)) hash.update(piece);
      if (hash.digest('hex') !== file.sha256) return 'altered';
    }
    return { archive, manifest };
  } catch (error) {
    if (error instanceof NoArchive) return 'not-an-archive';
    throw error;
  }
}

async function open(d: ImportDependencies, input: ImportTenantInput): Promise<Archive> {
  const known = await d.db.withTenant(input.tenantId, (t) => findImport(t, input.importId), {
    readOnly: true,
  });
  if (known === undefined) throw new Error(`there is no import ${input.importId}`);
  return openArchive((range) => readImport(d.db, input, range), known.byteCount);
}

async function refuse(
  d: ImportDependencies,
  { tenantId, importId }: ImportTenantInput,
  refusal: ImportRefusal,
): Promise<Extract<ImportVerdict, { status: 'refused' }>> {
  await d.db.withTenant(tenantId, async (t) => {
    if (await refuseImport(t, { importId, refusal })) {
      await note(t, importId, 'import.refuse', { refusal });
    }
  });
  return { status: 'refused', refusal };
}

async function bring(d: ImportDependencies, input: ImportTenantInput): Promise<ImportTenantResult> {
  const { tenantId, importId } = input;
  const known = await d.db.withTenant(tenantId, (t) => findImport(t, importId));
  if (known?.status === 'running') {
    const archive = await open(d, input);
    const manifest = await readManifest(archive, d.signer);
    if (typeof manifest === 'string') return refuse(d, input, manifest);
    const refusal = await bringInto(d, input, { archive, manifest });
    if (refusal !== undefined) return refuse(d, input, refusal);
    await d.failpoint('import.afterCommit');
  }
  const ended = await d.db.withTenant(tenantId, async (t) => {
    const one = await findImport(t, importId);
    await removeImportChunks(t, importId);
    return one;
  });
  if (ended?.status !== 'done') throw new Error(`import ${importId} did not end`);
  return { status: 'done', rowCount: ended.rowCount };
}

async function bringInto(
  d: ImportDependencies,
  { tenantId, importId }: ImportTenantInput,
  of: { archive: Archive; manifest: SoundManifest },
): Promise<ImportRefusal | undefined> {
  const { seal, place } = await d.db.withTenant(tenantId, async (t) => {
    await note(t, importId, 'import.begin', { manifestSha256: of.manifest.sha256 });
    return { seal: t.seal, place: t.place };
  });
  return provisionerOf(d).inPlace(place, (client) =>
    bringArchive(
      { side: { client, place }, seal, failpoint: d.failpoint },
      { ...of, tenantId, importId },
    ),
  );
}

async function note(
  t: TenantHandle,
  importId: string,
  action: AuditAction,
  detail: Record<string, unknown>,
): Promise<void> {
  await appendAudit(t, {
    ...{ actor: 'service:tenants', action, detail },
    ...{ objectKind: 'import', objectId: importId },
  });
}
