/** The product with a listener nobody may call, a temporary folder of its own, and a run of inputs. */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../api/auth/passwords.ts';
import { addMember, createUser } from '../../db/tenants.ts';
import { id } from '../../domain/ids.ts';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import { signIn, type ApiClient } from './api-client.ts';
import { journeyInputs, type BadInput } from './bad-inputs.ts';
import { startRun, type Ending } from './corpus-run.ts';
import type { Running } from './processes.ts';
import { sendRaw, type RawAnswer, type RawRequest } from './raw-http.ts';
import { openStack, type Stack } from './stack.ts';
import { until } from './until.ts';

export interface CorpusStage {
  stack: Stack;
  client: ApiClient;
  gateway: Running;
  workers: Running;
  /** Eight characters no other run has. */
  mark: string;
  inputs: readonly BadInput[];
  /** How an input ended; they were all started when the stage opened. */
  ended(name: string): Promise<Ending>;
  /** Sends an upload byte for byte, signed in. */
  raw(request: Omit<RawRequest, 'path'>): Promise<RawAnswer>;
  /** GET of a file as bytes. */
  download(path: string): Promise<Buffer>;
  /** Another owner of the same business. */
  secondUser(): Promise<ApiClient>;
  /** Who has called the listener. */
  trapCalls(): string[];
  /** Everything gateway and workers have printed. */
  output(): string;
  /** Stored uploads without a statement, once requests under way are through. */
  orphanUploads(): Promise<number>;
  /** What is wrong at the end, in words; empty when nothing is. */
  damage(): Promise<string[]>;
  close(): Promise<void>;
}

const uploadsWithout = `
  select count(*)::int as n from shared.uploads u
  where u.created_at < now() - interval '2 seconds'
    and not exists (select from shared.statements s where s.upload_id = u.id)`;

/** Opens the stage and starts the inputs of these rows of the list (`S1` …). */
export async function openCorpusStage(rows: ReadonlySet<string>): Promise<CorpusStage> {
  const scratch = mkdtempSync(join(tmpdir(), 'corpus-'));
  chmodSync(scratch, 0o755);
  const trap = await openTrap();
  const stack = await openStack();
  const extra = { TMPDIR: scratch, LOG_LEVEL: 'info', PARSER_TIMEOUT_MS: '15000' };
  const [gateway, workers] = await Promise.all([
    stack.startGateway(extra),
    stack.startWorkers(extra),
  ]);
  const client = await stack.client();
  const accessToken = await tokenOf(stack.url);
  const authorization = `Authorization: Bearer ${accessToken}`;
  const inputs = journeyInputs(trap.port).filter((input) => rows.has(input.id));
  const ended = startRun(client, inputs, 6);
  const output = () => `${gateway.output()}\n${workers.output()}`;
  return {
    ...{ stack, client, gateway, workers, inputs, ended, output },
    mark: randomBytes(4).toString('hex'),
    raw: (request) => {
      const headers = [authorization, ...request.headers];
      return sendRaw(stack.url, { ...request, path: '/v1/statements', headers });
    },
    download: async (path) => {
      const headers = { authorization: `Bearer ${accessToken}` };
      await stepUp(stack.url, headers);
      const response = await fetch(`${stack.url}${path}`, { headers });
      return Buffer.from(await response.arrayBuffer());
    },
    secondUser: () => secondUser(stack),
    trapCalls: () => trap.calls,
    orphanUploads: async () => {
      let left = 0;
      const isClean = async () => {
        const [row] = await stack.database.asOwner(uploadsWithout);
        left = Number(row?.['n']);
        return left === 0;
      };
      await until(isClean, { withinMs: 20_000, everyMs: 100 }).catch(() => undefined);
      return left;
    },
    damage: () => damageOf({ stack, gateway, workers, scratch, output: output() }),
    async close() {
      await stack.close();
      trap.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

async function openTrap() {
  const calls: string[] = [];
  const server = createServer((socket) => {
    calls.push(socket.remoteAddress ?? 'somebody');
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { calls, port: address.port, close: () => server.close() };
}

async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(demoLogin),
  });
  const { accessToken } = (await response.json()) as { accessToken: string };
  return accessToken;
}

/** Lists are taken along with a second factor of the last five minutes; runs may last longer. */
async function stepUp(url: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(`${url}/v1/sessions/step-up`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ password: demoLogin.password }),
  });
  if (response.status !== 204) throw new Error(`the step-up was answered ${response.status}`);
}

async function secondUser({ url, tenantId, database: { db } }: Stack): Promise<ApiClient> {
  const login = { email: `otieno-${randomUUID()}@daftari.test`, password: randomUUID() };
  const passwordHash = await hashPassword(login.password);
  const user = { id: id('user', randomUUID()), email: login.email, name: 'Otieno', passwordHash };
  const userId = await db.asOperator('a second owner', (operator) => createUser(operator, user));
  await db.withTenant(id('tenant', tenantId), (t) => addMember(t, { userId, role: 'owner' }));
  return signIn(url, login);
}

interface Scene {
  stack: Stack;
  gateway: Running;
  workers: Running;
  scratch: string;
  output: string;
}

const countsThatMustBeZero: Readonly<Record<string, string>> = {
  'statements whose rows are not all stored': `
    select count(*)::int as n from shared.statements s
    where row_count <> (select count(*) from shared.statement_lines l where l.statement_id = s.id)
      or reject_count <> (select count(*) from shared.statement_rejects r where r.statement_id = s.id)`,
  'uploads without a statement': uploadsWithout,
  'failed operations': `select count(*)::int as n from shared.operations where status = 'failed'`,
  'dead letters': 'select count(*)::int as n from platform.dead_letters',
};

async function damageOf({ stack, gateway, workers, scratch, output }: Scene): Promise<string[]> {
  const damage: string[] = [];
  const note = (what: string, isWrong: boolean) => void (isWrong && damage.push(what));
  for (const { name, isAlive, adminUrl, pid } of [gateway, workers]) {
    note(`${name} is gone`, !isAlive());
    const ready = await fetch(`${adminUrl}/readyz`);
    note(`${name} is not ready`, !ready.ok);
    note(
      `${name} is another process`,
      !readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('main.ts'),
    );
  }
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const answers = metrics.match(/^daftari_http_request_seconds_count\{[^}]*\}.*$/gm) ?? [];
  note('no answers were counted', answers.length === 0);
  damage.push(...answers.filter((line) => /status="5\d\d"/.test(line)));
  damage.push(...output.split('\n').filter((line) => /unhandled|uncaught|"level":60/i.test(line)));
  await until(() => childrenOf(workers.pid, scratch).length === 0).catch(() => undefined);
  damage.push(...childrenOf(workers.pid, scratch).map((pid) => `reader ${pid} still runs`));
  damage.push(...readdirSync(scratch).map((name) => `${name} was left behind`));
  for (const [what, query] of Object.entries(countsThatMustBeZero)) {
    const [row] = await stack.database.asOwner(query);
    note(`${what}: ${String(row?.['n'])}`, row?.['n'] !== 0);
  }
  await until(async () => (await stack.checker.violations()).length === 0).catch(() => undefined);
  return [...damage, ...(await stack.checker.violations())];
}

/** Processes that are children of the workers or live in their temporary folder. */
function childrenOf(parent: number, scratch: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      const isChild = status.includes(`\nPPid:\t${parent}\n`);
      return isChild || readlinkSync(`/proc/${pid}/cwd`).startsWith(scratch);
    } catch {
      // It ended while we looked, or is none of ours.
      return false;
    }
  });
}
