import { sweepOldUploads } from '../../activities/upload-retention.ts';
import { listAudit } from '../../db/audit.ts';
import { findStatement, patchStatement } from '../../db/statements.ts';
import type { StatementStatus } from '../../db/statement-tables.ts';
import { appendChunk } from '../../db/uploads.ts';
import type { StatementId } from '../../domain/ids.ts';
import { aStatement } from '../db/fixture.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';
import { settleIn, tiers } from '../support/tiers.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

/** 07:30 in Nairobi on 28 November 2026; files complete before 28 October 2025 are over. */
const now = Date.parse('2026-11-28T04:30:00.000Z');
const lastDay = '2025-10-27T20:59:59.000Z';
const nextDay = '2025-10-27T21:00:00.000Z';

/** A statement whose file was complete at an instant, in one chunk. */
async function aFile(
  { tenantId, userId }: Somebody,
  { completeAt, status = 'refused' }: { completeAt: string; status?: StatementStatus },
): Promise<StatementId> {
  return base.db.withTenant(tenantId, async (t) => {
    const statementId = await aStatement(t, userId);
    await patchStatement(t, statementId, { status });
    const uploadId = (await findStatement(t, statementId))?.uploadId ?? '';
    await appendChunk(t, { uploadId, seq: 0, bytes: Buffer.from('%PDF-') });
    await t.query
      .updateTable('uploads')
      .set({ completed_at: completeAt as never, size_bytes: 5, sha256: 'a'.repeat(64) })
      .set({ media_kind: 'pdf' })
      .where('id', '=', uploadId)
      .execute();
    return statementId;
  });
}

async function left({ tenantId }: Somebody) {
  return base.db.withTenant(tenantId, async (t) => {
    const rows = async (table: 'uploads' | 'upload_chunks') =>
      (await t.query.selectFrom(table).select('tenant_id').execute()).length;
    return [await rows('uploads'), await rows('upload_chunks')];
  });
}

const audited = ({ tenantId }: Somebody) =>
  base.db.withTenant(tenantId, (t) => listAudit(t, { objectId: tenantId, limit: 20 }));

const noticesOf = ({ tenantId }: Somebody) =>
  base.db.withTenant(tenantId, (t) =>
    t.query.selectFrom('notices').select(['kind', 'count', 'figures', 'audience']).execute(),
  );

describe.each(tiers)('a business of the tier %s', (tier) => {
  test('loses files after thirteen months, keeps what was read, and a repeat finds nothing', async () => {
    const shop = await aTenant(base.db);
    await settleIn(base, shop.tenantId, tier);
    const aged = await aFile(shop, { completeAt: lastDay });
    const young = await aFile(shop, { completeAt: nextDay });
    const waiting = await aFile(shop, { completeAt: lastDay, status: 'waiting-review' });
    const before = await base.db.withTenant(shop.tenantId, (t) => findStatement(t, aged));

    const first = await sweepOldUploads(base.db, now);
    const second = await sweepOldUploads(base.db, now);

    expect(first).toMatchObject({ 'files erased': 1 });
    expect(second).toMatchObject({ 'files erased': 0 });
    expect(await left(shop)).toEqual([2, 2]);
    await base.db.withTenant(shop.tenantId, async (t) => {
      const after = await findStatement(t, aged);
      expect(after).toEqual({ ...before, uploadId: null });
      for (const kept of [young, waiting]) {
        expect((await findStatement(t, kept))?.uploadId).not.toBeNull();
      }
    });
    expect(await audited(shop)).toMatchObject([
      { actor: 'service:maintenance', action: 'uploads.erased', detail: { count: 1, bytes: 5 } },
    ]);
  });
});

test('more files than a transaction takes all go, each batch on record', async () => {
  const shop = await aTenant(base.db);
  for (let n = 0; n < 43; n += 1) await aFile(shop, { completeAt: lastDay });

  expect(await sweepOldUploads(base.db, now)).toMatchObject({ 'files erased': 43 });

  expect(await left(shop)).toEqual([0, 0]);
  const counts = (await audited(shop)).map(({ detail }) => detail['count']);
  expect(counts.toSorted()).toEqual([20, 20, 3]);
});

test('a month before, the business is told once a day of the files of that day', async () => {
  const [shop, neighbour] = [await aTenant(base.db), await aTenant(base.db)];
  const monthAhead = 30 * 24 * 60 * 60_000;
  const inAMonth = (text: string) => new Date(Date.parse(text) + monthAhead).toISOString();
  await aFile(shop, { completeAt: inAMonth(lastDay) });
  await aFile(shop, { completeAt: inAMonth(lastDay) });
  await aFile(shop, { completeAt: inAMonth(nextDay) });

  expect(await sweepOldUploads(base.db, now)).toEqual({ 'files erased': 0, 'files told of': 2 });
  expect(await sweepOldUploads(base.db, now)).toEqual({ 'files erased': 0, 'files told of': 0 });

  const told = { kind: 'files-leaving', count: 1, audience: null };
  expect(await noticesOf(shop)).toEqual([{ ...told, figures: { files: 2, day: '2026-12-28' } }]);
  expect(await noticesOf(neighbour)).toEqual([]);
});

test('of a business that cannot be reached the others do not hear, and the job says so', async () => {
  const shop = await aTenant(base.db);
  await aFile(shop, { completeAt: lastDay });
  await base.asOwner(
    `create function platform.no_erasing() returns trigger language plpgsql as
       $$ begin raise exception 'the log is full' using errcode = '53100'; end $$`,
  );
  await base.asOwner(
    `create trigger no_erasing before insert on shared.audit_log for each row
       when (new.action = 'uploads.erased') execute function platform.no_erasing()`,
  );
  const other = await aTenant(base.db);
  await aFile(other, { completeAt: lastDay });
  try {
    await expect(sweepOldUploads(base.db, now)).rejects.toThrow('some files could not be erased');
    expect(await left(shop)).toEqual([1, 1]);
  } finally {
    await base.asOwner('drop function platform.no_erasing cascade');
  }
  expect(await sweepOldUploads(base.db, now)).toMatchObject({ 'files erased': 2 });
  expect(await base.invariants()).toEqual([]);
});
