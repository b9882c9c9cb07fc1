/** Lists made in the background: the same file as the direct one, for one person, for a day. */
import { createHash, randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { createDownloadActivities } from '../../activities/downloads.ts';
import { failpointNames, noFailpoint } from '../../activities/failpoint.ts';
import { createMaintenanceActivities } from '../../activities/maintenance.ts';
import { noteEvent } from '../../activities/notices.ts';
import { printedRowsMax } from '../../activities/sheets/printed-transactions.ts';
import { download, downloadList, type DownloadBody } from '../../api/downloads/schema.ts';
import { noticePage } from '../../api/notices/schema.ts';
import { transactionSummary } from '../../api/transactions/schema.ts';
import { listAudit } from '../../db/audit.ts';
import { beginDownload } from '../../db/downloads.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { id } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { postStatement } from '../db/fixture.ts';
import { aShopWithRows } from '../support/shop-with-rows.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { bytesOf, downloadNow, inputOf, makeFile, runStep } from '../support/downloads.ts';
import { tiers } from '../support/tiers.ts';
import type { Somebody } from '../support/tenants.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { aVictim } from '../support/victim.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const aShop = (count: number, tier?: TenantTier) => aShopWithRows(stage, count, tier);

const ask = (token: string, path: string, json: object, key: string = randomUUID()) =>
  stage.fetch(path, { method: 'POST', token, json, headers: { 'Idempotency-Key': key } });

/** Asks for a list and has it made. */
async function made(
  { somebody, token }: { somebody: Somebody; token: string },
  wish: { path?: string; json: object; dieAt?: string },
) {
  const { path = '/v1/transactions/export', json, dieAt } = wish;
  const answer = await ask(token, path, json);
  expect([path, answer.status]).toEqual([path, 202]);
  const begun = download.parse(answer.body);
  const deaths = await makeFile(stage, inputOf(somebody.tenantId, begun), dieAt);
  return { deaths, one: await downloadNow(stage, token, begun) };
}

const fileOf = (token: string, { id: one }: DownloadBody) =>
  bytesOf(stage, token, `/v1/downloads/${one}/file`);
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each(tiers)('a list of a business of the tier %s', (tier) => {
  test('is the same file, row by row, as the one that is taken at once', async () => {
    const shop = await aShop(2_300, tier);
    for (const json of [
      { format: 'csv' },
      { format: 'xlsx', direction: 'in', sort: '-amountCents' },
      { format: 'csv', direction: 'out', 'amountCents[gte]': '50000' },
    ]) {
      const { one } = await made(shop, { json });
      const query = new URLSearchParams(json as Record<string, string>);
      const [direct, file] = await Promise.all([
        bytesOf(stage, shop.token, `/v1/transactions/export?${query}`),
        fileOf(shop.token, one),
      ]);

      expect([file.status, file.name]).toEqual([200, direct.name]);
      expect(file.bytes.byteLength).toBe(one.byteCount);
      expect(digest(file.bytes)).toBe(digest(direct.bytes));
      expect(one.rowCount).toBe(one.rowTotal);
    }
  });
});

test('rows and sums are those of the screen, and no text acts as a formula', async () => {
  const shop = await aShop(120);
  const { one } = await made(shop, { json: { format: 'csv', direction: 'in' } });
  const summary = transactionSummary.parse(
    (await stage.fetch('/v1/transactions/summary?direction=in', { token: shop.token })).body,
  );
  const { bytes } = await fileOf(shop.token, one);

  const rows: Record<string, string>[] = parse(bytes, { bom: true, columns: true });
  const cents = rows.map((row) => Math.round(Number(row['Paid in']) * 100));
  expect(rows).toHaveLength(summary.count);
  expect(cents.reduce((sum, value) => sum + value, 0)).toBe(summary.inCents);
  expect(rows.filter((row) => row['Details']?.startsWith('='))).toEqual([]);
  expect(rows.filter((row) => row['Details'] === "'=1+1").length).toBeGreaterThan(0);
});

test('every other list is the same file as well', async () => {
  const victim = await aVictim(stage, 'starter');
  const tenantId = id('tenant', victim.tenantId);
  const whole = { somebody: { tenantId, userId: id('user', victim.userId) }, token: victim.token };
  for (const path of [
    '/v1/collections/export',
    '/v1/disbursements/export',
    '/v1/ledger/transactions/export',
  ]) {
    for (const format of ['csv', 'xlsx']) {
      const direct = await bytesOf(stage, victim.token, `${path}?format=${format}`);
      const { one } = await made(whole as never, { path, json: { format } });
      const file = await fileOf(victim.token, one);
      expect([path, format, digest(file.bytes)]).toEqual([path, format, digest(direct.bytes)]);
      expect([path, one.rowTotal]).toEqual([path, one.rowCount]);
      expect(one.rowCount).toBeGreaterThan(0);
    }
  }
  const json = { format: 'csv', action: 'download.begin' };
  const { one } = await made(whole as never, { path: '/v1/audit/export', json });
  const query = new URLSearchParams(json);
  const direct = await bytesOf(stage, victim.token, `/v1/audit/export?${query}`);
  expect(digest((await fileOf(victim.token, one)).bytes)).toBe(digest(direct.bytes));
  expect(one.rowCount).toBe(7);
});

test.each(failpointNames.filter((name) => name.startsWith('download.')))(
  'killed at %s, the file is whole all the same',
  async (name) => {
    const shop = await aShop(2_500);
    const { deaths, one } = await made(shop, { json: { format: 'csv' }, dieAt: name });

    expect(deaths).toEqual([name]);
    expect(one).toMatchObject({ status: 'ready', rowCount: 2_500, rowTotal: 2_500 });
    const direct = await bytesOf(stage, shop.token, '/v1/transactions/export');
    expect(digest((await fileOf(shop.token, one)).bytes)).toBe(digest(direct.bytes));
  },
);

test('a writer that was taken for dead writes nothing more', async () => {
  const { somebody, token } = await aShop(2_500);
  const begun = download.parse((await ask(token, '/v1/transactions/export', {})).body);
  const input = inputOf(somebody.tenantId, begun);
  let others = 0;
  const slow = createDownloadActivities({
    db: stage.database.db,
    failpoint: async (visited) => {
      if (visited !== 'download.midFile' || others > 0) return;
      others += 1;
      await stage.database.db.withTenant(somebody.tenantId, (t) =>
        beginDownload(t, input.downloadId),
      );
    },
  });

  await expect(runStep(slow.writeDownload, input)).rejects.toThrow('is written by somebody else');

  expect(others).toBe(1);
  await makeFile(stage, input);
  const direct = await bytesOf(stage, token, '/v1/transactions/export');
  expect(digest((await fileOf(token, begun)).bytes)).toBe(digest(direct.bytes));
});

test('it is asked for once, starts one run, and is recorded without what was typed', async () => {
  const { somebody, token } = await aShop(3);
  const key = randomUUID();
  const json = { format: 'pdf', q: 'Wanjiru', from: '2026-01-01' };
  const first = await ask(token, '/v1/transactions/export', json, key);
  await stage.database.asOwner('delete from shared.idempotency_keys');
  const second = await ask(token, '/v1/transactions/export', json, key);

  expect(second.body).toEqual(first.body);
  const one = download.parse(first.body);
  const { downloadId } = inputOf(somebody.tenantId, one);
  const workflowId = `download/${somebody.tenantId}/${downloadId}`;
  const input = { tenantId: somebody.tenantId, downloadId };
  expect(stage.temporal.calls.at(-1)).toMatchObject({
    ...{ name: 'start', args: [{ workflow: 'makeDownload', workflowId, input }] },
  });
  const filter = { q: true, from: '2026-01-01' };
  expect(one).toMatchObject({ status: 'running', kind: 'transactions', format: 'pdf', filter });
  const audit = await stage.database.db.withTenant(somebody.tenantId, (t) =>
    listAudit(t, { objectId: downloadId, limit: 5 }),
  );
  expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
    ['download.begin', { list: 'transactions', format: 'pdf', filter }],
  ]);
  const kept = await stage.database.asOwner(
    'select to_jsonb(d)::text as row from shared.downloads d where id = $1',
    [downloadId],
  );
  expect(String(kept[0]?.['row'])).not.toMatch(/wanjiru/i);
});

