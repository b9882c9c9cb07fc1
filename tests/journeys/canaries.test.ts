/**
 * Two businesses work side by side on the whole product, and one of them tries whatever it can on
 * what the other one has. Marks of that other one are then looked for in everything that is kept
 * besides the tables: logs, metrics, Redis, every topic of Kafka and every run of Temporal.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { id, toPublicId } from '../../domain/ids.ts';
import type { ApiClient, StatementView } from '../support/api-client.ts';
import { smallExport } from '../support/bad-inputs.ts';
import {
  everyRun,
  everythingInRedis,
  everythingOnKafka,
  foreignKeysWith,
  foreignMessagesWith,
  foreignRunsWith,
  logLinesWith,
  type KeptMessage,
  type KeptRun,
} from '../support/canaries.ts';
import type { Running } from '../support/processes.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { historyOf } from '../support/traces.ts';
import { until } from '../support/until.ts';

jest.setTimeout(300_000);

interface Business {
  tenantId: string;
  client: ApiClient;
  statement: StatementView;
  customerId: string;
}

/** What only the watched business has: a name, a number, receipts, and ids of its things. */
const canary = `CANARY${randomBytes(4).toString('hex').toUpperCase()}`;
const number = '254798765432';
let stack: Stack;
let processes: Running[];
let watched: Business;
let other: Business;
let secrets: string[];
let own: string[];
let messages: KeptMessage[];
let runs: KeptRun[];
/** What stood in Redis at any of the moments somebody looked: most of it is there for seconds. */
const inRedis = new Map<string, string>();

const receiptOf = (mark: string) => `UCE7Q${mark}`;

beforeAll(async () => {
  stack = await openStack();
  const loud = { LOG_LEVEL: 'debug' };
  processes = await Promise.all([stack.startGateway(loud), stack.startWorkers(loud)]);
  watched = await openBusiness('C4N', `Payment from ${number} - ${canary} WANJIRU`, canary);
  await lookIntoRedis();
  other = await openBusiness('B00', 'Payment from 254711000111 - OTHER PERSON', 'Somebody else');
  await tryEverything();
  await lookIntoRedis();
  await Promise.all([watched, other].map(settle));
  await lookIntoRedis();
  secrets = [canary, number, receiptOf('C4N')];
  const { tenantId, statement, customerId } = watched;
  own = [...secrets, tenantId, uuidIn(statement.id), statement.id, uuidIn(customerId), customerId];
  [messages, runs] = await Promise.all([everythingOnKafka(stack), everyRun(stack)]);
});
afterAll(() => stack.close());

async function lookIntoRedis(): Promise<void> {
  const kept = await everythingInRedis(stack.env['REDIS_URL'] ?? '');
  for (const [key, value] of kept) inRedis.set(key, `${inRedis.get(key) ?? ''}\n${value}`);
}

