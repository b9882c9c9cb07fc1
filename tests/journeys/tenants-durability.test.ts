/**
 * kill -9 of the worker at every boundary of a move to a schema of its own while the business works
 * on, of an export, and of a closing: nothing is lost, nothing is served from two places, an archive
 * is whole, and of a closed business only its certificate stays.
 */
import { createHash } from 'node:crypto';
import { failpointNames } from '../../activities/failpoint.ts';
import { openBusyBusiness, type BusyBusiness } from '../support/busy-business.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Running } from '../support/processes.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { diesBySigkill } from '../support/twin.ts';
import { until } from '../support/until.ts';
import { unzip } from '../support/unzip.ts';

jest.setTimeout(600_000);

const patience = { withinMs: 120_000, everyMs: 200 };
let stack: Stack;
let operator: ApiClient;
/** The worker that took over from the last one that was killed. */
let worker: Running;
let moved: BusyBusiness[];
let exported: BusyBusiness[];
let closed: BusyBusiness[];

beforeAll(async () => {
  stack = await openStack();
  // Two weeks of thinking are five seconds.
  await stack.startGateway({ PAYMENT_TIME_SCALE: '0.000004' });
  operator = await anOperator();
  // All wait for the same time-outs then, before the last worker goes on with them.
  moved = await killedAtEach(untilSwitch, beginMove);
  exported = await killedAtEach(['export.midFile'], beginExport);
  closed = await killedAtEach(['closing.midErase'], beginClosing);
  worker = await launchWorker();
});
afterAll(() => stack.close());

const untilSwitch = failpointNames.filter(
  (name) => name.startsWith('move.') && name !== 'move.afterRemove',
);

