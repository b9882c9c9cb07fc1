/** Takes an archive as it arrives, in sealed pieces of equal size, and never whole in memory. */
import type { Request } from 'express';
import type { Database } from '../../db/database.ts';
import { appendImportChunk, importChunkBytes, type ImportId } from '../../db/tenant-imports.ts';
import type { TenantId } from '../../domain/ids.ts';
import { followed, openDigest, type DigestCheck } from '../content-digest.ts';
import { problem, type Problem } from '../problems.ts';
import { keptOpen, watchStalls } from '../statements/receive-upload.ts';

/** Where ZIP without its 64-bit extension ends. */
export const archiveBytesMax = 0xffff_ffff;

/** Why an archive is refused before its first byte is read; undefined when it may come. */
export function refusedAtOnce(request: Request): Problem | undefined {
  const type = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/zip') return problem('unsupported-media-type');
  if (Number(request.get('content-length') ?? 0) > archiveBytesMax) {
    return problem('file-too-large');
  }
  return undefined;
}

/** Stores everything the request carries; answers how much that was, or why it is refused. */
export function receiveArchive(
  request: Request,
  to: { db: Database; tenantId: TenantId; importId: ImportId },
): Promise<{ byteCount: number } | Problem> {
  const digest = openDigest(request);
  if ('problem' in digest) return Promise.resolve(digest);
  return new Promise((resolve, reject) => {
    let isOver = false;
    const stopWatching = watchStalls(request, {
      bytesMax: archiveBytesMax,
      refuse: (refusal) => {
        isOver = true;
        resolve(refusal);
      },
    });
    storeAll(followed(keptOpen(request), digest), to, () => isOver)
      .then((byteCount) => resolve(verdict(byteCount, digest)), reject)
      .finally(stopWatching);
  });
}

function verdict(byteCount: number, digest: DigestCheck): { byteCount: number } | Problem {
  return digest.mismatch() ?? (byteCount === 0 ? problem('empty-file') : { byteCount });
}

async function storeAll(
  chunks: AsyncIterable<Buffer>,
  { db, tenantId, importId }: { db: Database; tenantId: TenantId; importId: ImportId },
  isOver: () => boolean,
): Promise<number> {
  let seq = 0;
  let byteCount = 0;
  let waiting: Buffer = Buffer.alloc(0);
  const store = async (bytes: Buffer) => {
    await db.withTenant(tenantId, (t) => appendImportChunk(t, { importId, seq, bytes }));
    seq += 1;
  };
  for await (const chunk of chunks) {
    if (isOver()) return byteCount;
    byteCount += chunk.length;
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= importChunkBytes) {
      await store(waiting.subarray(0, importChunkBytes));
      waiting = waiting.subarray(importChunkBytes);
    }
  }
  if (waiting.length > 0) await store(waiting);
  return byteCount;
}
