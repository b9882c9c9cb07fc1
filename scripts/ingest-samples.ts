/**
 * Sends the sample statements through the public API, as a business would, and prints what became of
 * them as one JSON line. A sample that needs its columns mapped gets the mapping the API proposes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleStatements, type SampleStatement } from '../simulators/statements/samples.ts';
import { generateStatement } from '../simulators/statements/statement.ts';
import { demoLogin } from './demo-tenant.ts';
import type { Statement } from '../api/statements/schema.ts';
import { signIn, type Api } from './statement-client.ts';

interface SampleResult {
  fileName: string;
  statementId: string;
  status: string;
  verdict: string | null;
  expected: 'proven' | 'review';
  rowCount: number;
  postedCount: number;
  rejectCount: number;
  inCents: number;
  outCents: number;
  checksPassed: number;
  checksTotal: number;
  runUrl: string | null;
  seconds: number;
  duplicate: boolean;
}

const folder = process.env['DAFTARI_SAMPLES_DIR'] ?? join('.daftari', 'local', 'samples');

async function main(): Promise<void> {
  const api = await signIn(process.env['DAFTARI_API_URL'] ?? 'http://127.0.0.1:9000', demoLogin);
  await mkdir(folder, { recursive: true });
  const statements: SampleResult[] = [];
  for (const sample of sampleStatements()) statements.push(await ingestSample(api, sample));
  console.log(JSON.stringify({ statements }));
}

async function ingestSample(api: Api, sample: SampleStatement): Promise<SampleResult> {
  const start = performance.now();
  const { bytes } = await generateStatement(sample.options);
  await writeFile(join(folder, sample.fileName), bytes);
  const { password } = sample.options;
  const file = { fileName: sample.fileName, bytes, ...(password ? { password } : {}) };
  const uploaded = await api.upload(file);
  const onStage = (words: string) => console.error(`${sample.fileName}: ${words}`);
  let statement = await api.follow(uploaded.statement.id, onStage);
  if (statement.status === 'waiting-mapping') {
    await api.acceptProposedMapping(statement.id, sample.fileName);
    statement = await api.follow(statement.id, onStage);
  }
  const seconds = Math.round(performance.now() - start) / 1000;
  return { ...resultOf(sample, statement), seconds, duplicate: uploaded.duplicate };
}

function resultOf(sample: SampleStatement, statement: Statement) {
  const judged = statement.checks.filter((check) => check.ok !== null);
  return {
    fileName: sample.fileName,
    statementId: statement.id,
    status: statement.status,
    verdict: statement.verdict,
    expected: (sample.options.mutations ?? []).some((name) => name !== 'fuliza-out-of-order')
      ? ('review' as const)
      : ('proven' as const),
    rowCount: statement.rowCount,
    postedCount: statement.postedCount,
    rejectCount: statement.rejectCount,
    inCents: statement.totals.inCents ?? 0,
    outCents: statement.totals.outCents ?? 0,
    checksPassed: judged.filter((check) => check.ok === true).length,
    checksTotal: judged.length,
    runUrl: statement.runUrl,
  };
}

await main();
