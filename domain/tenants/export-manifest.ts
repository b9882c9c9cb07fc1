/** What an archive of a tenant says about itself: which files it holds, and what they must be. */
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

/** The name of an uploaded file inside the archive: its own, without what a file system would mind. */
export function archivedFileName(uploadId: string, fileName: string): string {
  const plain = fileName.normalize('NFC').replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_');
  return `files/${uploadId}/${plain.slice(-100).replace(/^[. ]+/, '') || 'file'}`;
}

/** One line of CSV (RFC 4180); a text that a spreadsheet would run as a formula gets a leading `'`. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
