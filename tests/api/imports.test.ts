/** An archive comes back whole into an empty business, and in no other way. */
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { failpointNames } from '../../activities/failpoint.ts';
import { tenantImport, tenantImportList } from '../../api/imports/schema.ts';
import { zipped } from '../../activities/sheets/zip-writer.ts';
import { insertExport } from '../../db/tenant-exports.ts';
import { id, parsePublicId, type TenantId } from '../../domain/ids.ts';
import type { ImportTenantInput } from '../../workflows/tenant-types.ts';
import { aBusiness, archiveSteps, exportAll, fetchZip } from '../support/archives.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';
import { settleIn, tiers } from '../support/tiers.ts';
import { unzip } from '../support/unzip.ts';

let stage: ApiStage;
/** The archive of a business of the plan `starter`. */
let whole: { zip: Buffer; mark: string; from: string };

beforeAll(async () => {
  stage = await openApiStage();
  whole = await anArchive('starter');
});
afterAll(() => stage.close());

async function anArchive(tier: (typeof tiers)[number]) {
  const { victim, input } = await aBusiness(stage, tier);
  await exportAll(stage, input);
  return { zip: await fetchZip(stage, victim), mark: victim.mark, from: victim.tenantId };
}

async function anEmptyOne(tier: (typeof tiers)[number] = 'starter') {
  const somebody = await stage.tenant();
  await settleIn(stage.database, somebody.tenantId, tier);
  return { ...somebody, token: await stage.token(somebody) };
}

function send(token: string, zip: Buffer, type = 'application/zip') {
  const headers = { 'content-type': type };
  return stage.fetch('/v1/imports', {
    ...{ token, method: 'POST', headers, body: new Uint8Array(zip) },
  });
}

/** Sends an archive and has the run's steps done; one dies at the failpoint once. */
async function bring(to: Somebody & { token: string }, zip: Buffer, name?: string) {
  const answer = await send(to.token, zip);
  expect(answer.status).toBe(202);
  const importId = parsePublicId('tenantImport', tenantImport.parse(answer.body).id);
  if (importId === undefined) throw new Error('an import has an id');
  const input: ImportTenantInput = { tenantId: to.tenantId, importId };
  const { twice, deaths } = archiveSteps(stage, name);
  const verdict = await twice('checkImport', input);
  if (verdict.status === 'sound') {
    await twice('bringRows', input);
    await twice('settleImport', input);
  }
  const list = await stage.fetch('/v1/imports', { token: to.token });
  return { deaths, one: tenantImportList.parse(list.body).data[0], list: list.body };
}

async function exportAgain(to: { tenantId: TenantId; token: string }) {
  const exportId = id('tenantExport', randomUUID());
  await stage.database.db.withTenant(to.tenantId, (t) =>
    insertExport(t, { id: exportId, requestedBy: 'user:test', workflowIdOf: (n) => `again/${n}` }),
  );
  await exportAll(stage, { tenantId: to.tenantId, exportId });
  return unzip(await fetchZip(stage, to));
}

const hidden = /^(tenant_id|workflow_id|payee_key)$|sealed$|_(index|tokens)$/;

/** What the rows of an archive say, whoever's they are; the log and the people are each their own. */
function said(files: ReadonlyMap<string, Buffer>): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const [name, bytes] of files) {
    if (!name.startsWith('rows/') || /(audit_log|members)/.test(name)) continue;
    const lines = bytes.toString().trimEnd().split('\n');
    const rows = lines.map((line) =>
      JSON.stringify(JSON.parse(line || 'null'), (key, value: unknown) =>
        hidden.test(key) ? undefined : value,
      ),
    );
    tables.set(name, rows.sort());
  }
  return tables;
}

/** The whole archive packed anew, with some files replaced. */
async function repacked(zip: Buffer, replaced: Record<string, string>): Promise<Buffer> {
  const entries = [...unzip(zip)].map(([name, bytes]) => ({
    name,
    pieces: async function* () {
      yield replaced[name] ?? bytes;
    },
  }));
  return buffer(zipped(entries));
}

