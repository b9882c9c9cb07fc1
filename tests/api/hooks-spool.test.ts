import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { openIntake, type Intake } from '../../api/hooks/intake.ts';
import { hookMetrics, type HookMetrics } from '../../api/hooks/metrics.ts';
import { openSpool, type SpooledCallback } from '../../api/hooks/spool.ts';
import { openDatabase, type Database } from '../../db/database.ts';
import { openHouseBox } from '../../db/seal.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { createTelemetry, type Telemetry } from '../../telemetry.ts';
import { createTestDatabase, testKek, type TestDatabase } from '../support/database.ts';
import { fillDatabaseDisk, fillFileDisk } from '../support/full-disk.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { aTenant } from '../support/tenants.ts';
import { until } from '../support/until.ts';

const box = openHouseBox(testKek, 'callback spool');
let base: TestDatabase;
let tenantId: TenantId;
let proxy: TcpProxy;
let db: Database;
let directory: string;
let metrics: HookMetrics;
let telemetry: Telemetry;

beforeAll(async () => {
  base = await createTestDatabase();
  const { hostname, port } = new URL(base.appUrl);
  proxy = await openTcpProxy({ host: hostname, port: Number(port) });
  const url = new URL(base.appUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  db = openDatabase({
    url: url.href,
    poolMax: 4,
    kek: testKek,
    kekId: 'test',
    connectTimeoutMs: 500,
  });
});
beforeEach(async () => {
  await base.asOwner('truncate shared.callback_inbox');
  ({ tenantId } = await aTenant(base.db));
  directory = await mkdtemp(join(tmpdir(), 'daftari-spool-'));
  metrics = hookMetrics(new Registry());
  telemetry = createTelemetry({
    service: 'spool-test',
    config: { logLevel: 'silent', otlpEndpoint: undefined },
  });
});
afterEach(async () => {
  proxy.mend();
  await rm(directory, { recursive: true, force: true });
});
afterAll(async () => {
  await db.close();
  await proxy.close();
  await base.drop();
});

const open = (options: { bytesMax?: number } = {}): Intake =>
  openIntake({
    ...{ db, metrics, log: telemetry.log, wake: () => {}, patienceMs: 300 },
    spool: openSpool({ directory, box, ...options }),
  });

const aCallback = (body = `{"n":"${randomUUID()}"}`) => ({
  ...({ id: id('callback', randomUUID()), letter: 'c', targetId: randomUUID() } as const),
  ...({ body: Buffer.from(body), arrivedBy: 'request' } as const),
  receivedAt: instantFromEpochMs(Date.now()),
});
const inbox = () =>
  base.asOwner(`select id, arrived_by, repeats from shared.callback_inbox order by id`);
const files = async () => (await readdir(directory)).filter((name) => name.endsWith('.spool'));

async function takeMany(intake: Intake, count: number): Promise<string[]> {
  const callbacks = Array.from({ length: count }, () => aCallback());
  await Promise.all(callbacks.map((callback) => intake.take(tenantId, callback)));
  return callbacks.map((callback) => callback.id).toSorted();
}

describe('while the database is away', () => {
  test('callbacks are taken all the same and drained exactly once when it is back', async () => {
    const intake = open();
    const before = await takeMany(intake, 20);
    proxy.cut();
    const during = await takeMany(intake, 50);
    const onDisk = await files();
    proxy.mend();
    await until(async () => (await inbox()).length === 70);
    const after = await takeMany(intake, 10);
    await until(async () => (await files()).length === 0);
    await intake.close();
    const rows = await inbox();

    expect(onDisk.length).toBeGreaterThan(0);
    expect(rows.map((row) => String(row['id'])).toSorted()).toEqual(
      [...before, ...during, ...after].toSorted(),
    );
    const spooled = rows.filter((row) => row['arrived_by'] === 'spool').map(({ id }) => id);
    expect(during.filter((one) => !spooled.includes(one))).toEqual([]);
    expect(rows.every((row) => row['repeats'] === 0)).toBe(true);
  });

  test('a database that hangs is waited for briefly, and what it did late is no second row', async () => {
    const intake = open();
    await takeMany(intake, 1);
    proxy.stall();
    const startedMs = performance.now();
    const during = await takeMany(intake, 20);
    const tookMs = performance.now() - startedMs;
    proxy.mend();
    await until(async () => (await inbox()).length === 21);
    await intake.close();

    expect(tookMs).toBeLessThan(2_000);
    const rows = await inbox();
    expect(rows.filter((row) => during.includes(String(row['id'])))).toHaveLength(20);
    expect(rows.every((row) => row['repeats'] === 0)).toBe(true);
  });

  test('a business that is gone keeps nobody else’s callbacks waiting', async () => {
    const intake = open();
    const before = await takeMany(intake, 1);
    proxy.cut();
    const nobody = id('tenant', randomUUID());
    await intake.take(nobody, aCallback());
    const during = await takeMany(intake, 3);
    proxy.mend();
    await until(async () => (await inbox()).length === 4);
    await until(async () => (await files()).length === 0);
    const after = await takeMany(intake, 1);
    await intake.close();

    expect((await inbox()).map((row) => String(row['id'])).toSorted()).toEqual(
      [...before, ...during, ...after].toSorted(),
    );
    expect((await inbox()).filter((row) => row['arrived_by'] === 'spool')).toHaveLength(3);
  });

  test('a business that is being moved waits alone, and loses nothing', async () => {
    const moved = (await aTenant(base.db)).tenantId;
    let isFrozen = true;
    const freezing: Pick<Database, 'withTenant'> = {
      withTenant: (tenant, work, options) =>
        tenant === moved && isFrozen
          ? Promise.reject(Object.assign(new Error('it is moved'), { name: 'TenantFrozen' }))
          : db.withTenant(tenant, work, options),
    };
    const intake = openIntake({
      ...{ db: freezing, metrics, log: telemetry.log, wake: () => {}, patienceMs: 300 },
      spool: openSpool({ directory, box }),
    });
    const own = aCallback();
    await intake.take(moved, own);
    proxy.cut();
    const during = await takeMany(intake, 2);
    proxy.mend();
    await until(async () => (await inbox()).length === 2);
    await until(async () => {
      await takeMany(intake, 1);
      return (await inbox()).some((row) => row['arrived_by'] === 'request');
    });
    isFrozen = false;
    await until(async () => (await files()).length === 0);
    await intake.close();

    const ids = (await inbox()).map((row) => String(row['id']));
    expect(ids).toEqual(expect.arrayContaining([own.id, ...during]));
  });

  test('what lies on disk is sealed', async () => {
    const intake = open();
    await takeMany(intake, 1);
    proxy.cut();
    await intake.take(tenantId, aCallback('{"MSISDN":"254712345678"}'));
    const [file = ''] = await files();
    const bytes = await readFile(join(directory, file));

    expect(bytes.length).toBeGreaterThan(100);
    expect(bytes.includes('254712345678')).toBe(false);
    proxy.mend();
    await until(async () => (await inbox()).length === 2);
    await intake.close();
  });

  test('a process that died leaves its files to the next one', async () => {
    proxy.cut();
    const first = open();
    const ids = await takeMany(first, 5);
    // The file of a process that is gone: no process has this number.
    const [file = ''] = await files();
    await rename(
      join(directory, file),
      join(directory, file.replace(`-${process.pid}-`, '-4194999-')),
    );
    await first.close();
    proxy.mend();
    const second = open();
    await until(async () => (await inbox()).length === 5);
    await second.close();

    expect((await inbox()).map((row) => row['id'])).toEqual(ids);
    expect(await files()).toEqual([]);
  });

  test('a spool that is full refuses, and says so in a count', async () => {
    const intake = open({ bytesMax: 900 });
    proxy.cut();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => intake.take(tenantId, aCallback())),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected').length;
    const counted = await metrics.lost.get();

    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(10);
    expect(counted.values[0]?.value).toBe(refused);
    proxy.mend();
    await until(async () => (await inbox()).length === 10 - refused);
    await intake.close();
  });
});

