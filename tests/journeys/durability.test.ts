/**
 * Whatever happens to the processes that ingest a statement, at whatever boundary: the final state
 * has the same digest as the undisturbed run over the same file.
 */
import { randomUUID } from 'node:crypto';
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Running } from '../support/processes.ts';
import type { Stack } from '../support/stack.ts';
import { becomesPosted, diesBySigkill, digestAfter, expectTwins } from '../support/twin.ts';
import { until } from '../support/until.ts';
import { waitPoint } from '../support/wait-point.ts';

/** Three chunks when its lines are stored, two when they are posted. */
const options = { layout: 'classic-csv', rows: 5_200, months: 3, seed: 301 } as const;
const minutes = 60_000;
const patient = { withinMs: 10 * minutes, everyMs: 200 };
/** Three chunks when it is undone. */
const short = { layout: 'classic-csv', rows: 1_200, months: 3, seed: 306 } as const;
let file: GeneratedStatement;
let undisturbed: string;

beforeAll(async () => {
  file = await generateStatement(options);
  undisturbed = await digestAfter([file], async (stack, client) => {
    await stack.startWorkers();
    await ingest(client, file);
  });
}, 15 * minutes);

async function upload(client: ApiClient, given: GeneratedStatement): Promise<string> {
  const { status, body } = await client.upload(given);
  expect(status).toBe(202);
  return body.statement.id;
}

async function ingest(client: ApiClient, given: GeneratedStatement): Promise<string> {
  const id = await upload(client, given);
  await becomesPosted(client, id, given);
  return id;
}

/** Posts the file with two damaged amounts, types them in and asks for a run that takes them in. */
async function typedIn(client: ApiClient, paper: GeneratedStatement) {
  const damaged = new TextDecoder()
    .decode(paper.bytes)
    .replace(',2719.00,', ',2719.0O,')
    .replace(',10503.67,', ',1O503.67,');
  const id = await upload(client, { ...paper, bytes: new TextEncoder().encode(damaged) });
  expect(await client.settled(id, 10 * minutes)).toMatchObject({ rejectCount: 2 });
  const at = `/v1/statements/${id}`;
  expect((await client.post(`${at}/review`, { decision: 'post' })).status).toBe(200);
  await until(async () => (await client.settled(id)).status === 'posted', patient);
  const { body } = await client.get<{ data: { suggested: object }[] }>(`${at}/rejects`);
  const over = [
    { paidIn: '2719.00' },
    { completionTime: '2025-05-09 07:57:54', balance: '10503.67' },
  ];
  for (const [seq, { suggested }] of body.data.entries()) {
    const cells = { ...suggested, ...over[seq] };
    const typed = await client.post(`${at}/rejects`, { decision: 'mend', seq, cells });
    expect(typed.status).toBe(200);
  }
  const rerun = await client.post<{ operation: { id: string } }>(`${at}/rejects/rerun`, {});
  expect(rerun.status).toBe(202);
  return { id, operationId: rerun.body.operation.id };
}

async function countOf(client: ApiClient): Promise<number> {
  return (await client.get<{ count: number }>('/v1/transactions/summary')).body.count;
}

async function askUndo(client: ApiClient, id: string): Promise<void> {
  expect((await client.post(`/v1/statements/${id}/undo`, {})).status).toBe(202);
}

async function becomesUndone(client: ApiClient, id: string): Promise<void> {
  expect(await client.settled(id, 10 * minutes)).toMatchObject({ status: 'undone' });
}

test.concurrent(
  'gateway and workers killed at once while lines are stored leave the state of the undisturbed run',
  async () => {
    const point = waitPoint('ingest.midBatch');
    const digest = await digestAfter([file], async (stack, client, gateway) => {
      const all = [gateway, await stack.startWorkers(point.env)];
      const id = await upload(client, file);
      await point.reached();
      for (const { pid } of all) process.kill(pid, 'SIGKILL');
      await Promise.all(all.map(diesBySigkill));
      await Promise.all([stack.startGateway(), stack.startWorkers()]);
      await becomesPosted(client, id, file);
    });
    point.close();

    expectTwins(digest, undisturbed);
  },
  15 * minutes,
);