test('five at once are enough, and one that is taken away makes room', async () => {
  const { token } = await aShop(2);
  const five = [];
  for (let n = 0; n < 5; n += 1) {
    five.push(download.parse((await ask(token, '/v1/transactions/export', {})).body));
  }
  expect(problemIn(await ask(token, '/v1/transactions/export', {})).code).toBe(
    'downloads-under-way',
  );
  const gone = `/v1/downloads/${five[0]?.id}`;
  expect((await stage.fetch(gone, { method: 'DELETE', token })).status).toBe(204);
  expect((await ask(token, '/v1/transactions/export', {})).status).toBe(202);
  expect(problemIn(await stage.fetch(gone, { token })).code).toBe('not-found');
});

test('what is taken away is gone, also while it is being made', async () => {
  const { somebody, token } = await aShop(2_500);
  const begun = download.parse((await ask(token, '/v1/transactions/export', {})).body);
  const input = inputOf(somebody.tenantId, begun);
  const { writeDownload } = createDownloadActivities({
    db: stage.database.db,
    failpoint: async (visited) => {
      if (visited !== 'download.midFile') return;
      await stage.fetch(`/v1/downloads/${begun.id}`, { method: 'DELETE', token });
    },
  });

  const end = await runStep(writeDownload, input);

  expect(end).toMatchObject({ status: 'deleted' });
  const left = await stage.database.asOwner(
    `select (select count(*) from shared.download_chunks where download_id = d.id)::int as chunks,
       choice_sealed from shared.downloads d where id = $1`,
    [input.downloadId],
  );
  expect(left).toEqual([{ chunks: 0, choice_sealed: null }]);
  const list = await stage.fetch('/v1/downloads', { token });
  expect(downloadList.parse(list.body).data).toEqual([]);
});

