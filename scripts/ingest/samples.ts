/**
 * Sends the sample statements of a first start, all at once, and prints what became of them. The
 * files are kept, so that people can try them by hand.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleStatements, type SampleStatement } from '../../simulators/statements/samples.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import type { Client } from './client.ts';
import { sendAndFollow } from './follow.ts';

const samplesFolder = join('.daftari', 'samples');

/** One line of JSON for whoever started us; amounts are integer cents. */
export async function ingestSamples(client: Client, tell: (line: string) => void) {
  await mkdir(samplesFolder, { recursive: true });
  const statements = await Promise.all(
    sampleStatements().map((sample) => ingestSample(client, sample, tell)),
  );
  return { statements };
}

async function ingestSample(client: Client, sample: SampleStatement, tell: (line: string) => void) {
  const { fileName, options } = sample;
  const startedMs = performance.now();
  const { bytes, truth } = await generateStatement(options);
  await writeFile(join(samplesFolder, fileName), bytes);
  const isBad = truth.mutations.some(({ expectation }) => expectation.verdict !== 'proven');
  const { statement, isDuplicate } = await sendAndFollow(
    client,
    { fileName, bytes, password: options.password },
    { acceptMapping: true, onStage: (stage) => tell(`${fileName}: ${stage}`) },
  );
  const { verdict, status, rowCount, postedCount, rejectCount, totals, checks, runUrl } = statement;
  tell(`${fileName}: ${status}, ${rowCount} rows`);
  return {
    fileName,
    statementId: statement.id,
    status,
    verdict,
    expected: isBad ? 'review' : 'proven',
    rowCount,
    postedCount,
    rejectCount,
    inCents: totals.inCents,
    outCents: totals.outCents,
    checksPassed: checks.filter(({ ok }) => ok === true).length,
    checksTotal: checks.filter(({ ok }) => ok !== null).length,
    runUrl,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    duplicate: isDuplicate,
  };
}
