import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { failpointNames } from '../../activities/failpoint.ts';
import { subjectReport } from '../../api/data-subjects/schema.ts';
import { tenantExport, tenantExportList } from '../../api/exports/schema.ts';
import { exportTables, leftOut, sealedColumns } from '../../db/export-plan.ts';
import { openManifestSigner } from '../../db/manifest-signer.ts';
import type { ExportTenantInput } from '../../workflows/tenant-types.ts';
import { aBusiness, archiveSteps, exportAll, fetchZip } from '../support/archives.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { testKek } from '../support/database.ts';
import { aCollection, aShortcode } from '../support/collections.ts';
import { aPayout } from '../support/payouts.ts';
import { settleIn, tiers } from '../support/tiers.ts';
import { unzip } from '../support/unzip.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const manifestShape = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      byteCount: z.int(),
      rowCount: z.int().nullable(),
    }),
  ),
  leftOut: z.record(z.string(), z.string()),
  publicKey: z.string(),
});

/** What an archive holds, checked against its own manifest as anybody can. */
function checked(files: Map<string, Buffer>) {
  const text = files.get('manifest.json')?.toString() ?? '';
  const manifest = manifestShape.parse(JSON.parse(text));
  const signature = Buffer.from(files.get('manifest.sig')?.toString() ?? '', 'base64');
  const signed = Buffer.from(`daftari export manifest\n${text}`);
  expect(verify(null, signed, createPublicKey(manifest.publicKey), signature)).toBe(true);
  for (const { name, sha256, byteCount } of manifest.files) {
    const bytes = files.get(name) ?? Buffer.alloc(0);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect([name, bytes.length, digest]).toEqual([name, byteCount, sha256]);
  }
  expect(files.size).toBe(manifest.files.length + 2);
  return manifest;
}

/** Tables whose rows are not all in the archive. */
async function rowCounts(input: ExportTenantInput, manifest: z.infer<typeof manifestShape>) {
  return stage.database.db.withTenant(input.tenantId, async (t) => {
    const wrong: string[] = [];
    for (const { relation } of await exportTables(t)) {
      const table = sql.table(`${t.schema}.${relation}`);
      const found = await sql<{ n: number }>`
        select count(*)::int as n from ${table} where tenant_id = ${t.tenantId}`.execute(t.query);
      const archived = manifest.files.find(({ name }) => name === `rows/${relation}.jsonl`);
      // The making itself is recorded while it is made.
      const isSame = relation === 'audit_log' || archived?.rowCount === found.rows[0]?.n;
      if (!isSame) wrong.push(`${relation}: ${archived?.rowCount} of ${found.rows[0]?.n}`);
    }
    return wrong;
  });
}

describe.each(tiers)('the export of a business of the tier %s', (tier) => {
  test('holds every row of every table, opened, and the uploaded files', async () => {
    const { victim, input, upload } = await aBusiness(stage, tier);

    await exportAll(stage, input);
    const files = unzip(await fetchZip(stage, victim));

    const manifest = checked(files);
    expect(await rowCounts(input, manifest)).toEqual([]);
    const customers = files.get('rows/customers.jsonl')?.toString() ?? '';
    expect(JSON.parse(customers.split('\n')[0] ?? '')).toMatchObject({
      opened: { name: victim.mark },
    });
    expect(files.get('csv/customers.csv')?.toString()).toContain(victim.mark);
    const archived = manifest.files.find(({ sha256 }) => sha256 === upload.sha256);
    expect(archived?.name).toBe(`files/${upload.id}/July _ _sales_.csv`);
    for (const table of Object.keys(sealedColumns)) {
      expect(manifest.files.map(({ name }) => name)).toContain(`rows/${table}.jsonl`);
    }
    for (const table of Object.keys(leftOut)) {
      expect(files.has(`rows/${table}.jsonl`)).toBe(false);
    }
  });
});

test.each(failpointNames.filter((name) => name.startsWith('export.')))(
  'killed at %s, the archive is whole all the same',
  async (name) => {
    const { victim, input } = await aBusiness(stage, 'starter');

    const deaths = await exportAll(stage, input, name);

    expect(deaths).toEqual([name]);
    const manifest = checked(unzip(await fetchZip(stage, victim)));
    expect(await rowCounts(input, manifest)).toEqual([]);
  },
);

test('every sealed column is opened, and every table that stays behind exists', async () => {
  const columns = await stage.database.asOwner(
    `select table_name as relation, column_name as name from information_schema.columns
     where table_schema = 'shared' and column_name ~ '(^|_)sealed$'`,
  );
  const unknown = columns.filter(({ relation, name }) => {
    const known = sealedColumns[String(relation)] ?? [];
    return leftOut[String(relation)] === undefined && !known.some(({ column }) => column === name);
  });
  expect(unknown).toEqual([]);
  const tables = await stage.database.asOwner(
    `select tablename as name from pg_tables where schemaname = 'shared'`,
  );
  const names = new Set(tables.map(({ name }) => String(name)));
  expect(Object.keys(leftOut).filter((name) => !names.has(name))).toEqual([]);
});

test('an altered manifest is not signed', () => {
  const signer = openManifestSigner(testKek);
  const signature = signer.sign('{"files":[]}');
  expect(signer.isSigned('{"files":[]}', signature)).toBe(true);
  expect(signer.isSigned('{"files":[1]}', signature)).toBe(false);
  expect(openManifestSigner(Buffer.alloc(32, 9)).isSigned('{"files":[]}', signature)).toBe(false);
});

