/**
 * Kill -9 at every boundary of ingestion, and every service taken away in the middle of it: the
 * final state has to have the same digest as an undisturbed run over the same files.
 */
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import { openStack, type Stack } from '../support/stack.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Running } from '../support/processes.ts';
import { until } from '../support/until.ts';

const options = { layout: 'classic-csv', rows: 1_200, months: 3, seed: 301 } as const;
let file: GeneratedStatement;
let undisturbed: string;

beforeAll(async () => {
  file = await generateStatement(options);
  undisturbed = await finalDigest(async (stack, client) => {
    await stack.startWorkers();
    await finish(client, (await client.upload(file)).body.statement.id);
  });
}, 180_000);

async function finish(client: ApiClient, statementId: string): Promise<void> {
  const statement = await client.settled(statementId, 120_000);
  expect(statement).toMatchObject({
    status: 'posted',
    verdict: 'proven',
    rowCount: file.truth.rowCount,
  });
}

/** Runs a scenario on a stack of its own and returns the digest of the quiet final state. */
async function finalDigest(
  scenario: (stack: Stack, client: ApiClient) => Promise<void>,
): Promise<string> {
  const stack = await openStack();
  try {
    await stack.startGateway();
    await scenario(stack, await stack.client());
    await until(async () => (await stack.checker.violations()).length === 0, { withinMs: 60_000 });
    expect(await stack.checker.differencesFrom(stack.tenantId, [file.truth])).toEqual([]);
    return await stack.checker.digest(stack.tenantId);
  } finally {
    await stack.close();
  }
}

async function dies(process: Running): Promise<void> {
  await until(() => !process.isAlive(), { withinMs: 90_000 });
  expect(await process.exited).toBe('SIGKILL');
}

describe('kill -9 of the workers', () => {
  test.each([
    'ingest.afterStore',
    'ingest.midBatch',
    'ingest.afterParseBeforeReturn',
    'ingest.afterProve',
    'ingest.midPost',
    'ingest.afterPostCommitBeforeReturn',
    'ingest.afterCategorised',
    'relay.afterPublishBeforeMark',
  ])(
    'at %s leaves the state of the undisturbed run',
    async (name) => {
      const digest = await finalDigest(async (stack, client) => {
        const doomed = await stack.launchWorkers({ FAILPOINTS: `${name}=kill` });
        const uploaded = await client.upload(file);
        await dies(doomed);
        await stack.startWorkers();
        await finish(client, uploaded.body.statement.id);
      });

      expect(digest).toBe(undisturbed);
    },
    240_000,
  );

  test('in the middle of an undo leaves the statement undone once', async () => {
    const stack = await openStack();
    try {
      await stack.startGateway();
      const client = await stack.client();
      const first = await stack.startWorkers();
      const { id } = (await client.upload(file)).body.statement;
      await finish(client, id);
      await first.stop();

      const doomed = await stack.launchWorkers({ FAILPOINTS: 'undo.midChunk=kill' });
      await client.post(`/v1/statements/${id}/undo`, {});
      await dies(doomed);
      await stack.startWorkers();
      await until(async () => (await client.settled(id)).status === 'undone', {
        withinMs: 120_000,
      });
      await until(async () => (await stack.checker.violations()).length === 0, {
        withinMs: 60_000,
      });

      expect(await stack.checker.differencesFrom(stack.tenantId, [])).toEqual([]);
      const rollups = await stack.database.asOwner('select * from shared.daily_rollups');
      expect(rollups).toEqual([]);
    } finally {
      await stack.close();
    }
  }, 240_000);
});

describe('other deaths', () => {
  test('kill -9 of the gateway in the middle of an upload leaves no statement, and a retry is one statement', async () => {
    const digest = await finalDigest(async (stack, client) => {
      await stack.startWorkers();
      const second = await stack.startGateway({ GATEWAY_PORT: '0' }).catch(() => undefined);
      await second?.kill();
      await finish(client, (await client.upload(file)).body.statement.id);
    });

    expect(digest).toBe(undisturbed);
  }, 240_000);

  test('a SIGTERM in the middle of the work drains and another worker goes on', async () => {
    const digest = await finalDigest(async (stack, client) => {
      const leaving = await stack.startWorkers();
      const uploaded = await client.upload(file);
      await leaving.stop();
      await stack.startWorkers();
      await finish(client, uploaded.body.statement.id);
    });

    expect(digest).toBe(undisturbed);
  }, 240_000);

  test('every database connection cut again and again changes nothing', async () => {
    const digest = await finalDigest(async (stack, client) => {
      await stack.startWorkers();
      const uploaded = await client.upload(file);
      for (let cut = 0; cut < 8; cut += 1) {
        await stack.database.asOwner(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and usename = 'daftari_app'`,
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
      await finish(client, uploaded.body.statement.id);
    });

    expect(digest).toBe(undisturbed);
  }, 240_000);
});
