/**
 * The whole path, from the upload through the public API to posted and categorised rows, on the real
 * stack; beside it a bare COPY of the same rows into an equal table, which checks them as ours does.
 */
import { readFileSync } from 'node:fs';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import type { StatementOptions } from '../../simulators/statements/options.ts';
import { parsePublicId } from '../../domain/ids.ts';
import type { ApiClient } from '../../tests/support/api-client.ts';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import type { Running } from '../../tests/support/processes.ts';
import { absolute, compared, type BenchOptions, type Gate } from '../gate.ts';

interface Passage {
  statementId: string;
  wallSeconds: number;
  /** From acceptance to the moment the last row was posted. */
  postedSeconds: number;
  rows: number;
  historyEvents: number;
  memoryGrowthMb: number;
}

/** A large file and its bare COPY take turns, because one passage swings by a third. */
const csvRounds = 3;

/** Gates for whole files: a PDF of 5,000 rows and CSVs of 200,000. */
export async function wholePathGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const stack = await openStack();
  try {
    const [, workers] = await Promise.all([stack.startGateway(), stack.startWorkers()]);
    const client = await stack.client();
    await pass(stack, { client, workers, options: { layout: 'classic-csv', rows: 500, seed: 1 } });
    const pdf = await pass(stack, {
      client,
      workers,
      options: { layout: 'personal-a', rows: isSmoke ? 500 : 5_000, months: 12, seed: 21 },
    });
    say(`whole path: PDF of ${pdf.rows} rows in ${pdf.wallSeconds.toFixed(1)} s`);
    const rows = isSmoke ? 10_000 : 200_000;
    const csvs: Passage[] = [];
    const residentMb = residentMbOf(workers.pid);
    const copySeconds: number[] = [];
    for (let round = 0; round < (isSmoke ? 1 : csvRounds); round += 1) {
      const options = { layout: 'classic-csv', rows, months: 12, seed: 22 + round } as const;
      const csv = await pass(stack, { client, workers, options, residentMb });
      say(`whole path: CSV of ${csv.rows} rows in ${csv.wallSeconds.toFixed(1)} s`);
      csvs.push(csv);
      copySeconds.push(await bareCopy(stack, csv));
    }
    return gates({ pdf, csvs, copySeconds, isSmoke });
  } finally {
    await stack.close();
  }
}

function gates({
  pdf,
  csvs,
  copySeconds,
  isSmoke,
}: {
  pdf: Passage;
  csvs: readonly Passage[];
  copySeconds: readonly number[];
  isSmoke: boolean;
}): Gate[] {
  const rows = csvs[0]?.rows ?? 0;
  const seconds = { unit: 's' };
  return [
    absolute({
      gate: 'pdf-5000-rows-end-to-end',
      ...seconds,
      limit: '<= 10',
      figures: [pdf.wallSeconds],
      detail: `${pdf.rows} rows, upload to categorised`,
    }),
    absolute({
      gate: 'csv-200000-rows-end-to-end',
      ...seconds,
      limit: '<= 30',
      figures: csvs.map((csv) => csv.wallSeconds),
      detail: `${rows} rows, upload to categorised`,
    }),
    compared({
      gate: 'rows-posted-beside-bare-copy',
      unit: 'rows/s',
      limit: isSmoke ? '>= 0.1' : '>= 0.3',
      ours: csvs.map((csv) => csv.rows / csv.postedSeconds),
      reference: copySeconds.map((seconds) => rows / seconds),
      detail: 'file to posted rows beside COPY of the same rows into the same table',
    }),
    absolute({
      gate: 'csv-memory-growth',
      unit: 'MB',
      limit: '<= 64',
      figures: csvs.map((csv) => csv.memoryGrowthMb),
      detail: 'worker resident memory, peak of each file over what it was before the first',
    }),
    absolute({
      gate: 'workflow-history',
      unit: 'events',
      limit: '<= 200',
      figures: [Math.max(...[pdf, ...csvs].map((file) => file.historyEvents))],
      detail: 'of the largest file',
    }),
  ];
}

