/**
 * Every service is taken away in the middle of an ingestion, at an exact instant, and comes back
 * after its absence was felt: nothing is lost, nothing is done twice.
 */
import { Redis } from 'ioredis';
import type { FailpointName } from '../../activities/failpoint.ts';
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import type { ApiClient, UploadFile } from '../support/api-client.ts';
import {
  openDisturbedServices,
  type DisturbedServices,
  type ServiceName,
} from '../support/disturbed-services.ts';
import type { Running } from '../support/processes.ts';
import { serviceVariable } from '../support/services.ts';
import type { Stack } from '../support/stack.ts';
import { openThreeRuns, type ThreeRuns } from '../support/three-runs.ts';
import { becomesPosted, expectTwins, restingDigest } from '../support/twin.ts';
import { until } from '../support/until.ts';
import { waitPoint } from '../support/wait-point.ts';

const minutes = 60_000;
const password = '88997766';
let services: DisturbedServices;
let runs: ThreeRuns;
let stack: Stack;
let file: GeneratedStatement;
let locked: GeneratedStatement;
let undisturbed: string;

beforeAll(async () => {
  services = await openDisturbedServices();
  runs = await openThreeRuns();
  ({ stack } = runs.journey);
  file = await generateStatement({ layout: 'classic-csv', rows: 5_200, months: 3, seed: 301 });
  locked = await generateStatement({ layout: 'personal-b', rows: 40, seed: 302, password });
  const workers = await stack.startWorkers();
  const { tenantId, client } = await stack.newTenant();
  await becomesPosted(client, await upload(client, file), file);
  undisturbed = await restingDigest(stack, tenantId, [file]);
  await workers.stop();
}, 15 * minutes);

afterAll(async () => {
  await runs?.close().catch(() => undefined);
  await services?.close();
}, minutes);

async function upload(client: ApiClient, given: UploadFile): Promise<string> {
  const { status, body } = await client.upload(given);
  expect(status).toBe(202);
  return body.statement.id;
}

interface Absence {
  service: ServiceName;
  signal: 'SIGKILL' | 'SIGQUIT';
  /** Where the workers stand when the service goes. */
  at: FailpointName;
}

interface Bystanders {
  client: ApiClient;
  workers: Running;
  statementId: string;
}

/**
 * Ingests the file, takes the service away at the failpoint, lets the work go on, and brings the
 * service back once `meanwhile` has seen what it wanted; answers the digest of the state this leaves.
 */
async function digestWithout(
  { service, signal, at }: Absence,
  meanwhile: (bystanders: Bystanders) => Promise<void>,
): Promise<string> {
  const point = waitPoint(at);
  const workers = await stack.startWorkers(point.env);
  try {
    const { tenantId, client } = await stack.newTenant();
    const statementId = await upload(client, file);
    await point.reached();
    const end = await services.stop(service, signal);
    // PostgreSQL takes SIGQUIT as "stop at once, without a checkpoint" and ends with a code.
    if (signal === 'SIGKILL') expect(end).toBe('SIGKILL');
    point.open();
    await meanwhile({ client, workers, statementId });
    await services.start(service);
    await becomesPosted(client, statementId, file);
    const digest = await restingDigest(stack, tenantId, [file]);
    expect(workers.isAlive()).toBe(true);
    expect(await workers.stop()).toBe('0');
    return digest;
  } catch (error) {
    throw new Error(`${String(error)}\n${stack.output()}`, { cause: error });
  } finally {
    await services.start(service);
    await workers.kill();
    point.close();
  }
}

function relayPauses({ workers }: Bystanders): Promise<void> {
  return until(() => workers.output().includes('relayPaused'), { withinMs: 5 * minutes });
}

test(
  'PostgreSQL, stopped at once while lines are stored, is waited for',
  async () => {
    const digest = await digestWithout(
      { service: 'postgres', signal: 'SIGQUIT', at: 'ingest.midBatch' },
      async (bystanders) => {
        await relayPauses(bystanders);
        const refused = await bystanders.client.get<{ code: string }>('/v1/statements');
        expect(refused.status).toBe(503);
        expect(refused.headers.get('retry-after')).not.toBeNull();
      },
    );

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test(
  'Kafka, killed while lines are stored, gets every event once it is back',
  async () => {
    const digest = await digestWithout(
      { service: 'kafka', signal: 'SIGKILL', at: 'ingest.midBatch' },
      async (bystanders) => {
        await relayPauses(bystanders);
        const { client, statementId } = bystanders;
        const { body } = await client.get<{ status: string }>(`/v1/statements/${statementId}`);
        expect(body.status).toBe('processing');
      },
    );

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test(
  'Redis, killed while lines are stored, holds nothing up',
  async () => {
    const digest = await digestWithout(
      { service: 'redis', signal: 'SIGKILL', at: 'ingest.midBatch' },
      ({ client, statementId }) => becomesPosted(client, statementId, file),
    );

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test(
  'Redis, killed while money is asked for and leaves, holds up neither, nor what is asked meanwhile',
  async () => {
    const workers = await stack.startWorkers(runs.journey.env);
    try {
      const smooth = await runs.moneyEnds(await runs.moveMoney());
      const money = runs.moveMoney([{ kind: 'slow', ms: 1_500 }]);
      await runs.requested();
      expect(await services.stop('redis', 'SIGKILL')).toBe('SIGKILL');

      expect(await runs.moneyEnds(await money)).toEqual(smooth);
      expect(await runs.moneyEnds(await runs.moveMoney())).toEqual(smooth);
    } catch (error) {
      throw new Error(`${String(error)}\n${stack.output()}`, { cause: error });
    } finally {
      await services.start('redis');
      await workers.stop();
    }
  },
  15 * minutes,
);

test(
  'Temporal, killed while lines are stored, goes on where it was, and starts what came meanwhile',
  async () => {
    const other = await stack.newTenant();
    let meanwhile = '';

    const digest = await digestWithout(
      { service: 'temporal', signal: 'SIGKILL', at: 'ingest.midBatch' },
      async (bystanders) => {
        meanwhile = await upload(other.client, file);
        await relayPauses(bystanders);
      },
    );

    expectTwins(digest, undisturbed);
    await becomesPosted(other.client, meanwhile, file);
    expectTwins(await restingDigest(stack, other.tenantId, [file]), undisturbed);
  },
  15 * minutes,
);

test(
  'a password that Redis forgot is asked for again',
  async () => {
    const smooth = await stack.newTenant();
    const robbed = await stack.newTenant();
    const id = await upload(robbed.client, { ...locked, password });
    const redis = new Redis(serviceVariable('REDIS_URL'));
    await redis.flushall();
    await redis.quit();
    const workers = await stack.startWorkers();

    expect(await robbed.client.settled(id, 10 * minutes)).toMatchObject({
      status: 'waiting-password',
      problem: 'password-needed',
    });
    const answer = await robbed.client.post<object>(`/v1/statements/${id}/password`, { password });
    expect(answer).toMatchObject({ status: 200, body: { accepted: true } });
    await becomesPosted(robbed.client, id, locked);
    const twinId = await upload(smooth.client, { ...locked, password });
    await becomesPosted(smooth.client, twinId, locked);

    const twin = await restingDigest(stack, smooth.tenantId, [locked]);
    expectTwins(await restingDigest(stack, robbed.tenantId, [locked]), twin);
    await workers.stop();
  },
  15 * minutes,
);
