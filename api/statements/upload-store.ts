import { appendChunk, deleteUpload, startUpload } from '../../db/uploads.ts';
import type { Database } from '../../db/database.ts';
import type { TenantId, UserId } from '../../domain/ids.ts';
import type { UploadSink } from './byte-intake.ts';

export interface UploadStore extends UploadSink {
  uploadId: string;
  /** Ends the storing and removes what was stored; harmless when nothing was. */
  discard(): Promise<void>;
}

/** Stores the pieces of one upload sealed, each in a transaction of its own. */
export function openUploadStore(
  db: Database,
  upload: { id: string; tenantId: TenantId; createdBy: UserId },
): UploadStore {
  const { id: uploadId, tenantId, createdBy } = upload;
  let pieces = 0;
  let isOver = false;
  let underWay: Promise<void> = Promise.resolve();
  // A refusal does not wait for the file: what arrives after it must not be stored any more.
  const store = (work: () => Promise<void>): Promise<void> => {
    if (isOver) return Promise.reject(new Error('the upload was given up'));
    underWay = work();
    return underWay;
  };
  return {
    uploadId,
    begin: (fileName) =>
      store(() =>
        db.withTenant(tenantId, (t) => startUpload(t, { id: uploadId, fileName, createdBy })),
      ),
    write: (bytes) => {
      const chunk = { uploadId, seq: pieces, bytes };
      pieces += 1;
      return store(() => db.withTenant(tenantId, (t) => appendChunk(t, chunk)));
    },
    async discard() {
      isOver = true;
      await underWay.catch(() => {});
      await db.withTenant(tenantId, (t) => deleteUpload(t, uploadId));
    },
  };
}