test('after a day it cannot be fetched, and the upkeep erases it', async () => {
  const shop = await aShop(5);
  const { one } = await made(shop, { json: {} });
  const { downloadId } = inputOf(shop.somebody.tenantId, one);
  const hours = Date.parse(one.expiresAt ?? '') - Date.parse(one.readyAt ?? '');
  expect(hours).toBe(24 * 60 * 60_000);
  await stage.database.asOwner(
    `update shared.downloads set ready_at = ready_at - interval '25 hours',
       expires_at = expires_at - interval '25 hours' where id = $1`,
    [downloadId],
  );

  expect(
    problemIn(await stage.fetch(`/v1/downloads/${one.id}/file`, { token: shop.token })).code,
  ).toBe('download-not-ready');
  expect((await downloadNow(stage, shop.token, one)).status).toBe('expired');

  const upkeep = createMaintenanceActivities({
    ...{ db: stage.database.db, telemetry: stage.dependencies.telemetry, failpoint: noFailpoint },
    gateway: stage.temporal,
    config: { daraja: { timeScale: 1 }, jwt: stage.dependencies.config.jwt },
  });
  expect(await upkeep.sweepOrphanUploads()).toMatchObject({ 'downloads erased': 1 });
  expect(await upkeep.sweepOrphanUploads()).toMatchObject({ 'downloads erased': 0 });
  const left = await stage.database.asOwner(
    `select status, (select count(*) from shared.download_chunks where download_id = d.id)::int as n
     from shared.downloads d where id = $1`,
    [downloadId],
  );
  expect(left).toEqual([{ status: 'expired', n: 0 }]);
});

