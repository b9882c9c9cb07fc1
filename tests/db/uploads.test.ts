import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { findStatement } from '../../db/statements.ts';
import {
  appendChunk,
  completeUpload,
  deleteUpload,
  findUpload,
  readUpload,
  startUpload,
  sweepOrphanUploads,
} from '../../db/uploads.ts';
import { aStatement } from './fixture.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

describe('uploads', () => {
  async function upload(bytes: Buffer, chunkBytes: number): Promise<string> {
    const uploadId = randomUUID();
    await business.asTenant((t) =>
      startUpload(t, { id: uploadId, fileName: 'a.pdf', createdBy: business.tenant.userId }),
    );
    for (let seq = 0; seq * chunkBytes < bytes.length; seq += 1) {
      const part = bytes.subarray(seq * chunkBytes, (seq + 1) * chunkBytes);
      await business.asTenant((t) => appendChunk(t, { uploadId, seq, bytes: part }));
    }
    await business.asTenant((t) =>
      completeUpload(t, {
        id: uploadId,
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        mediaKind: 'pdf',
      }),
    );
    return uploadId;
  }
  async function read(uploadId: string): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of readUpload(business.base.db, business.tenant.tenantId, uploadId))
      parts.push(part);
    return Buffer.concat(parts);
  }

  test('come back byte for byte, whatever their size', async () => {
    for (const size of [0, 1, 1_000, 10_000, 25_001]) {
      const bytes = randomBytes(size);
      expect((await read(await upload(bytes, 1_000))).equals(bytes)).toBe(true);
    }
  });

  test('are sealed at rest, and chunks that moved or vanished are noticed', async () => {
    const bytes = Buffer.from('PDF of WANJIKU '.repeat(400));
    const uploadId = await upload(bytes, 1_000);
    const stored = await business.base.asOwner(
      'select sealed from shared.upload_chunks where upload_id = $1',
      [uploadId],
    );
    for (const { sealed } of stored) expect(String(sealed)).not.toContain('WANJIKU');

    await business.base.asOwner(
      'delete from shared.upload_chunks where upload_id = $1 and seq = 5',
      [uploadId],
    );
    await expect(read(uploadId)).rejects.toThrow('lost chunks');

    const swapped = await upload(bytes, 1_000);
    await business.base.asOwner(
      `update shared.upload_chunks set sealed = (select sealed from shared.upload_chunks
         where upload_id = $1 and seq = 1) where upload_id = $1 and seq = 0`,
      [swapped],
    );
    await expect(read(swapped)).rejects.toThrow('could not be opened');
  });

  test('an incomplete or removed upload cannot be read', async () => {
    const uploadId = await upload(randomBytes(10), 10);
    await business.asTenant((t) => deleteUpload(t, uploadId));
    await expect(read(uploadId)).rejects.toThrow('unknown or incomplete');
    await expect(business.asTenant((t) => findUpload(t, uploadId))).resolves.toBeUndefined();
  });

  test('orphans older than an hour are swept, with their chunks; statements keep theirs', async () => {
    const orphan = await upload(randomBytes(10), 10);
    const young = await upload(randomBytes(10), 10);
    const kept = await business.asTenant(async (t) => {
      const statementId = await aStatement(t, business.tenant.userId);
      return (await findStatement(t, statementId))?.uploadId ?? '';
    });
    await business.base.asOwner(
      `update shared.uploads set created_at = now() - interval '61 minutes' where id = any($1)`,
      [[orphan, kept]],
    );

    await business.base.db.asOperator('sweep', sweepOrphanUploads);

    const left = await business.base.asOwner('select id from shared.uploads where id = any($1)', [
      [orphan, young, kept],
    ]);
    expect(left.map((row) => row['id']).sort()).toEqual([young, kept].sort());
    const chunks = await business.base.asOwner(
      'select from shared.upload_chunks where upload_id = $1',
      [orphan],
    );
    expect(chunks).toEqual([]);
  });
});
