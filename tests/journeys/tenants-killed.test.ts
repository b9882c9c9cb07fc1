/**
 * kill -9 of the worker while it stands at every boundary of exports, imports, files made in the
 * background, moves that are taken back, closings, people being forgotten and keys being rotated at
 * the same time: each of them ends as if nobody had died.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failpointNames, type FailpointName } from '../../activities/failpoint.ts';
import type { ApiClient } from '../support/api-client.ts';
import { openBusyBusiness, tell, type BusyBusiness } from '../support/busy-business.ts';
import { beginBreach, expectToldOnce } from '../support/told-breaches.ts';
import type { Running } from '../support/processes.ts';
import { aSecondPerson } from '../support/second-person.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { unzip } from '../support/unzip.ts';

jest.setTimeout(300_000);

const password = 'a long enough password';
const patience = { withinMs: 120_000, everyMs: 200 };
const person = { name: 'Wanjiru Kamau', msisdn: '254712345678' };

/**
 * Where the worker dies: all at once. A place holds the first run that comes by and lets the others
 * on to the next one, so of as many runs as a kind has places each ends up at another.
 */
const places = {
  export: failpointNames.filter((name) => name.startsWith('export.')),
  import: failpointNames.filter((name) => name.startsWith('import.')),
  download: failpointNames.filter((name) => name.startsWith('download.')),
  closing: failpointNames.filter((name) => name.startsWith('closing.')),
  subject: failpointNames.filter((name) => name.startsWith('subject.')),
  breach: failpointNames.filter((name) => name.startsWith('breach.')),
  keys: failpointNames.filter((name) => name.startsWith('keys.')),
  move: failpointNames.filter((name) => /^move\.after(Freeze|Switch|Remove)$/.test(name)),
};

let stack: Stack;
let operator: ApiClient;
let moved: BusyBusiness[];
let exported: BusyBusiness[];
let downloading: BusyBusiness[];
let closed: BusyBusiness[];
let forgetful: BusyBusiness[];
let filled: { tenantId: string; client: ApiClient }[];
let source: BusyBusiness;
const folder = mkdtempSync(join(tmpdir(), 'daftari-killed-'));