test('only the one who asked has it, is told of it, and needs what the list asks for', async () => {
  const shop = await aShop(4);
  const { somebody, token } = shop;
  const { one } = await made(shop, { json: { format: 'xlsx' } });
  const colleague = await stage.token(somebody, 'finance');
  for (const path of [`/v1/downloads/${one.id}`, `/v1/downloads/${one.id}/file`]) {
    expect(problemIn(await stage.fetch(path, { token: colleague })).code).toBe('not-found');
  }
  const taken = await stage.fetch(`/v1/downloads/${one.id}`, {
    method: 'DELETE',
    token: colleague,
  });
  expect(problemIn(taken).code).toBe('not-found');

  await stage.database.db.withTenant(somebody.tenantId, async (t) => {
    const told = await t.query
      .selectFrom('outbox')
      .select(['type', 'data'])
      .where('type', '=', 'download.ready')
      .execute();
    expect(told).toHaveLength(1);
    const occurredAt = instantFromEpochMs(Date.now());
    for (const { type, data } of told) {
      await noteEvent(t, { type, occurredAt, data: data as Record<string, unknown> });
    }
  });
  const noticesOf = async (who: string) =>
    noticePage
      .parse((await stage.fetch('/v1/notices', { token: who })).body)
      .data.filter(({ kind }) => kind === 'download-ready');
  expect(await noticesOf(colleague)).toEqual([]);
  expect(await noticesOf(token)).toMatchObject([
    { subjectId: one.id, figures: { list: 'transactions', rowCount: 4 } },
  ]);

  expect((await fileOf(token, one)).status).toBe(200);
  const audit = await stage.database.db.withTenant(somebody.tenantId, (t) =>
    listAudit(t, { objectId: 'transactions', limit: 5 }),
  );
  expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
    [
      'list.download',
      {
        ...{ format: 'xlsx', rows: 4, isWhole: true, filter: {} },
        downloadId: inputOf(somebody.tenantId, one).downloadId,
      },
    ],
  ]);
});

test('a file asks for its permission and a second factor again when it is fetched', async () => {
  const somebody = await stage.tenant();
  const token = await stage.token(somebody);
  const tired = await stage.token(somebody, { hasSecondFactor: false });
  for (const list of ['transactions', 'collections', 'disbursements', 'ledger/transactions']) {
    const path = `/v1/${list}/export`;
    const { one } = await made({ somebody, token }, { path, json: {} });

    expect([path, problemIn(await ask(tired, path, {})).code]).toEqual([path, 'step-up-required']);
    const answer = await stage.fetch(`/v1/downloads/${one.id}/file`, { token: tired });
    expect([path, problemIn(answer).code]).toEqual([path, 'step-up-required']);
    expect([path, (await fileOf(token, one)).status]).toEqual([path, 200]);
  }

  const auditor = await stage.token(somebody, 'auditor');
  const begun = download.parse((await ask(auditor, '/v1/disbursements/export', {})).body);
  await makeFile(stage, inputOf(somebody.tenantId, begun));
  expect((await fileOf(auditor, begun)).status).toBe(200);
  await stage.database.asOwner(
    `update shared.downloads set kind = 'subject-report', format = 'json' where id = $1`,
    [inputOf(somebody.tenantId, begun).downloadId],
  );
  const kept = await stage.fetch(`/v1/downloads/${begun.id}/file`, { token: auditor });
  expect(problemIn(kept).code).toBe('forbidden');
});

test('a PDF of more rows than one holds is refused, when it is asked for and when it is made', async () => {
  const shop = await aShop(printedRowsMax);
  const { somebody, token } = shop;
  const begun = download.parse(
    (await ask(token, '/v1/transactions/export', { format: 'pdf' })).body,
  );
  const { accountId, inserted } = await postStatement(stage.database.db, somebody, {
    rows: [{ receipt: 'TE00000001', direction: 'in', amountCents: 1_00, minute: 1 }],
  });
  const days = inserted.map(({ businessDate }) => businessDate);
  await stage.database.db.withTenant(somebody.tenantId, (t) =>
    recomputeRollups(t, accountId, days),
  );

  await makeFile(stage, inputOf(somebody.tenantId, begun));

  expect((await downloadNow(stage, token, begun)).status).toBe('refused');
  const refused = await ask(token, '/v1/transactions/export', { format: 'pdf' });
  expect(problemIn(refused).code).toBe('too-many-to-print');
  const file = await stage.fetch(`/v1/downloads/${begun.id}/file`, { token });
  expect(problemIn(file).code).toBe('download-not-ready');
});
