/** Writes the files of an archive: sealed pieces as they come, and a digest at the end of each. */
import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { appendExportChunk, finishExportFile, type Writing } from '../db/tenant-exports.ts';
import type { TenantId } from '../domain/ids.ts';

const pieceBytes = 256 * 1024;

export interface ExportFile {
  /** Adds text or bytes; resolves when what is full is stored. */
  write(part: string | Uint8Array): Promise<void>;
  /** Stores the rest and notes the file; `rowCount` of a table, null of anything else. */
  end(rowCount: number | null): Promise<void>;
}

/** Opens the file that comes at `ordinal`; `afterPiece` runs after every piece. */
export function openExportFile(
  d: { db: Database; afterPiece: () => Promise<void> },
  to: Writing & { tenantId: TenantId; ordinal: number; name: string },
): ExportFile {
  const { tenantId, ordinal, name } = to;
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let byteCount = 0;
  let seq = 0;
  const flush = async () => {
    if (waitingBytes === 0) return;
    const bytes = Buffer.concat(waiting);
    const chunk = { ordinal, seq, bytes };
    await d.db.withTenant(tenantId, (t) => appendExportChunk(t, to, chunk));
    seq += 1;
    waiting = [];
    waitingBytes = 0;
    await d.afterPiece();
  };
  return {
    async write(part) {
      const bytes = Buffer.from(part);
      hash.update(bytes);
      byteCount += bytes.byteLength;
      waitingBytes += bytes.byteLength;
      waiting.push(bytes);
      if (waitingBytes >= pieceBytes) await flush();
    },
    async end(rowCount) {
      await flush();
      const file = { ordinal, name, byteCount, rowCount, sha256: hash.digest('hex') };
      await d.db.withTenant(tenantId, (t) => finishExportFile(t, to, file));
    },
  };
}
