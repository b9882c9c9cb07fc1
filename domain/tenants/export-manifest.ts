/** What an archive of a tenant says about itself: which files it holds, and what they must be. */
import { guarded } from '../spreadsheet.ts';

export interface ArchivedFile {
  name: string;
  byteCount: number;
  /** Lower-case hex. */
  sha256: string;
  /** Rows of a table; null for a file of another kind. */
  rowCount: number | null;
}

export interface ExportManifest {
  format: 'daftari-export';
  version: 1;
  exportId: string;
  tenant: { id: string; name: string; plan: string; environment: string };
  /** The moment the rows are of. */
  takenAt: string;
  files: readonly ArchivedFile[];
  /** Tables that stayed behind, and why. */
  leftOut: Readonly<Record<string, string>>;
  /** The public half of the key that signs, as PEM. */
  publicKey: string;
}

export const manifestName = 'manifest.json';
export const signatureName = 'manifest.sig';

/** Why an archive is not brought in. */
export const importRefusals = [
  'not-an-archive',
  'not-signed',
  'altered',
  'other-version',
  'tenant-not-empty',
] as const;
export type ImportRefusal = (typeof importRefusals)[number];

/** The upload a file of an archive belongs to; undefined for a file of another kind. */
export function uploadOfArchived(name: string): string | undefined {
  return /^files\/([0-9a-f-]{36})\//.exec(name)?.[1];
}

/** The table whose rows a file of an archive holds; undefined for a file of another kind. */
export function tableOfArchived(name: string): string | undefined {
  return /^rows\/([a-z_]+)\.jsonl$/.exec(name)?.[1];
}

/** The name of an uploaded file inside the archive: its own, without what a file system would mind. */
export function archivedFileName(uploadId: string, fileName: string): string {
  const plain = fileName.normalize('NFC').replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_');
  return `files/${uploadId}/${plain.slice(-100).replace(/^[. ]+/, '') || 'file'}`;
}

/** A value of a row as a cell of its sheet: nothing as nothing, structures as JSON, texts guarded. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return guarded(typeof value === 'string' ? value : JSON.stringify(value));
}