describe('POST /v1/exports', () => {
  const begin = (token: string) => stage.fetch('/v1/exports', { token, method: 'POST' });

  test('starts one run at a time, is recorded, and shows how far it is', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const begun = await begin(token);
    expect(begun.status).toBe(202);
    const one = tenantExport.parse(begun.body);
    expect(stage.temporal.calls.at(-1)).toMatchObject({
      name: 'start',
      args: [{ workflow: 'exportTenant', workflowId: `tenant/${somebody.tenantId}/export/1` }],
    });
    expect(problemIn(await begin(token)).code).toBe('export-under-way');
    const read = await stage.fetch(`/v1/exports/${one.id}`, { token });
    expect(read.body).toMatchObject({ id: one.id, status: 'running', filesTotal: null });
    const early = await stage.fetch(`/v1/exports/${one.id}/archive`, { token });
    expect(problemIn(early).code).toBe('export-not-ready');
    const log = await stage.fetch('/v1/audit?action=export.begin', { token });
    expect(log.text).toContain('export.begin');
  });

  test('asks for a second factor, and no more often than the plan includes', async () => {
    const somebody = await stage.tenant();
    const stale = await stage.token(somebody, { hasSecondFactor: false });
    expect(problemIn(await begin(stale)).status).toBe(403);
    const token = await stage.token(somebody);
    await begin(token);
    await stage.database.asOwner(
      `insert into shared.tenant_exports (tenant_id, id, number, status, manifest_sha256,
         workflow_id, requested_by, ready_at, expires_at)
       values ($1, $2, 2, 'expired', repeat('0', 64), 'w', 'user:x', now(), now())`,
      [somebody.tenantId, randomUUID()],
    );
    expect(problemIn(await begin(token)).code).toBe('limit-reached');
  });

  test('an expired archive is gone, and what it was stays known', async () => {
    const { victim, input } = await aBusiness(stage, 'starter');
    await exportAll(stage, input);
    const { twice } = archiveSteps(stage, undefined);
    await twice('expireExport', input);
    await twice('expireExport', input);
    const list = await stage.fetch('/v1/exports', { token: victim.token });
    const one = tenantExportList.parse(list.body).data[0];
    expect(one?.status).toBe('expired');
    const path = `/v1/exports/${one?.id}/archive`;
    expect(problemIn(await stage.fetch(path, { token: victim.token })).code).toBe(
      'export-not-ready',
    );
    const left = await stage.database.asOwner(
      'select from shared.tenant_export_chunks where tenant_id = $1',
      [input.tenantId],
    );
    expect(left).toEqual([]);
  });
});

describe('POST /v1/data-subjects/report', () => {
  test.each(tiers)('finds a person of a business of the tier %s by number alone', async (tier) => {
    const [asked, other] = [await stage.tenant(), await stage.tenant()];
    await settleIn(stage.database, asked.tenantId, tier);
    const msisdn = '254711223344';
    for (const { tenantId } of [asked, other]) {
      await stage.database.db.withTenant(tenantId, async (t) => {
        const shortcodeId = await aShortcode(t);
        await aCollection(t, { shortcodeId, msisdn });
        await aCollection(t, { shortcodeId, msisdn: '254711223345' });
        const payee = { kind: 'msisdn', msisdn } as const;
        await aPayout(t, shortcodeId, { payee, payeeName: `Akinyi of ${tenantId}` });
      });
    }

    const token = await stage.token(asked);
    const json = { msisdn: '0711 223 344', reason: 'She asked by letter' };
    const answer = await stage.fetch('/v1/data-subjects/report', { token, json });

    const { records, isComplete } = subjectReport.parse(answer.body);
    expect(isComplete).toBe(true);
    expect(records.map(({ kind }) => kind)).toEqual(['collection', 'disbursement']);
    expect(records[0]?.words).toEqual({ msisdn });
    expect(answer.text).toContain(`Akinyi of ${asked.tenantId}`);
    expect(answer.text).not.toContain(String(other.tenantId));
    const log = await stage.fetch('/v1/audit?action=subject.report', { token });
    expect(log.text).toContain('She asked by letter');
    expect(log.text).not.toContain('11223344');
    const neither = { reason: 'She asked by letter' };
    const empty = await stage.fetch('/v1/data-subjects/report', { token, json: neither });
    expect(problemIn(empty).code).toBe('validation-failed');
    const stale = await stage.token(asked, { hasSecondFactor: false });
    const refused = await stage.fetch('/v1/data-subjects/report', { token: stale, json });
    expect(problemIn(refused).code).toBe('step-up-required');
  });

  test.each(tiers)(
    'finds a person of the tier %s by name wherever words are kept',
    async (tier) => {
      const { victim } = await aBusiness(stage, tier);
      const json = { name: victim.mark.toLowerCase(), reason: 'He asked at the counter' };
      const { token } = victim;
      const answer = await stage.fetch('/v1/data-subjects/report', { token, json });
      const { records } = subjectReport.parse(answer.body);
      const kinds = new Set(records.map(({ kind }) => kind));
      for (const kind of ['customer', 'disbursement', 'receivedPayment', 'payoutBatch'] as const) {
        expect([...kinds]).toContain(kind);
      }
      for (const kind of ['collectionBatch', 'callback'] as const) {
        expect([...kinds]).toContain(kind);
      }
      for (const { words } of records) expect(JSON.stringify(words)).toContain(victim.mark);
      const log = await stage.fetch('/v1/audit?action=subject.report', { token });
      expect(log.text).not.toContain(victim.mark);
      const byNumber = { msisdn: '254712345678', reason: 'He asked at the counter' };
      const numbered = await stage.fetch('/v1/data-subjects/report', { token, json: byNumber });
      const found = subjectReport.parse(numbered.body).records.map(({ kind }) => kind);
      expect(found).toEqual(expect.arrayContaining(['payoutBatch', 'collectionBatch']));
    },
  );
});
