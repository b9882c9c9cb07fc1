/** Sends the sample statements of a first start, all at once, and prints what became of them. */
import { sampleStatements, type SampleStatement } from '../../simulators/statements/samples.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import type { Client } from './client.ts';
import { sendAndFollow } from './follow.ts';

/** One line of JSON for whoever started us; amounts are integer cents. */
export async function ingestSamples(client: Client, tell: (line: string) => void) {
  const statements = await Promise.all(
    sampleStatements().map((sample) => ingestSample(client, sample, tell)),
  );
  return { statements };
}

async function ingestSample(client: Client, sample: SampleStatement, tell: (line: string) => void) {
  const { fileName, options } = sample;
  const startedMs = performance.now();
  const { bytes, truth } = await generateStatement(options);
  const isBad = truth.mutations.some(({ expectation }) => expectation.verdict !== 'proven');
  const { statement, isDuplicate } = await sendAndFollow(
    client,
    { fileName, bytes, password: options.password },
    { acceptMapping: true, onStage: () => {} },
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
