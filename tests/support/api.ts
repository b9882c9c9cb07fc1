/**
 * The API over real HTTP in this process, with a real database and Redis and a Temporal that does
 * what each test tells it. Every test file has a database of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import type { Server } from 'node:http';
import { noFailpoint } from '../../activities/failpoint.ts';
import { createApp } from '../../api/app.ts';
import type { Role } from '../../api/auth/permissions.ts';
import { issueToken } from '../../api/auth/tokens.ts';
import { buildDependencies } from '../../api/build-dependencies.ts';
import type { Dependencies, World } from '../../api/dependencies.ts';
import type { PageFolders } from '../../api/pages.ts';
import { httpServer } from '../../api/server.ts';
import { Secret, type DarajaConfig } from '../../config.ts';
import { addMember, createUser } from '../../db/tenants.ts';
import { id, type UserId } from '../../domain/ids.ts';
import { createTelemetry } from '../../telemetry.ts';
import { createTestDatabase, testKek, type TestDatabase } from './database.ts';
import { serviceVariable } from './services.ts';
import { aSession, aTenant, makeOperator, type Somebody } from './tenants.ts';

export type FakeTemporal = World['temporal'] & {
  /** Every call, in order: name and arguments. */
  calls: { name: string; args: unknown[] }[];
};

export interface ApiStage {
  baseUrl: string;
  dependencies: Dependencies;
  database: TestDatabase;
  temporal: FakeTemporal;
  /** Everything the process logged, one JSON object a line. */
  logs: string[];
  /** A new tenant with an owner. */
  tenant(): Promise<Somebody>;
  /** An access token; of the owner, or of a new member with another role. */
  token(somebody: Somebody, options?: Role | TokenOptions): Promise<string>;
  /** An access token of a new operator of the house, who has a business too. */
  operator(options?: TokenOptions): Promise<string>;
  fetch(path: string, options?: RequestOptions): Promise<Answer>;
  /** Takes everything down, then fails when the database was left in a wrong state. */
  close(): Promise<void>;
}

export interface TokenOptions {
  role?: Role;
  /** Whether the session just showed a second factor; true unless a test is about that. */
  hasSecondFactor?: boolean;
}

export interface RequestOptions {
  method?: string;
  token?: string;
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer> | FormData | ReadableStream;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  body: unknown;
}

/** Starts the API on a free port. `world` replaces parts of the outside; `folders` mounts pages. */
export async function openApiStage(
  options: {
    world?: Partial<World>;
    config?: Partial<World['config']>;
    folders?: PageFolders;
    temporal?: Partial<World['temporal']>;
    daraja?: Partial<DarajaConfig>;
  } = {},
): Promise<ApiStage> {
  const database = await createTestDatabase();
  const redis = new Redis(serviceVariable('REDIS_URL'), { maxRetriesPerRequest: 1 });
  const logs: string[] = [];
  const temporal = fakeTemporal(options.temporal ?? {});
  const telemetry = createTelemetry({
    service: 'api-test',
    config: { logLevel: 'debug', otlpEndpoint: undefined },
    destination: { write: (line: string) => void logs.push(line) },
  });
  const publicUrl = 'http://api.test';
  const world: World = {
    db: database.db,
    redis,
    temporal,
    telemetry,
    failpoint: noFailpoint,
    now: Date.now,
    config: {
      profile: 'test',
      publicUrl,
      demoLogin: false,
      trustedProxies: [],
      edge: { rateLimitFactor: 1_000, corsOrigins: [] },
      jwt: { issuer: publicUrl, audience: 'daftari-api', privateKey: signingKey() },
      daraja: await testDaraja(options.daraja),
      keys: { kek: new Secret(testKek), kekId: 'test' },
      ...options.config,
    },
    ...options.world,
  };
  const dependencies = buildDependencies(world);
  const front = createApp(dependencies, options.folders);
  const server = httpServer(front, publicUrl);
  const baseUrl = await listen(server);
  return {
    baseUrl,
    dependencies,
    database,
    temporal,
    logs,
    tenant: () => aTenant(database.db),
    token: (somebody, options = {}) =>
      tokenFor(dependencies, somebody, typeof options === 'string' ? { role: options } : options),
    async operator(options = {}) {
      const somebody = await aTenant(database.db);
      await makeOperator(database, somebody);
      return tokenFor(dependencies, somebody, options);
    },
    fetch: (path, request) => send(`${baseUrl}${path}`, request),
    async close() {
      const violations = await database.invariants();
      front.closeSockets();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      dependencies.live.close();
      await dependencies.hooks.intake.close();
      await dependencies.denials.close();
      await dependencies.refusals.close();
      dependencies.revocations.close();
      redis.disconnect();
      await telemetry.stop();
      await rm(world.config.daraja.callbackSpoolDirectory, { recursive: true, force: true });
      await database.drop();
      if (violations.length > 0) throw new Error(`left wrong: ${JSON.stringify(violations)}`);
    },
  };
}

