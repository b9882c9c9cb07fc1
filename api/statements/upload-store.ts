import { appendChunk, deleteUpload, startUpload } from '../../db/uploads.ts';
import type { Database } from '../../db/database.ts';
import type { TenantId, UserId } from '../../domain/ids.ts';
import type { UploadSink } from './byte-intake.ts';

export interface UploadStore extends UploadSink {
  uploadId: string;
  /** Removes what was stored; harmless when nothing was. */
  discard(): Promise<void>;
}

/** Stores the pieces of one upload sealed, each in a transaction of its own. */
export function openUploadStore(
  db: Database,
  upload: { id: string; tenantId: TenantId; createdBy: UserId },
): UploadStore {
  const { id: uploadId, tenantId, createdBy } = upload;
  let pieces = 0;
  return {
    uploadId,
    begin: (fileName) =>
      db.withTenant(tenantId, (t) => startUpload(t, { id: uploadId, fileName, createdBy })),
    write: async (bytes) => {
      const chunk = { uploadId, seq: pieces, bytes };
      pieces += 1;
      await db.withTenant(tenantId, (t) => appendChunk(t, chunk));
    },
    discard: () => db.withTenant(tenantId, (t) => deleteUpload(t, uploadId)),
  };
}
