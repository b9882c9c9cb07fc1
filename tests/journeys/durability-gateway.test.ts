/**
 * Kill -9 of the gateway: what was half received is nobody's statement and is swept away; what was
 * stored is ingested although nobody was told.
 */
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import type { ApiClient } from '../support/api-client.ts';
import { uploadHalf } from '../support/half-upload.ts';
import type { Stack } from '../support/stack.ts';
import { becomesPosted, diesBySigkill, digestAfter, expectTwins } from '../support/twin.ts';
import { until } from '../support/until.ts';

const minutes = 60_000;
/** Its half is more than one stored piece of a megabyte. */
const large = { layout: 'classic-csv', rows: 13_000, seed: 303 } as const;
const small = { layout: 'classic-csv', rows: 200, seed: 304 } as const;
let files: Record<'large' | 'small', GeneratedStatement>;
let twins: Record<'large' | 'small', string>;

beforeAll(async () => {
  files = { large: await generateStatement(large), small: await generateStatement(small) };
  const [ofLarge, ofSmall] = await Promise.all([
    undisturbed(files.large),
    undisturbed(files.small),
  ]);
  twins = { large: ofLarge, small: ofSmall };
}, 15 * minutes);

/** The digest of a run in which nothing goes wrong. */
function undisturbed(file: GeneratedStatement): Promise<string> {
  return digestAfter([file], async (stack, client) => {
    await stack.startWorkers();
    await ingest(client, file);
  });
}

async function ingest(client: ApiClient, file: GeneratedStatement): Promise<void> {
  const { status, body } = await client.upload(file);
  expect(status).toBe(202);
  await becomesPosted(client, body.statement.id, file);
}

async function statementIds(client: ApiClient): Promise<string[]> {
  const { body } = await client.get<{ data: { id: string }[] }>('/v1/statements');
  return body.data.map(({ id }) => id);
}

async function countOf(stack: Stack, table: 'uploads' | 'upload_chunks'): Promise<number> {
  return (await stack.database.asOwner(`select from shared.${table}`)).length;
}

test.concurrent(
  'half an upload is no statement, is swept within the hour, and the retry is one statement',
  async () => {
    const file = files.large;
    const digest = await digestAfter([file], async (stack, client, gateway) => {
      const upload = await uploadHalf(stack.url, file);
      await until(async () => (await countOf(stack, 'upload_chunks')) > 0, {
        withinMs: 5 * minutes,
      });
      process.kill(gateway.pid, 'SIGKILL');
      await diesBySigkill(gateway);
      upload.hangUp();
      await Promise.all([stack.startGateway(), stack.startWorkers()]);
      expect(await statementIds(client)).toEqual([]);

      await stack.database.asOwner(
        "update shared.uploads set created_at = created_at - interval '61 minutes'",
      );
      await stack.runSchedule('orphan-uploads');
      await until(async () => (await countOf(stack, 'uploads')) === 0, { withinMs: 5 * minutes });
      expect(await countOf(stack, 'upload_chunks')).toBe(0);

      await ingest(client, file);
      expect(await statementIds(client)).toHaveLength(1);
    });

    expectTwins(digest, twins.large);
  },
  15 * minutes,
);

test.concurrent(
  'what was stored before the gateway died is started by the relay, and the retry is the same statement',
  async () => {
    const file = files.small;
    const digest = await digestAfter([file], async (stack, client, gateway) => {
      await gateway.stop();
      const doomed = await stack.startGateway({
        FAILPOINTS: 'upload.afterCommitBeforeStart=kill',
      });
      await expect(client.upload(file)).rejects.toThrow();
      await diesBySigkill(doomed);
      await Promise.all([stack.startGateway(), stack.startWorkers()]);
      const [id = 'none'] = await statementIds(client);
      await becomesPosted(client, id, file);

      const retry = await client.upload(file);
      expect(retry).toMatchObject({ status: 200, body: { duplicate: true, statement: { id } } });
    });

    expectTwins(digest, twins.small);
  },
  15 * minutes,
);
