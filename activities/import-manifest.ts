/** Reads the manifest of an archive and believes it only when this house signed it. */
import { createHash } from 'node:crypto';
import type { ManifestSigner } from '../db/manifest-signer.ts';
import { id, type TenantId } from '../domain/ids.ts';
import {
  manifestName,
  signatureName,
  tableOfArchived,
  type ArchivedFile,
  type ExportManifest,
  type ImportRefusal,
} from '../domain/tenants/export-manifest.ts';
import type { Archive } from './archive-reader.ts';

export interface SoundManifest {
  files: readonly ArchivedFile[];
  /** Rows of all tables together. */
  rowCount: number;
  from: TenantId;
  /** Lower-case hex. */
  sha256: string;
}

const textBytesMax = 32 * 1024 * 1024;

/** What is in the archive, or why it is not brought in. */
export async function readManifest(
  archive: Archive,
  signer: ManifestSigner,
): Promise<SoundManifest | ImportRefusal> {
  const text = await textOf(archive, manifestName);
  const signature = await textOf(archive, signatureName);
  if (text === undefined || signature === undefined) return 'not-an-archive';
  if (!signer.isSigned(text, signature.trim())) return 'not-signed';
  // It is signed, so we wrote it.
  const manifest: ExportManifest = JSON.parse(text);
  if (manifest.format !== 'daftari-export' || manifest.version !== 1) return 'other-version';
  const { files } = manifest;
  if (archive.entries.size !== files.length + 2) return 'altered';
  const rows = files.filter(({ name }) => tableOfArchived(name) !== undefined);
  return {
    files,
    rowCount: rows.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0),
    from: id('tenant', manifest.tenant.id),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

async function textOf(archive: Archive, name: string): Promise<string | undefined> {
  const entry = archive.entries.get(name);
  if (entry === undefined || entry.plainBytes > textBytesMax) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of archive.read(entry)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
