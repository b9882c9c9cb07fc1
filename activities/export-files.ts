/** Writes the files of an archive: sealed pieces as they come, and a digest at the end of each. */
import type { Database } from '../db/database.ts';
import { appendExportChunk, finishExportFile, type Writing } from '../db/tenant-exports.ts';
import type { TenantId } from '../domain/ids.ts';
import { gatherPieces, type Pieces } from './pieces.ts';

export interface ExportFile extends Pick<Pieces, 'write'> {
  /** Stores the rest and notes the file; `rowCount` of a table, null of anything else. */
  end(rowCount: number | null): Promise<void>;
}

/** Opens the file that comes at `ordinal`; `afterPiece` runs after every piece. */
export function openExportFile(
  d: { db: Database; afterPiece: () => Promise<void> },
  to: Writing & { tenantId: TenantId; ordinal: number; name: string },
): ExportFile {
  const { tenantId, ordinal, name } = to;
  const { write, end } = gatherPieces(async (seq, bytes) => {
    const chunk = { ordinal, seq, bytes };
    await d.db.withTenant(tenantId, (t) => appendExportChunk(t, to, chunk));
    await d.afterPiece();
  });
  return {
    write,
    async end(rowCount) {
      const file = { ordinal, name, rowCount, ...(await end()) };
      await d.db.withTenant(tenantId, (t) => finishExportFile(t, to, file));
    },
  };
}