beforeAll(async () => {
  stack = await openStack();
  // Two weeks of thinking are five seconds.
  await stack.startGateway({ PAYMENT_TIME_SCALE: '0.000004' });
  const [worker] = await Promise.all([launchWorker(), makeBusinesses()]);
  await Promise.all([...moved.map(beginMove), beginExport(source)]);
  const [archive] = await Promise.all([
    archiveOf(source),
    ...moved.map((one) => moveIs(one, 'switched')),
  ]);
  await worker.kill();
  await diesAt(
    [places.export, places.import, places.download, places.subject, places.breach, places.keys],
    () => [
      ...exported.map(beginExport),
      ...downloading.map(beginDownload),
      ...filled.map((one) => beginImport(one, archive)),
      ...forgetful.map(beginForgetting),
      ...places.breach.map(() => beginBreach(operator, source)),
      beginRotation(),
    ],
  );
  // Who changes tables waits for an import to end, so these have their own turn.
  await diesAt([places.move, places.closing], () => [
    ...moved.map(takeMoveBack),
    ...closed.map(beginClosing),
  ]);
  await launchWorker();
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

const markerOf = (name: string) => join(folder, name);

/** What is begun goes on until a run stands at each place, and then the worker is killed. */
async function diesAt(kinds: readonly FailpointName[][], begin: () => Promise<void>[]) {
  const names = kinds.flat();
  const doomed = await launchWorker(names);
  await Promise.all(begin());
  const missing = () => names.filter((name) => !existsSync(markerOf(name)));
  await until(() => missing().length === 0, patience).catch((cause: unknown) => {
    throw new Error(`nobody came to ${missing().join(', ')}\n${stack.output()}`, { cause });
  });
  await doomed.kill();
}

function launchWorker(names: readonly string[] = []): Promise<Running> {
  const env = {
    DATABASE_OWNER_URL: stack.database.ownerUrl,
    DATABASE_POOL_MAX: '30',
    TENANT_STEPS_AT_ONCE: '30',
    FAILPOINTS: names.map((name) => `${name}=wait:${markerOf(name)}`).join(),
  };
  return stack.launchWorkers(env, 'tenants,maintenance');
}

async function makeBusinesses(): Promise<void> {
  const many = (count: number) =>
    Promise.all(Array.from({ length: count }, () => openBusyBusiness(stack)));
  [moved, exported, downloading, closed, forgetful, [source], filled, operator] = await Promise.all(
    [
      many(places.move.length),
      many(places.export.length),
      many(places.download.length),
      many(places.closing.length),
      many(places.subject.length),
      Promise.all([openBusyBusiness(stack)]),
      Promise.all(places.import.map(() => stack.newTenant())),
      anOperator(),
    ],
  );
  const resting = [...exported, ...downloading, ...closed, ...forgetful, source];
  await Promise.all([...moved, ...resting].map((business) => business.writesOn(2)));
  await Promise.all(resting.map((business) => business.stop()));
}

/** Fails with the last lines of all processes. */
async function explained(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${stack.output()}`, { cause: error });
  }
}

async function beginMove(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  expect((await business.client.post('/v1/settings/plan', { plan: 'pro' })).status).toBe(202);
}

async function takeMoveBack(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const decision = { decision: 'roll-back' };
  await tell(() => business.client.post('/v1/settings/plan/decision', decision));
}

async function moveIs({ client }: BusyBusiness, status: string): Promise<void> {
  await until(async () => {
    const { body } = await client.get<{ move: { status: string } | null }>('/v1/settings');
    return body.move?.status === status;
  }, patience);
}

async function beginExport(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  expect((await business.client.post('/v1/exports', {})).status).toBe(202);
}

/** What the audit log says of the asking itself: one row, which nothing else changes. */
const ownAsking = { format: 'csv', action: 'download.begin' };

async function beginDownload(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const begun = await business.client.post('/v1/audit/export', ownAsking);
  expect(begun.status).toBe(202);
}

async function textOf({ client }: BusyBusiness, path: string): Promise<string> {
  const response = await fetch(`${stack.url}${path}`, {
    headers: { authorization: `Bearer ${client.accessToken}` },
  });
  return response.text();
}

async function archiveOf(business: BusyBusiness): Promise<Buffer> {
  let ready: { id: string; status: string } | undefined;
  await until(async () => {
    const { body } = await business.client.get<{ data: { id: string; status: string }[] }>(
      '/v1/exports',
    );
    ready = body.data.find(({ status }) => status === 'ready');
    return ready !== undefined;
  }, patience);
  await business.stepUp();
  const response = await fetch(`${stack.url}/v1/exports/${ready?.id ?? ''}/archive`, {
    headers: { authorization: `Bearer ${business.client.accessToken}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function beginImport({ client }: { client: ApiClient }, archive: Buffer): Promise<void> {
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  const response = await fetch(`${stack.url}/v1/imports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${client.accessToken}`,
      'content-type': 'application/zip',
    },
    body: new Uint8Array(archive),
  });
  expect([response.status, await response.text()]).toEqual([202, expect.anything()]);
}

/** An operator of the house; what they ask needs a second factor each time. */
async function anOperator(): Promise<ApiClient> {
  const { tenantId, client } = await stack.newTenant();
  await stack.database.asOwner(
    `update platform.users set is_platform_admin = true where id in
       (select user_id from shared.members where tenant_id = $1)`,
    [tenantId],
  );
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  return client;
}

async function beginClosing(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const { body } = await business.client.get<{ tenant: { id: string; name: string } }>(
    '/v1/settings',
  );
  const { id: tenant, name } = body.tenant;
  const wish = { name, reason: 'The shop closes.' };
  expect((await business.client.post('/v1/closing', wish)).status).toBe(202);
  const agreement = { decision: 'approve', note: 'Papers seen.' };
  await tell(() => operator.post(`/v1/platform/tenants/${tenant}/closing`, agreement));
}

async function beginForgetting(business: BusyBusiness): Promise<void> {
  const { client, tenantId } = business;
  const key = () => ({ 'idempotency-key': randomUUID() });
  const customer = { reference: 'HER-SHOP', ...person };
  expect((await client.post('/v1/customers', customer, key())).status).toBe(201);
  await business.stepUp();
  const wish = { ...person, reason: 'She asked by letter' };
  const asked = await client.post<{ id: string }>('/v1/data-subjects/requests', wish, key());
  expect(asked.status).toBe(201);
  const second = await aSecondPerson(stack, { tenantId, password });
  const path = `/v1/data-subjects/requests/${asked.body.id}/approve`;
  expect((await second.post(path, { note: 'Passport seen' })).status).toBe(200);
}

/** A key is due whatever the calendar has done meanwhile. */
async function beginRotation(): Promise<void> {
  await stack.database.asOwner(`delete from platform.signing_keys where state = 'next'`);
  await stack.runSchedule('signing-keys');
}

test('each export is one whole archive', () =>
  explained(async () => {
    for (const business of exported) {
      const files = unzip(await archiveOf(business));
      const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '{}');
      const listed = manifest.files as { name: string; sha256: string }[];
      const found = [...files.keys()].filter((name) => !name.startsWith('manifest.'));
      expect(found.toSorted()).toEqual(listed.map(({ name }) => name).toSorted());
      for (const { name, sha256 } of listed) {
        const bytes = files.get(name) ?? Buffer.alloc(0);
        expect([name, createHash('sha256').update(bytes).digest('hex')]).toEqual([name, sha256]);
      }
      const rows = files.get('rows/customers.jsonl')?.toString().trim().split('\n');
      expect(rows).toHaveLength(business.written.length);
    }
  }));

