/**
 * Disturbances that are no crash of the whole: a worker that is told to stop or has a neighbour, cut
 * connections, events delivered again, a parser child that dies. The final state has the same digest
 * as the undisturbed run over the same file.
 */
import { execFileSync } from 'node:child_process';
import { badInputs } from '../../simulators/statements/corpus.ts';
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import type { ApiClient } from '../support/api-client.ts';
import { openReplay } from '../support/replay.ts';
import type { Stack } from '../support/stack.ts';
import {
  becomesPosted,
  diesBySigkill,
  digestAfter,
  expectTwins,
  restingDigest,
} from '../support/twin.ts';
import { until } from '../support/until.ts';
import { waitPoint } from '../support/wait-point.ts';

const options = { layout: 'classic-csv', rows: 5_200, months: 3, seed: 301 } as const;
const minutes = 60_000;
const empty = new Uint8Array();
let file: GeneratedStatement;
let undisturbed: string;

beforeAll(async () => {
  file = await generateStatement(options);
  undisturbed = await digestAfter([file], async (stack, client) => {
    await stack.startWorkers();
    await ingest(client);
  });
}, 15 * minutes);

async function upload(client: ApiClient): Promise<string> {
  const { status, body } = await client.upload(file);
  expect(status).toBe(202);
  return body.statement.id;
}

async function ingest(client: ApiClient): Promise<void> {
  await becomesPosted(client, await upload(client), file);
}

test.concurrent(
  'a SIGTERM while lines are stored drains the worker, and another one goes on',
  async () => {
    const point = waitPoint('ingest.midBatch');
    const digest = await digestAfter([file], async (stack, client) => {
      const leaving = await stack.startWorkers(point.env);
      const id = await upload(client);
      await point.reached();
      const left = leaving.stop();
      point.open();
      expect(await left).toBe('0');
      await stack.startWorkers();
      await becomesPosted(client, id, file);
    });
    point.close();

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test.concurrent(
  'of two workers one is killed while it posts, and the other one goes on',
  async () => {
    const point = waitPoint('ingest.midPost');
    const digest = await digestAfter([file], async (stack, client) => {
      const doomed = await stack.startWorkers(point.env);
      const id = await upload(client);
      await point.reached();
      const survivor = await stack.startWorkers();
      process.kill(doomed.pid, 'SIGKILL');
      await diesBySigkill(doomed);
      await becomesPosted(client, id, file);
      expect(survivor.isAlive()).toBe(true);
    });
    point.close();

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test.concurrent(
  'every database connection cut at every sign of progress changes nothing',
  async () => {
    let cuts = 0;
    const digest = await digestAfter([file], async (stack, client) => {
      await stack.startWorkers();
      const id = await upload(client);
      let before = '';
      await until(
        async () => {
          const progress = await progressOf(stack);
          if (progress === before) return false;
          before = progress;
          cuts += await cutConnections(stack);
          return progress.includes('"posted"');
        },
        { withinMs: 10 * minutes, everyMs: 50 },
      );
      await becomesPosted(client, id, file);
    });

    expect(cuts).toBeGreaterThan(10);
    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

async function progressOf({ database }: Stack): Promise<string> {
  const rows = await database.asOwner(
    `select s.status, s.stage, s.new_row_count, s.categorised_count,
       (select count(*) from shared.statement_lines) as lines,
       (select count(*) from shared.consumed_events) as handled
     from shared.statements s`,
  );
  return JSON.stringify(rows);
}

async function cutConnections({ database }: Stack): Promise<number> {
  const cut = await database.asOwner(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and usename = 'daftari_app'`,
  );
  return cut.length;
}

// Not beside others: the Kafka client loads parts of itself late, which Jest only lets a lone test do.
test(
  'every event delivered again from the beginning is handled once',
  async () => {
    const digest = await digestAfter([file], async (stack, client) => {
      const first = await stack.startWorkers();
      await ingest(client);
      const before = await restingDigest(stack, stack.tenantId, [file]);
      expect(await first.stop()).toBe('0');
      const replay = await openReplay(stack.env);
      try {
        expect(await replay.rewind('categorizer', 'transactions.raw')).toBeGreaterThan(1);
        expect(await replay.rewind('analytics', 'transactions.categorized')).toBeGreaterThan(1);
        await stack.startWorkers();
        await replay.done('categorizer', 'transactions.raw');
        await replay.done('analytics', 'transactions.categorized');
      } finally {
        await replay.close();
      }
      expectTwins(before, undisturbed);
    });

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

test.concurrent(
  'a parser child that is killed from outside is started again, and no row is stored twice',
  async () => {
    const point = waitPoint('ingest.midBatch');
    const digest = await digestAfter([file], async (stack, client) => {
      const workers = await stack.startWorkers(point.env);
      const id = await upload(client);
      await point.reached();
      const children = parserChildrenOf(workers.pid);
      expect(children).not.toEqual([]);
      for (const child of children) process.kill(child, 'SIGKILL');
      point.open();
      await becomesPosted(client, id, file);
      expect(workers.isAlive()).toBe(true);
    });
    point.close();

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

/** Ids of the processes below `pid` that read a file. */
function parserChildrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = [...table.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)].map(
    ([, child = '', parent = '', args = '']) => ({ child: +child, parent: +parent, args }),
  );
  const below = (id: number): typeof rows =>
    rows.filter(({ parent }) => parent === id).flatMap((row) => [row, ...below(row.child)]);
  return below(pid)
    .filter(({ args }) => args.includes('activities/parser/child'))
    .map(({ child }) => child);
}

test.concurrent(
  'a file that needs more memory than a parser child may have is refused, and hurts no other file',
  async () => {
    const bomb = badInputs().find(({ name }) => name === 'flate-bomb-in-bomb');
    const bytes = await bomb?.bytes();
    const digest = await digestAfter([file], async (stack, client) => {
      const workers = await stack.startWorkers();
      const other = await stack.newTenant();
      const { body } = await other.client.upload({ bytes: bytes ?? empty, fileName: 'bomb.pdf' });
      expect(await other.client.settled(body.statement.id, 10 * minutes)).toMatchObject({
        status: 'refused',
        problem: 'too-complex',
        problemDetail: expect.stringContaining('memory'),
      });
      await ingest(client);
      expect(workers.isAlive()).toBe(true);
    });

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);