/** Daraja is nowhere unless a test says where; callbacks wait in a folder of their own. */
async function testDaraja(differences: Partial<DarajaConfig> = {}): Promise<DarajaConfig> {
  return {
    baseUrl: 'http://127.0.0.1:1',
    certificateFile: '',
    hooksUrl: 'http://api.test',
    callsPerSecond: 1_000,
    pullMsisdn: '',
    timeScale: 1,
    callbackSources: [],
    callbackSpoolDirectory: await mkdtemp(join(tmpdir(), 'daftari-spool-')),
    ...differences,
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}`;
}

let sharedKey: Secret<ReturnType<typeof generateKeyPairSync>['privateKey']> | undefined;

/** One key per test file: making one costs a tenth of a second. */
function signingKey() {
  sharedKey ??= new Secret(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  return sharedKey;
}

function fakeTemporal(answers: Partial<World['temporal']>): FakeTemporal {
  const calls: FakeTemporal['calls'] = [];
  const noted =
    <Args extends unknown[], Result>(name: string, answer: (...args: Args) => Promise<Result>) =>
    (...args: Args) => {
      calls.push({ name, args });
      return answer(...args);
    };
  const closed = async () => ({ kind: 'closed' }) as const;
  const started = async () => ({ kind: 'started', runId: 'run' }) as const;
  return {
    calls,
    start: noted('start', answers.start ?? started),
    ask: answers.ask ?? closed,
    startAndAsk: answers.startAndAsk ?? closed,
    providePassword: noted('providePassword', answers.providePassword ?? closed),
    provideMapping: noted('provideMapping', answers.provideMapping ?? closed),
    reviewStatement: noted('reviewStatement', answers.reviewStatement ?? closed),
    cancel: noted('cancel', answers.cancel ?? (async () => 'delivered' as const)),
    lookAtBreach: noted('lookAtBreach', answers.lookAtBreach ?? (async () => 'delivered' as const)),
    runUrl: (workflowId) => `http://ui.test/${encodeURIComponent(workflowId)}`,
  };
}

async function tokenFor(
  { db, authority }: Dependencies,
  somebody: Somebody,
  { role = 'owner', hasSecondFactor = true }: TokenOptions,
): Promise<string> {
  const { tenantId } = somebody;
  const userId = role === 'owner' ? somebody.userId : await aMember(db, somebody, role);
  const sessionId = await aSession(db, { userId, tenantId, hasSecondFactor });
  const signedInAt = Math.floor(Date.now() / 1000);
  return issueToken(authority, { userId, tenantId, role, sessionId, signedInAt }, Date.now());
}

async function aMember(db: World['db'], { tenantId }: Somebody, role: Role): Promise<UserId> {
  const userId = id('user', randomUUID());
  const email = `${role}-${userId.slice(0, 8)}@daftari.test`;
  const user = { id: userId, email, name: `The ${role}`, passwordHash: 'none' };
  await db.asOperator('create a member for a test', (o) => createUser(o, user));
  await db.withTenant(tenantId, (t) => addMember(t, { userId, role }));
  return userId;
}

async function send(url: string, options: RequestOptions = {}): Promise<Answer> {
  const { token, json, headers } = options;
  const response = await fetch(url, {
    method: options.method ?? (json === undefined && options.body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(options.body === undefined ? {} : { body: options.body, duplex: 'half' }),
  });
  const isStream = /event-stream/.test(response.headers.get('content-type') ?? '');
  const text = isStream ? await firstEvent(response) : await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, body };
}

/** A stream stays open; what it begins with is its answer. */
async function firstEvent({ body }: Response): Promise<string> {
  let text = '';
  for await (const piece of body ?? []) {
    text += Buffer.from(piece).toString();
    if (/^data: .*\n\n/m.test(text)) return text;
  }
  return text;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  detailSw?: string;
  instance: string;
  code: string;
  requestId: string;
  errors: { in: string; pointer: string; detail: string }[];
}

/** The problem of an answer; fails when it is not problem+json with a matching status. */
export function problemIn(answer: Answer): ProblemBody {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = answer.body as ProblemBody;
  expect(problem.status).toBe(answer.status);
  return problem;
}