test('each file made in the background is whole, and the one that is taken at once', () =>
  explained(async () => {
    for (const business of downloading) {
      let made: { id: string; status: string; rowCount: number } | undefined;
      await until(async () => {
        const { body } = await business.client.get<{ data: (typeof made)[] }>('/v1/downloads');
        made = body.data.find((one) => one?.status === 'ready');
        return made !== undefined;
      }, patience);
      await business.stepUp();
      const direct = `/v1/audit/export?${new URLSearchParams(ownAsking)}`;
      const file = await textOf(business, `/v1/downloads/${made?.id ?? ''}/file`);
      expect(file).toBe(await textOf(business, direct));
      expect(made?.rowCount).toBe(1);
    }
  }));

test('each import brought every row in, once', () =>
  explained(async () => {
    for (const { client } of filled) {
      await until(async () => {
        const { body } = await client.get<{ data: { status: string }[] }>('/v1/imports');
        return body.data[0]?.status === 'done';
      }, patience);
      const { body } = await client.get<{ data: { id: string }[] }>('/v1/customers?limit=200');
      expect(body.data.map((one) => one.id).toSorted()).toEqual(source.written.toSorted());
    }
  }));

test('each move that was taken back keeps what was written since', () =>
  explained(async () => {
    for (const business of moved) {
      const { tenantId, written, oddities } = business;
      await moveIs(business, 'rolled-back');
      await business.writesOn(1);
      await business.stop();
      expect(oddities).toEqual([]);
      const [stored] = await stack.database.asOwner(
        'select count(*)::int as n from shared.customers where tenant_id = $1',
        [tenantId],
      );
      expect(stored).toEqual({ n: written.length });
      const copies = await stack.database.asOwner('select from pg_namespace where nspname = $1', [
        `t_${tenantId.replaceAll('-', '')}`,
      ]);
      expect(copies).toEqual([]);
    }
  }));

/** Tables that still hold something of a business. */
async function leftOf({ tenantId }: BusyBusiness): Promise<string[]> {
  const tables = await stack.database.asOwner(
    `select table_schema as s, table_name as n from information_schema.columns
     where column_name = 'tenant_id' and table_schema in ('shared', 'platform')
       and table_name not in ('tenant_places', 'tenant_closings')`,
  );
  const left: string[] = [];
  for (const { s, n } of tables) {
    const text = `select from ${String(s)}.${String(n)} where tenant_id = $1 limit 1`;
    if ((await stack.database.asOwner(text, [tenantId])).length > 0) left.push(String(n));
  }
  return left;
}

test('of a closed business only its certificate stays', () =>
  explained(async () => {
    const certificate = `select t.data_key_sealed as key, c.certificate -> 'rows' ->> 'customers' as customers
      from platform.tenants t join platform.tenant_closings c on c.tenant_id = t.id
      where t.id = $1 and c.status = 'erased'`;
    for (const business of closed) {
      let rows: unknown[] = [];
      await until(async () => {
        rows = await stack.database.asOwner(certificate, [business.tenantId]);
        return rows.length === 1;
      }, patience);
      expect(rows).toEqual([{ key: 'dft1.destroyed', customers: String(business.written.length) }]);
      expect(await leftOf(business)).toEqual([]);
      expect((await business.client.get('/v1/settings')).status).toBe(401);
    }
  }));

interface Request {
  status: string;
  pseudonym: string;
  changed: Record<string, number>;
}

test('each person is forgotten, and every row was counted once', () =>
  explained(async () => {
    for (const { client } of forgetful) {
      let request: Request | undefined;
      await until(async () => {
        const { body } = await client.get<{ data: Request[] }>('/v1/data-subjects/requests');
        [request] = body.data;
        return request?.status === 'done';
      }, patience);
      expect(request?.changed).toEqual({ customer: 1 });
      const { body } = await client.get('/v1/customers?limit=200');
      expect(JSON.stringify(body)).not.toContain(person.name);
      expect(JSON.stringify(body)).toContain(request?.pseudonym);
    }
  }));

test('each business was told of each breach once, and reminded once', () =>
  explained(() => expectToldOnce(stack, source, places.breach.length)));

test('one key signs and one waits, and nobody was signed out', () =>
  explained(async () => {
    const keys = await stack.database.asOwner(
      'select state, count(*)::int as n from platform.signing_keys group by state order by state',
    );
    expect(keys).toEqual([
      { state: 'active', n: 1 },
      { state: 'next', n: 1 },
    ]);
    expect((await source.client.get('/v1/settings')).status).toBe(200);
    expect(await stack.checker.violations()).toEqual([]);
  }));
