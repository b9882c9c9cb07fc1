/**
 * The activities of ingestion with a real database, Redis and parser child, in a mock of Temporal's
 * activity context. Files come from the statement generator.
 */
import { createHash, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { Redis } from 'ioredis';
import { createFileActivities } from '../../activities/files.ts';
import { noFailpoint, type Failpoint } from '../../activities/failpoint.ts';
import { readStatement } from '../../activities/parser/cage.ts';
import type {
  FileKey,
  FileSteps,
  MendSteps,
  StatementSteps,
  UndoSteps,
} from '../../activities/statement-steps.ts';
import { createStatementActivities } from '../../activities/statements.ts';
import { createMendActivities } from '../../activities/statement-mending.ts';
import { createUndoActivities } from '../../activities/statement-undo.ts';
import { insertOperation } from '../../db/operations.ts';
import { insertStatement } from '../../db/statements.ts';
import { appendChunk, completeUpload, startUpload } from '../../db/uploads.ts';
import { id, type OperationId } from '../../domain/ids.ts';
import type { MediaKind } from '../../domain/statements/terms.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { serviceVariable } from '../support/services.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

export interface Ingestion {
  database: TestDatabase;
  redis: Redis;
  tenant: Somebody;
  steps(options?: StepOptions): FileSteps & StatementSteps & MendSteps & UndoSteps;
  /** Stores a file as the API would and answers the key its steps take. */
  upload(bytes: Uint8Array, mediaKind: MediaKind): Promise<FileKey>;
  /** A second operation on a statement, such as its undo. */
  operation(key: FileKey): Promise<OperationId>;
  rows(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface StepOptions {
  failpoint?: Failpoint;
  redis?: Redis;
  read?: typeof readStatement;
}

const chunkBytes = 1024 * 1024;
/** Small, so that small files have several chunks; larger than an event, so that events split. */
export const chunkRows = 600;

export async function openIngestion(): Promise<Ingestion> {
  const database = await createTestDatabase();
  const redis = new Redis(serviceVariable('REDIS_URL'), { maxRetriesPerRequest: 1 });
  const tenant = await aTenant(database.db);
  return {
    database,
    redis,
    tenant,
    steps: (options = {}) => stepsOf(database, { redis, ...options }),
    upload: (bytes, mediaKind) => upload({ database, tenant }, bytes, mediaKind),
    operation: (key) => undoOperation({ database, tenant }, key),
    rows: (text, values) => database.asOwner(text, values),
    async close() {
      redis.disconnect();
      await database.drop();
    },
  };
}

function stepsOf({ db }: TestDatabase, options: StepOptions & { redis: Redis }) {
  const { redis, failpoint = noFailpoint, read = readStatement } = options;
  const events = {
    statementJudged() {},
    rowsPosted() {},
    stageReached() {},
    cardNumbersMasked() {},
  };
  const telemetry = { events: { ...events, eventHandled() {}, messageDied() {} } };
  const shared = { db, redis, failpoint, telemetry, nowMs: Date.now, chunkRows };
  return {
    ...createFileActivities({ ...shared, read }),
    ...createStatementActivities(shared),
    ...createUndoActivities(shared),
    ...createMendActivities(shared),
  };
}

async function upload(
  { database, tenant }: Pick<Ingestion, 'database' | 'tenant'>,
  bytes: Uint8Array,
  mediaKind: MediaKind,
): Promise<FileKey> {
  const { tenantId, userId: createdBy } = tenant;
  const statementId = id('statement', randomUUID());
  const operationId = id('operation', randomUUID());
  const uploadId = randomUUID();
  const sha256 = createHash('sha256').update(bytes).update(uploadId).digest('hex');
  const workflowId = `statement/${tenantId}/${sha256}`;
  const file = { sizeBytes: bytes.length, sha256, mediaKind };
  await database.db.withTenant(tenantId, async (t) => {
    await startUpload(t, { id: uploadId, fileName: `file.${mediaKind}`, createdBy });
    for (let seq = 0; seq * chunkBytes < bytes.length; seq += 1) {
      const part = bytes.subarray(seq * chunkBytes, (seq + 1) * chunkBytes);
      await appendChunk(t, { uploadId, seq, bytes: part });
    }
    await completeUpload(t, { id: uploadId, ...file });
    const subject = { subjectId: statementId, workflowId, createdBy };
    await insertOperation(t, { id: operationId, kind: 'statement.ingest', ...subject });
    const facts = { id: statementId, uploadId, attempt: 1, fileName: `file.${mediaKind}` };
    await insertStatement(t, { ...facts, ...file, workflowId, operationId, createdBy });
  });
  return { tenantId, statementId, operationId, uploadId };
}

async function undoOperation(
  { database, tenant }: Pick<Ingestion, 'database' | 'tenant'>,
  key: FileKey,
): Promise<OperationId> {
  const operationId = id('operation', randomUUID());
  const subject = { subjectId: key.statementId, workflowId: `undo/${operationId}` };
  await database.db.withTenant(key.tenantId, (t) =>
    insertOperation(t, {
      id: operationId,
      kind: 'statement.undo',
      createdBy: tenant.userId,
      ...subject,
    }),
  );
  return operationId;
}

/** Runs one step as Temporal would, collecting its heartbeats. */
export async function perform<Result>(
  step: () => Promise<Result>,
  context: { heartbeatDetails?: unknown; attempt?: number; beats?: unknown[] } = {},
): Promise<Result> {
  const { beats, ...info } = context;
  const environment = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
  environment.on('heartbeat', (details: unknown) => beats?.push(details));
  return environment.run(step);
}