describe.each(tiers)('an archive brought into an empty business of the tier %s', (tier) => {
  test('says the same when it is exported again, and is found by name and number', async () => {
    const to = await anEmptyOne(tier);

    const { one } = await bring(to, whole.zip);

    expect(one).toMatchObject({ status: 'done', refusal: null });
    const again = await exportAgain(to);
    expect(said(again)).toEqual(said(unzip(whole.zip)));
    const files = (list: Iterable<string>) => [...list].filter((name) => name.startsWith('files/'));
    expect(files(again.keys())).toEqual(files(unzip(whole.zip).keys()));
    for (const name of files(again.keys())) {
      expect(again.get(name)).toEqual(unzip(whole.zip).get(name));
    }
    const found = await stage.fetch(`/v1/customers?q=${whole.mark}`, { token: to.token });
    expect(found.text).toContain(whole.mark);
    const rows = await stage.fetch('/v1/transactions?limit=1', { token: to.token });
    expect(rows.status).toBe(200);
    expect(JSON.stringify(rows.body)).toContain('txn_');
    const path = '/v1/transactions?tag=school-trip';
    const tagged = await stage.fetch(path, { token: to.token });
    expect(tagged.body).toMatchObject({ data: [{ tags: ['school-trip'] }] });
  });
});

test('nothing in the new business points at a run of the old one', async () => {
  const to = await anEmptyOne();
  await bring(to, whole.zip);
  const pointing = await stage.database.db.withTenant(to.tenantId, async (t) => {
    const found = await sql<{ n: number }>`
      select count(*)::int as n from ${t.table('operations')}
      where workflow_id like ${`%${whole.from}%`}`.execute(t.query);
    return found.rows[0]?.n;
  });
  expect(pointing).toBe(0);
});

test.each(failpointNames.filter((name) => name.startsWith('import.')))(
  'killed at %s, everything is there once',
  async (name) => {
    const to = await anEmptyOne();
    const { deaths, one } = await bring(to, whole.zip, name);
    expect(deaths).toEqual([name]);
    const rows = [...said(unzip(whole.zip)).values()].flat().filter((line) => line !== 'null');
    expect(one).toMatchObject({ status: 'done', rowCount: rows.length });
    const left = await stage.database.asOwner(
      'select from shared.tenant_import_chunks where tenant_id = $1',
      [to.tenantId],
    );
    expect(left).toEqual([]);
  },
);

describe('is refused', () => {
  const manifestOf = (zip: Buffer) => unzip(zip).get('manifest.json')?.toString() ?? '';
  test.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['bytes that are no archive', () => Buffer.from('PK not really'), 'not-an-archive'],
    ['an archive that is cut off', () => whole.zip.subarray(0, -400), 'not-an-archive'],
    [
      'an altered row',
      () => repacked(whole.zip, { 'rows/customers.jsonl': '{"row":{},"opened":{}}\n' }),
      'altered',
    ],
    [
      'an altered manifest',
      () => repacked(whole.zip, { 'manifest.json': manifestOf(whole.zip).replace('20', '21') }),
      'not-signed',
    ],
    [
      'another signature',
      () => repacked(whole.zip, { 'manifest.sig': `${Buffer.alloc(64).toString('base64')}\n` }),
      'not-signed',
    ],
  ])('%s', async (_what, made, refusal) => {
    const to = await anEmptyOne();
    const { one, list } = await bring(to, await made());
    expect(one).toMatchObject({ status: 'refused', refusal, rowCount: 0 });
    expect(list).toMatchObject({ isEmpty: true });
  });

  test('a business that has something, before a byte is stored', async () => {
    const to = await anEmptyOne();
    await bring(to, whole.zip);
    const answer = await send(to.token, whole.zip);
    expect(problemIn(answer).code).toBe('tenant-not-empty');
    const list = await stage.fetch('/v1/imports', { token: to.token });
    expect(list.body).toMatchObject({ isEmpty: false });
  });

  test('anything without a fresh second factor, and what is no ZIP file by its type', async () => {
    const to = await anEmptyOne();
    const stale = await stage.token(to, { hasSecondFactor: false });
    expect(problemIn(await send(stale, whole.zip)).code).toBe('step-up-required');
    const other = await send(to.token, whole.zip, 'text/csv');
    expect(problemIn(other).code).toBe('unsupported-media-type');
    expect(problemIn(await send(to.token, Buffer.alloc(0))).code).toBe('empty-file');
  });
});