describe('kill -9 of the workers', () => {
  test.concurrent.each([
    ['ingest.midBatch@2', 'with 4,000 of 5,200 rows stored'],
    ['ingest.afterParseBeforeReturn', 'with all rows stored and nobody told'],
    ['ingest.afterProve', 'with the rows proven and nobody told'],
    ['ingest.midPost', 'with one of two chunks of 5,200 rows posted'],
    ['ingest.afterPostCommitBeforeReturn', 'with all rows posted and nobody told'],
    ['ingest.afterCategorised', 'with the statement finished and nobody told'],
    ['relay.afterPublishBeforeMark', 'with events sent and not marked as sent'],
    ['events.afterEffectBeforeOffset@3', 'with an event handled and its offset not committed'],
  ])(
    'at %s (%s) leaves the state of the undisturbed run',
    async (point) => {
      const [name, visit = '1'] = point.split('@');
      const digest = await digestAfter([file], async (stack, client) => {
        const doomed = await stack.launchWorkers({ FAILPOINTS: `${name}=kill@${visit}` });
        const id = await upload(client, file);
        await diesBySigkill(doomed);
        await stack.startWorkers();
        await becomesPosted(client, id, file);
      });

      expectTwins(digest, undisturbed);
    },
    15 * minutes,
  );

  test.concurrent(
    'in the middle of a change of many rows changes each of them once',
    async () => {
      const many = await generateStatement({ ...short, rows: 2_600 });
      const change = async (stack: Stack, client: ApiClient, doomed?: Running) => {
        const wish = { category: 'stock', rows: { filter: {} } };
        const { body } = await client.post<{ id: string; status: string }>(
          '/v1/row-changes',
          { ...wish, expectedCount: await countOf(client) },
          { 'idempotency-key': randomUUID() },
        );
        expect(body.status).toBe('applying');
        if (doomed !== undefined) {
          await diesBySigkill(doomed);
          await stack.startWorkers();
        }
        await until(async () => {
          const path = `/v1/row-changes/${body.id}`;
          return (await client.get<{ status: string }>(path)).body.status === 'done';
        }, patient);
      };
      const twin = await digestAfter([many], async (stack, client) => {
        await stack.startWorkers();
        await ingest(client, many);
        await change(stack, client);
      });
      const digest = await digestAfter([many], async (stack, client) => {
        const first = await stack.startWorkers();
        await ingest(client, many);
        await first.stop();
        const doomed = await stack.launchWorkers({ FAILPOINTS: 'change.midRows=kill' });
        await change(stack, client, doomed);
      });

      expectTwins(digest, twin);
    },
    15 * minutes,
  );

  test.concurrent(
    'while rows that were typed in are taken in takes in each of them once',
    async () => {
      const paper = await generateStatement({ layout: 'classic-csv', rows: 12, seed: 3 });
      const mend = async (stack: Stack, client: ApiClient, doomed?: Running) => {
        const { id, operationId } = await typedIn(client, paper);
        if (doomed !== undefined) {
          await diesBySigkill(doomed);
          await stack.startWorkers();
        }
        await until(async () => {
          const path = `/v1/operations/${operationId}`;
          return (await client.get<{ status: string }>(path)).body.status === 'succeeded';
        }, patient);
        const whole = { verdict: 'proven', rowCount: 12, rejectCount: 0 };
        expect(await client.settled(id)).toMatchObject(whole);
      };
      const twin = await digestAfter([paper], async (stack, client) => {
        await stack.startWorkers();
        await mend(stack, client);
      });
      const digest = await digestAfter([paper], async (stack, client) => {
        await mend(stack, client, await stack.launchWorkers({ FAILPOINTS: 'mend.midChunk=kill' }));
      });

      expectTwins(digest, twin);
    },
    15 * minutes,
  );

  test.concurrent(
    'in the middle of an undo leaves everything undone, once',
    async () => {
      const brief = await generateStatement(short);
      const twin = await digestAfter([], async (stack, client) => {
        await stack.startWorkers();
        const id = await ingest(client, brief);
        await askUndo(client, id);
        await becomesUndone(client, id);
      });
      const digest = await digestAfter([], async (stack, client) => {
        const first = await stack.startWorkers();
        const id = await ingest(client, brief);
        await first.stop();
        const doomed = await stack.launchWorkers({ FAILPOINTS: 'undo.midChunk=kill@2' });
        await askUndo(client, id);
        await diesBySigkill(doomed);
        await stack.startWorkers();
        await becomesUndone(client, id);
      });

      expectTwins(digest, twin);
    },
    15 * minutes,
  );
});