function launchWorker(failpoint?: string): Promise<Running> {
  const env = { DATABASE_OWNER_URL: stack.database.ownerUrl };
  const failing = failpoint === undefined ? {} : { FAILPOINTS: `${failpoint}=kill` };
  return stack.launchWorkers({ ...env, ...failing }, 'tenants');
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

/**
 * For each failpoint another business begins, and the worker dies there; the next worker goes on
 * with all of them and dies at the next failpoint.
 */
async function killedAtEach(
  failpoints: readonly string[],
  begin: (business: BusyBusiness) => Promise<void>,
): Promise<BusyBusiness[]> {
  const businesses: BusyBusiness[] = [];
  for (const failpoint of failpoints) {
    const doomed = await launchWorker(failpoint);
    const business = await openBusyBusiness(stack);
    businesses.push(business);
    await business.writesOn(3);
    await begin(business);
    await diesBySigkill(doomed);
  }
  return businesses;
}

interface Settings {
  move: { status: string } | null;
}

async function becomes(business: BusyBusiness, status: string): Promise<void> {
  let seen: unknown;
  await until(async () => {
    const { body } = await business.client.get<Settings>('/v1/settings');
    seen = body.move;
    return body.move?.status === status;
  }, patience).catch((cause: unknown) => {
    throw new Error(`not ${status}: ${JSON.stringify(seen)}`, { cause });
  });
}

/** How many customers of a business each place holds. */
async function customersOf({ tenantId }: BusyBusiness) {
  const count = async (schema: string) => {
    const [row] = await stack.database.asOwner(
      `select count(*)::int as n from "${schema}".customers where tenant_id = $1`,
      [tenantId],
    );
    return Number(row?.['n']);
  };
  const own = `t_${tenantId.replaceAll('-', '')}`;
  return { shared: await count('shared'), own: await count(own) };
}

async function beginMove(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const { status } = await business.client.post('/v1/settings/plan', { plan: 'pro' });
  expect(status).toBe(202);
}

async function confirmMove(business: BusyBusiness): Promise<void> {
  await business.stepUp();
  const decision = { decision: 'confirm' };
  const { status } = await business.client.post('/v1/settings/plan/decision', decision);
  expect(status).toBe(204);
}

test('a move killed at each of its failpoints loses nothing and is served from one place', () =>
  explained(async () => {
    await Promise.all(moved.map((business) => becomes(business, 'switched')));
    await Promise.all(moved.map((business) => business.writesOn(2)));
    await worker.stop();
    const doomed = await launchWorker('move.afterRemove');
    const [first, ...others] = moved;
    if (first === undefined) throw new Error('somebody moved');
    await confirmMove(first);
    await diesBySigkill(doomed);
    worker = await launchWorker();
    for (const business of others) await confirmMove(business);
    await Promise.all(moved.map((business) => becomes(business, 'confirmed')));
    await Promise.all(moved.map((business) => business.stop()));

    for (const business of moved) {
      const { written, oddities } = business;
      expect(oddities).toEqual([]);
      expect(await customersOf(business)).toEqual({ shared: 0, own: written.length });
    }
    expect(await stack.checker.violations()).toEqual([]);
  }));

interface ExportView {
  id: string;
  status: string;
}

async function archiveOf(business: BusyBusiness): Promise<Map<string, Buffer>> {
  let ready: ExportView | undefined;
  await until(async () => {
    const { body } = await business.client.get<{ data: ExportView[] }>('/v1/exports');
    ready = body.data.find(({ status }) => status === 'ready');
    return ready !== undefined;
  }, patience);
  await business.stepUp();
  const response = await fetch(`${stack.url}/v1/exports/${ready?.id ?? ''}/archive`, {
    headers: { authorization: `Bearer ${business.client.accessToken}` },
  });
  expect(response.status).toBe(200);
  return unzip(Buffer.from(await response.arrayBuffer()));
}

async function beginExport(business: BusyBusiness): Promise<void> {
  await business.stop();
  await business.stepUp();
  expect((await business.client.post('/v1/exports', {})).status).toBe(202);
}

test('an export killed in the middle of a file is one whole archive', () =>
  explained(async () => {
    for (const business of exported) {
      const files = await archiveOf(business);
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

/** An operator of the house; what they ask needs a second factor each time. */
async function anOperator(): Promise<ApiClient> {
  const { tenantId, client } = await stack.newTenant();
  await stack.database.asOwner(
    `update platform.users set is_platform_admin = true where id in
       (select user_id from shared.members where tenant_id = $1)`,
    [tenantId],
  );
  const password = 'a long enough password';
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  return client;
}

interface HouseTenants {
  data: { id: string; status: string; closing: { status: string } | null }[];
}

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

async function beginClosing(business: BusyBusiness): Promise<void> {
  await business.stop();
  await business.stepUp();
  const { body } = await business.client.get<{ tenant: { id: string; name: string } }>(
    '/v1/settings',
  );
  const { id, name } = body.tenant;
  const wish = { name, reason: 'The shop closes.' };
  expect((await business.client.post('/v1/closing', wish)).status).toBe(202);
  const agreed = await operator.post(`/v1/platform/tenants/${id}/closing`, {
    ...{ decision: 'approve', note: 'Papers seen.' },
  });
  expect(agreed.status).toBe(204);
}

test('a closing killed while it erases leaves nothing but a certificate', () =>
  explained(async () => {
    await until(async () => {
      const { body } = await operator.get<HouseTenants>('/v1/platform/tenants?status=closed');
      const erased = body.data.filter(({ closing }) => closing?.status === 'erased');
      return erased.length === closed.length;
    }, patience);

    for (const business of closed) {
      expect((await business.client.get('/v1/settings')).status).toBe(401);
      expect(await leftOf(business)).toEqual([]);
      const [row] = await stack.database.asOwner(
        `select t.data_key_sealed as key, c.certificate -> 'rows' ->> 'customers' as customers
         from platform.tenants t join platform.tenant_closings c on c.tenant_id = t.id
         where t.id = $1`,
        [business.tenantId],
      );
      expect(row).toEqual({ key: 'dft1.destroyed', customers: String(business.written.length) });
    }
  }));