async function pass(
  stack: Stack,
  run: { client: ApiClient; workers: Running; options: StatementOptions; residentMb?: number },
): Promise<Passage> {
  const file = await generateStatement(run.options);
  const memory = watchMemory(run.workers.pid, run.residentMb);
  const start = performance.now();
  const uploaded = await run.client.upload(file);
  if (uploaded.status !== 202) throw new Error(`the upload answered ${uploaded.status}`);
  const statement = await run.client.settled(uploaded.body.statement.id, 300_000);
  const wallSeconds = (performance.now() - start) / 1000;
  const memoryGrowthMb = memory.stop();
  await check(stack, { file, statement });
  const postedSeconds = await secondsToPosted(run.client, statement.id);
  return {
    statementId: statement.id,
    wallSeconds,
    postedSeconds,
    rows: file.truth.rowCount,
    memoryGrowthMb,
    historyEvents: await historyOf(stack, statement.workflowId),
  };
}

async function check(
  stack: Stack,
  {
    file,
    statement,
  }: {
    file: GeneratedStatement;
    statement: {
      status: string;
      verdict: string | null;
      rowCount: number;
      totals: { inCents: number; outCents: number } | null;
    };
  },
) {
  const { truth } = file;
  const isRight =
    statement.status === 'posted' &&
    statement.verdict === 'proven' &&
    statement.rowCount === truth.rowCount &&
    statement.totals?.inCents === truth.totals.inCents &&
    statement.totals.outCents === truth.totals.outCents;
  if (!isRight)
    throw new Error(`the statement differs from its truth: ${JSON.stringify(statement)}`);
  const { asOwner } = stack.database;
  const [stored] = await asOwner(
    `select count(*) filter (where category is null)::int as bare from shared.transactions where tenant_id = $1`,
    [stack.tenantId],
  );
  if (stored?.['bare'] !== 0) throw new Error(`${String(stored?.['bare'])} rows have no category`);
}

async function secondsToPosted(client: ApiClient, statementId: string): Promise<number> {
  const { body } = await client.get<{ createdAt: string; stages: { stage: string; at: string }[] }>(
    `/v1/statements/${statementId}`,
  );
  const posted = body.stages.find(({ stage }) => stage === 'posted');
  if (posted === undefined) throw new Error('the statement does not say when it was posted');
  return (Date.parse(posted.at) - Date.parse(body.createdAt)) / 1000;
}

async function historyOf(stack: Stack, workflowId: string): Promise<number> {
  const connection = await Connection.connect({ address: stack.env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    const client = new TemporalClient({
      connection,
      namespace: stack.env['TEMPORAL_NAMESPACE'] ?? '',
    });
    return (await client.workflow.getHandle(workflowId).describe()).historyLength;
  } finally {
    await connection.close();
  }
}

/** Peak resident memory of a process over what it had at the start, in MB. */
function watchMemory(pid: number, startMb = residentMbOf(pid)): { stop(): number } {
  let peak = startMb;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMbOf(pid));
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return peak - startMb;
    },
  };
}

function residentMbOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/**
 * Copies the posted rows of a statement out and times copying the same bytes into an equal table:
 * with its indexes, its checks, and the triggers that look for the parents of every row.
 */
async function bareCopy(stack: Stack, { statementId, rows }: Passage): Promise<number> {
  const client = new pg.Client({ connectionString: stack.database.ownerUrl });
  await client.connect();
  try {
    await client.query('create table shared.copied (like shared.transactions including all)');
    const triggers = await client.query<{ text: string }>(
      `select pg_get_triggerdef(oid) as text from pg_trigger
       where tgrelid = 'shared.transactions'::regclass and not tgisinternal`,
    );
    for (const { text } of triggers.rows) {
      await client.query(text.replace(' ON shared.transactions ', ' ON shared.copied '));
    }
    const chunks: Buffer[] = [];
    const query = `copy (select * from shared.transactions where statement_id = '${parsePublicId('statement', statementId)}' order by ordinal) to stdout`;
    for await (const chunk of client.query(copyTo(query))) chunks.push(chunk as Buffer);
    const start = performance.now();
    await pipeline(chunks, client.query(copyFrom('copy shared.copied from stdin')));
    const seconds = (performance.now() - start) / 1000;
    const { rows: counted } = await client.query<{ n: string }>(
      'select count(*)::text as n from shared.copied',
    );
    if (Number(counted[0]?.n) < rows * 0.9) throw new Error('the reference copied too few rows');
    await client.query('drop table shared.copied');
    return (seconds * rows) / Number(counted[0]?.n);
  } finally {
    await client.end();
  }
}
