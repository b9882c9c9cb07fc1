/** Photos and PDFs on rows: how many, how long, and what they outlive. */
import { randomUUID } from 'node:crypto';
import { listAudit } from '../../db/audit.ts';
import {
  attachmentsOf,
  findNoRoom,
  removeAttachment,
  restoreAttachment,
} from '../../db/row-attachments.ts';
import { readUpload, sweepOrphanUploads } from '../../db/uploads.ts';
import type { AttachmentId, TransactionId } from '../../domain/ids.ts';
import { putOn, receiptBytes } from '../support/attachments.ts';
import { postStatement, undoStatement } from './fixture.ts';
import { threeRows } from './three-rows.ts';

const suite = threeRows({ prefix: 'TAT', directions: ['out', 'out', 'in'] });
const { inTenant } = suite;

const idOf = (n: number): TransactionId => {
  const row = suite.posted.inserted[n - 1];
  if (row === undefined) throw new Error('a row was posted');
  return row.transactionId;
};
const put = (n: number, bytes = receiptBytes('png'), fileName = 'soko.png') =>
  inTenant((t) =>
    putOn(t, { transactionId: idOf(n), userId: suite.tenant.userId, fileName, bytes }),
  );
const names = async (n: number) =>
  (await inTenant((t) => attachmentsOf(t, idOf(n)))).map(({ fileName }) => fileName);
const who = { actor: 'user:a-test', requestId: randomUUID() };
const takeOff = (one: AttachmentId) => inTenant((t) => removeAttachment(t, one, who));
const putBack = (one: AttachmentId) => inTenant((t) => restoreAttachment(t, one, who));
const sweep = () => suite.base.db.everywhere('sweep', sweepOrphanUploads);
const stored = (one: AttachmentId) =>
  suite.base.asOwner('select from shared.upload_chunks where upload_id = $1', [one]);

test('five files find a place on a row, also when ten come at once', async () => {
  const done = await Promise.all(Array.from({ length: 10 }, () => put(1)));

  const outcomes = done.map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual([
    ...Array.from({ length: 5 }, () => 'attached'),
    ...Array.from({ length: 5 }, () => 'too-many-attachments'),
  ]);
  expect(await names(1)).toHaveLength(5);
  expect(await names(2)).toEqual([]);
  expect(await inTenant((t) => findNoRoom(t, idOf(1), 0))).toBe('too-many-attachments');
  expect(await inTenant((t) => findNoRoom(t, idOf(2), 0))).toBeUndefined();
});

test('the same bytes are put on a row once, and on another row again', async () => {
  const bytes = receiptBytes('png');
  const first = await put(1, bytes);

  expect(first.outcome).toBe('attached');
  expect((await put(1, bytes, 'again.png')).outcome).toBe('known');
  expect((await put(2, bytes)).outcome).toBe('attached');
  expect(await names(1)).toEqual(['soko.png']);
});

test('they stay when the statement is undone and sent again, and are nowhere in between', async () => {
  const bytes = receiptBytes('png');
  const { attachmentId } = await put(1, bytes);
  const before = idOf(1);
  await undoStatement(suite.base.db, suite.tenant, suite.posted);

  expect(await inTenant((t) => attachmentsOf(t, before))).toEqual([]);
  expect(await takeOff(attachmentId)).toBeUndefined();
  const { accountId } = suite.posted;
  suite.posted = await postStatement(suite.base.db, suite.tenant, { rows: suite.rows, accountId });

  expect(idOf(1)).not.toBe(before);
  expect(await inTenant((t) => attachmentsOf(t, idOf(1)))).toMatchObject([
    { id: attachmentId, fileName: 'soko.png', kind: 'png', sizeBytes: bytes.length },
  ]);
});

test('one that was taken off is put back within a day, then its bytes are erased', async () => {
  const [off, on] = [await put(1), await put(1)];
  await takeOff(off.attachmentId);
  await takeOff(off.attachmentId);
  const age = (hours: number) =>
    suite.base.asOwner(
      `update shared.row_attachments set removed_at = now() - make_interval(hours => $2)
       where id = $1`,
      [off.attachmentId, hours],
    );
  await suite.base.asOwner(`update shared.uploads set created_at = now() - interval '3 days'`);
  await age(23);
  await sweep();
  expect(await putBack(off.attachmentId)).toEqual({ transactionId: idOf(1) });
  expect(await names(1)).toHaveLength(2);

  await takeOff(off.attachmentId);
  await age(25);
  await sweep();

  expect(await putBack(off.attachmentId)).toBe('not-found');
  expect(await stored(off.attachmentId)).toEqual([]);
  expect(await stored(on.attachmentId)).toHaveLength(1);
  const log = await inTenant((t) => listAudit(t, { objectId: idOf(1), limit: 9 }));
  expect(log.map(({ action }) => action)).toEqual([
    ...['transaction.detach', 'transaction.reattach', 'transaction.detach'],
    ...['transaction.attach', 'transaction.attach'],
  ]);
});

test('one is put back only where there is a place', async () => {
  const { attachmentId } = await put(1);
  await takeOff(attachmentId);
  for (let n = 0; n < 5; n += 1) await put(1);

  expect(await putBack(attachmentId)).toBe('too-many-attachments');
});

test('a business has room for two gigabytes, what was just taken off included', async () => {
  const { attachmentId } = await put(1);
  await takeOff(attachmentId);
  const all = 2 * 1024 ** 3;
  const size = (bytes: number) =>
    suite.base.asOwner('update shared.uploads set size_bytes = $2 where id = $1', [
      attachmentId,
      bytes,
    ]);
  const bytes = receiptBytes('png');
  await size(all - bytes.length + 1);

  expect((await put(2, bytes)).outcome).toBe('attachments-full');
  await size(all - bytes.length);
  expect((await put(2, bytes)).outcome).toBe('attached');
});

test('what is kept is sealed, opens to the very bytes, and its name is in no audit entry', async () => {
  const bytes = receiptBytes('png', 'WANJIKU '.repeat(9));
  const { attachmentId } = await put(1, bytes, 'wanjiku.png');

  const sealed = await suite.base.asOwner(
    'select sealed::text from shared.upload_chunks where upload_id = $1',
    [attachmentId],
  );
  expect(JSON.stringify(sealed)).not.toContain(Buffer.from('WANJIKU').toString('hex'));
  const parts: Uint8Array[] = [];
  const { tenantId } = suite.tenant;
  for await (const part of readUpload(suite.base.db, tenantId, attachmentId)) parts.push(part);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  const log = await suite.base.asOwner(
    `select detail::text from shared.audit_log where tenant_id = $1`,
    [tenantId],
  );
  expect(JSON.stringify(log)).not.toMatch(/wanjiku/i);
});