describe('while a disk is full', () => {
  test('callbacks the database has no room for are spooled, and drained once when it has', async () => {
    const intake = open();
    const before = await takeMany(intake, 5);
    const freeDisk = await fillDatabaseDisk(base, 'callback_inbox');
    const during = await takeMany(intake, 20);
    await expect(intake.drainSpool()).rejects.toMatchObject({ code: '53100' });
    expect(await inbox()).toHaveLength(5);
    await freeDisk();
    await until(async () => (await inbox()).length === 25);
    await until(async () => (await files()).length === 0);
    await intake.close();

    const rows = await inbox();
    expect(rows.map((row) => String(row['id'])).toSorted()).toEqual(
      [...before, ...during].toSorted(),
    );
    expect(rows.every((row) => row['repeats'] === 0)).toBe(true);
  });

  test.each([
    { what: 'gives half a record back', isBroken: false, torn: 0 },
    { what: 'keeps half a record', isBroken: true, torn: 1 },
  ])(
    'of a spool that $what, the callbacks after it come back whole',
    async ({ isBroken, torn }) => {
      const intake = open();
      proxy.cut();
      const before = await takeMany(intake, 3);
      const freeDisk = await fillFileDisk({ isBroken });
      await expect(intake.take(tenantId, aCallback())).rejects.toMatchObject({ code: 'ENOSPC' });
      freeDisk();
      const after = await takeMany(intake, 3);
      proxy.mend();
      await until(async () => (await inbox()).length === 6);
      await intake.close();

      expect((await inbox()).map((row) => String(row['id']))).toEqual(
        [...before, ...after].toSorted(),
      );
      expect((await readdir(directory)).filter((name) => name.endsWith('.torn'))).toHaveLength(
        torn,
      );
    },
  );
});

