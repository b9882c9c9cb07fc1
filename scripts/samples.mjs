import { runProgram } from './migrate.mjs';
import { progress, warn } from './terminal.mjs';

/** Creates the demo tenant and its login; finds them in place the second time. */
export async function seedDemo(env) {
  await runProgram('Seeding the demo tenant', ['scripts/seed.ts'], env);
}

/**
 * Sends the sample statements through the public API and answers what became of them:
 * `samples` should be proven, `review` are bad on purpose and wait for a person.
 * Amounts are integer cents.
 */
export async function ingestSamples(env) {
  const onLine = (line, stream) => {
    if (stream === 'stderr' && line.trim()) progress('statements', line.trim());
  };
  const what = 'Ingesting the sample statements';
  const { stdout } = await runProgram(what, ['scripts/ingest.ts'], env, { onLine });
  const statements = lastJsonLine(stdout)?.statements;
  if (!Array.isArray(statements)) throw new Error(`${what} printed no result.`);
  const samples = statements.filter(({ expected }) => expected !== 'review');
  const review = statements.filter(({ expected }) => expected === 'review');
  const isProven = samples.length > 0 && samples.every(({ verdict }) => verdict === 'proven');
  return { isProven, totals: totals(samples), samples, review };
}

/**
 * Lets customers of the twin pay the demo tenant, and answers how many payments came in and how many
 * of them wait for a person. The statements are the main thing: without this the product still runs.
 */
export async function moveDemoMoney(env) {
  const what = 'Moving money over the twin';
  const found = await runProgram(what, ['scripts/demo-payments.ts'], env).then(
    ({ stdout }) => lastJsonLine(stdout),
    (error) => warn(error.message),
  );
  return found && { receivedCount: found.received, waitingCount: found.waiting };
}

function totals(samples) {
  const sum = (name) => samples.reduce((total, sample) => total + (sample[name] ?? 0), 0);
  return {
    statementCount: samples.length,
    rowCount: sum('rowCount'),
    postedCount: sum('postedCount'),
    inCents: sum('inCents'),
    outCents: sum('outCents'),
  };
}

function lastJsonLine(text) {
  const line = text.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