/** `stm_…` as the UUID that is kept inside. */
function uuidIn(publicId: string): string {
  const hex = publicId.split('_')[1] ?? '';
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A business with a statement, a customer, an archive and a file made in the background. */
async function openBusiness(mark: string, details: string, name: string): Promise<Business> {
  const { tenantId, client } = await stack.newTenant();
  const bytes = smallExport(mark, [{ details, paidIn: '120.00', balance: '120.00' }]);
  const sent = await client.upload({ bytes, fileName: `${name}.csv` });
  const { statement } = sent.body;
  const key = { 'idempotency-key': randomUUID() };
  const customer = {
    reference: `REF-${mark}`,
    name,
    msisdn: mark === 'C4N' ? number : '0711000111',
  };
  const made = await client.post<{ id: string }>('/v1/customers', customer, key);
  expect([sent.status, made.status]).toEqual([202, 201]);
  const password = 'a long enough password';
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  expect((await client.post('/v1/exports', {})).status).toBe(202);
  const file = await client.post('/v1/audit/export', { format: 'csv' });
  expect(file.status).toBe(202);
  return { tenantId, client, statement, customerId: made.body.id };
}

/** Everything that is under way has come to its rest, and its events have left. */
async function settle({ client, statement }: Business): Promise<void> {
  const rested = await client.settled(statement.id, 120_000);
  if (rested.status === 'waiting-review') {
    const review = { decision: 'post', reason: 'A row of a test stands on top' };
    expect((await client.post(`/v1/statements/${statement.id}/review`, review)).status).toBe(200);
  }
  await until(async () => (await client.settled(statement.id, 120_000)).status === 'posted', {
    ...{ withinMs: 120_000, everyMs: 200 },
  });
  await until(
    async () => {
      const [exports, downloads] = await Promise.all([
        client.get<{ data: { status: string }[] }>('/v1/exports'),
        client.get<{ data: { status: string }[] }>('/v1/downloads'),
      ]);
      return [exports, downloads].every(({ body }) => body.data[0]?.status === 'ready');
    },
    { withinMs: 120_000, everyMs: 200 },
  );
  await until(
    async () => {
      const [row] = await stack.database.asOwner(
        'select count(*)::int as n from shared.outbox where published_at is null',
      );
      return row?.['n'] === 0;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
}

/** The other one asks for, changes and repeats what it does not have. */
async function tryEverything(): Promise<void> {
  const { client } = other;
  const tenant = toPublicId('tenant', id('tenant', watched.tenantId));
  const headers = () => ({ 'idempotency-key': randomUUID(), 'x-tenant-id': watched.tenantId });
  const { statement, customerId } = watched;
  const reads = [
    `/v1/statements/${statement.id}`,
    `/v1/operations/${statement.operationId}`,
    `/v1/customers/${customerId}`,
    `/v1/search?q=${canary}`,
    `/v1/transactions?q=${canary}`,
    `/v1/transactions?q=${receiptOf('C4N')}`,
    `/v1/ledger/lineage?receipt=${receiptOf('C4N')}10`,
    `/v1/tenants/${tenant}`,
  ];
  for (const path of reads) {
    const { status, body } = await client.get<object>(path);
    expect([path, [200, 403, 404, 405, 422].includes(status)]).toEqual([path, true]);
    expect(JSON.stringify({ ...body, instance: '' })).not.toContain('WANJIRU');
  }
  for (const path of [
    `/v1/statements/${statement.id}/undo`,
    `/v1/statements/${statement.id}/rejects/rerun`,
    `/v1/customers/${customerId}/details`,
  ]) {
    const { status } = await client.post(path, { name: 'x' }, headers());
    expect([403, 404, 422]).toContain(status);
  }
}

test('the searches find what the business itself has, so they see what they look through', async () => {
  const ofWatched = messages.filter(({ tenantId }) => tenantId === watched.tenantId);
  expect(new Set(ofWatched.map(({ topic }) => topic)).size).toBeGreaterThan(2);
  expect(ofWatched.some(({ text }) => text.includes(uuidIn(watched.statement.id)))).toBe(true);
  expect(messages.some(({ tenantId }) => tenantId === other.tenantId)).toBe(true);
  const history = await historyOf(stack, watched.statement.workflowId);
  expect(history).toContain(uuidIn(watched.statement.id));
  const kinds = (tenantId: string) =>
    runs
      .filter((run) => run.tenantId === tenantId)
      .map(({ workflowId }) => workflowId.split('/')[0]);
  for (const { tenantId } of [watched, other]) {
    expect(new Set(kinds(tenantId))).toEqual(new Set(['statement', 'tenant', 'download']));
  }
  const output = processes.map((one) => one.output()).join('\n');
  expect(logLinesWith(output, [watched.tenantId]).length).toBeGreaterThan(0);
});

test('no topic carries a mark of it in a message of anybody else', () => {
  expect(foreignMessagesWith(messages, own, watched.tenantId)).toEqual([]);
  // A name, a number or a receipt is nowhere on a topic in clear, not even in its own messages.
  const open = messages.filter(({ text }) => secrets.some((secret) => text.includes(secret)));
  expect(open.map(({ topic }) => topic)).toEqual([]);
});

test('no run of anybody else has a mark of it, nor does any listing of runs have a secret', async () => {
  expect(await foreignRunsWith(stack, runs, { marks: own, ownerId: watched.tenantId })).toEqual([]);
  const listed = runs.map((run) => run.listed).join('\n');
  expect(secrets.filter((secret) => listed.includes(secret))).toEqual([]);
});

test('nothing in Redis holds a mark of it but under its own name', () => {
  expect([...inRedis.keys()].some((key) => key.includes(watched.tenantId))).toBe(true);
  expect(foreignKeysWith(inRedis, own, watched.tenantId)).toEqual([]);
  const values = [...inRedis.values()].join('\n');
  expect(secrets.filter((secret) => values.includes(secret))).toEqual([]);
  const strayed = new Map([[`t:${other.tenantId}:answer`, `{"name":"${canary}"}`]]);
  expect(foreignKeysWith(strayed, own, watched.tenantId)).toHaveLength(1);
});

test('no line of a log about the other one has a mark of it, and no line at all a secret', () => {
  const output = processes.map((one) => one.output()).join('\n');

  expect(logLinesWith(output, secrets)).toEqual([]);
  const foreign = logLinesWith(output, [watched.tenantId], other.tenantId);
  expect(foreign).toEqual([]);
});

test('no metric names anybody', async () => {
  for (const { adminUrl } of processes) {
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(metrics).toContain('daftari_');
    expect([...own, other.tenantId].filter((mark) => metrics.includes(mark))).toEqual([]);
  }
});