describe('spool files', () => {
  const record = (): SpooledCallback => ({ tenantId, callback: aCallback() });

  test('come back whole and in order, over many files', async () => {
    const spool = await openSpool({ directory, box, fileBytesMax: 2_000 });
    const records = Array.from({ length: 30 }, record);
    for (const each of records) await spool.append(each);
    expect((await files()).length).toBeGreaterThan(3);
    const taken: string[] = [];
    const count = await spool.drain(async (batch) => {
      taken.push(...batch.map(({ callback }) => callback.id));
    });

    expect(count).toBe(30);
    expect(taken).toEqual(records.map(({ callback }) => callback.id));
    expect({ files: await files(), bytes: spool.bytes() }).toEqual({ files: [], bytes: 0 });
    await spool.close();
  });

  test('stay when their records are not taken', async () => {
    const spool = await openSpool({ directory, box });
    await spool.append(record());
    await expect(spool.drain(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    let taken = 0;
    await spool.drain(async (batch) => void (taken += batch.length));

    expect(taken).toBe(1);
    await spool.close();
  });

  test('a record cut short by a crash is left out, what came before it is not', async () => {
    const first = await openSpool({ directory, box });
    await first.append(record());
    await first.append(record());
    await first.close();
    const [file = ''] = await files();
    const path = join(directory, file);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 7));
    const torn: number[] = [];
    const spool = await openSpool({ directory, box, onTorn: (_file, bytes) => torn.push(bytes) });
    let taken = 0;
    await spool.drain(async (batch) => void (taken += batch.length));

    expect({ taken, torn: torn.length, files: await files() }).toEqual({
      taken: 1,
      torn: 1,
      files: [],
    });
    expect((await readdir(directory)).some((name) => name.endsWith('.torn'))).toBe(true);
    await spool.close();
  });

  test('bytes that rotted are never taken for a record', async () => {
    const first = await openSpool({ directory, box });
    await first.append(record());
    await first.close();
    const [file = ''] = await files();
    await appendFile(join(directory, file), Buffer.alloc(64, 0xab));
    const spool = await openSpool({ directory, box });
    let taken = 0;
    await spool.drain(async (batch) => void (taken += batch.length));

    expect(taken).toBe(1);
    await spool.close();
  });
});
