/**
 * The whole path, from the upload through the public API to posted and categorised rows, on the real
 * stack; beside it a bare COPY of the same rows into the same table with the same indexes.
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
import type { ApiClient } from '../../tests/support/api-client.ts';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import type { Running } from '../../tests/support/processes.ts';
import { absolute, compared, type BenchOptions, type Gate } from '../gate.ts';

interface Passage {
  wallSeconds: number;
  /** From acceptance to the moment the last row was posted. */
  postedSeconds: number;
  rows: number;
  historyEvents: number;
  memoryGrowthMb: number;
}

/** Gates for whole files: a PDF of 5,000 rows and a CSV of 200,000. */
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
    const csv = await pass(stack, {
      client,
      workers,
      options: { layout: 'classic-csv', rows, months: 12, seed: 22 },
    });
    say(`whole path: CSV of ${csv.rows} rows in ${csv.wallSeconds.toFixed(1)} s`);
    const copySeconds = await bareCopy(stack, csv.rows);
    return gates({ pdf, csv, copySeconds, isSmoke });
  } finally {
    await stack.close();
  }
}

function gates({
  pdf,
  csv,
  copySeconds,
  isSmoke,
}: {
  pdf: Passage;
  csv: Passage;
  copySeconds: number;
  isSmoke: boolean;
}): Gate[] {
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
      figures: [csv.wallSeconds],
      detail: `${csv.rows} rows, upload to categorised`,
    }),
    compared({
      gate: 'rows-posted-beside-bare-copy',
      unit: 'rows/s',
      limit: isSmoke ? '>= 0.1' : '>= 0.3',
      ours: [csv.rows / csv.postedSeconds],
      reference: [csv.rows / copySeconds],
      detail: 'file to posted rows beside COPY of the same rows into the same table',
    }),
    absolute({
      gate: 'csv-memory-growth',
      unit: 'MB',
      limit: '<= 64',
      figures: [csv.memoryGrowthMb],
      detail: 'worker resident memory, peak over start',
    }),
    absolute({
      gate: 'workflow-history',
      unit: 'events',
      limit: '<= 200',
      figures: [Math.max(pdf.historyEvents, csv.historyEvents)],
      detail: 'of the largest file',
    }),
  ];
}

async function pass(
  stack: Stack,
  run: { client: ApiClient; workers: Running; options: StatementOptions },
): Promise<Passage> {
  const file = await generateStatement(run.options);
  const memory = watchMemory(run.workers.pid);
  const start = performance.now();
  const uploaded = await run.client.upload(file);
  if (uploaded.status !== 202) throw new Error(`the upload answered ${uploaded.status}`);
  const statement = await run.client.settled(uploaded.body.statement.id, 300_000);
  const wallSeconds = (performance.now() - start) / 1000;
  const memoryGrowthMb = memory.stop();
  await check(stack, { file, statement });
  const postedSeconds = await secondsToPosted(run.client, statement.id);
  return {
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
function watchMemory(pid: number): { stop(): number } {
  const resident = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const first = resident();
  let peak = first;
  const timer = setInterval(() => {
    peak = Math.max(peak, resident());
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return peak - first;
    },
  };
}

/** Copies the posted rows out, empties the table and times copying the same bytes in again. */
async function bareCopy(stack: Stack, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: stack.database.ownerUrl });
  await client.connect();
  try {
    await client.query('create table public.copied (like shared.transactions including all)');
    const chunks: Buffer[] = [];
    const query =
      'copy (select * from shared.transactions order by statement_id, ordinal desc limit ' +
      rows +
      ') to stdout';
    for await (const chunk of client.query(copyTo(query))) chunks.push(chunk as Buffer);
    const start = performance.now();
    await pipeline(chunks, client.query(copyFrom('copy public.copied from stdin')));
    const seconds = (performance.now() - start) / 1000;
    const { rows: counted } = await client.query<{ n: string }>(
      'select count(*)::text as n from public.copied',
    );
    if (Number(counted[0]?.n) < rows * 0.9) throw new Error('the reference copied too few rows');
    return (seconds * rows) / Number(counted[0]?.n);
  } finally {
    await client.end();
  }
}
