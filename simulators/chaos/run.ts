/**
 * `npm run chaos -- --seeds FROM-TO --ops N [--kills K] [--json]`: the real stack and a provider with
 * every fault, processes killed at random. Prints one line (or JSON object) per seed and exits 1
 * when money was lost, doubled or left unexplained.
 */
import { parseArgs } from 'node:util';
import { openChaosStack } from './stack.ts';
import { playSeed, type SeedResult } from './seed.ts';

/** A thousandth of a day is a minute and a half: the whole ladder of questions fits into a seed. */
const timeScale = 0.002;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1-3' },
      ops: { type: 'string', default: '200' },
      kills: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
    },
  });
  const [from, to] = rangeOf(values.seeds);
  const [ops, killCount] = [wholeOf(values.ops, 'ops'), wholeOf(values.kills, 'kills')];
  const chaos = await openChaosStack(timeScale);
  let failed = 0;
  try {
    for (let seed = from; seed <= to; seed += 1) {
      const result = await playSeed(chaos, { seed, ops, killCount });
      if (!result.ok) failed += 1;
      console.log(values.json ? JSON.stringify(result) : lineOf(result));
    }
  } finally {
    await chaos.close();
  }
  console.error(`${to - from + 1 - failed} of ${to - from + 1} seeds ended with the books right.`);
  return failed === 0 ? 0 : 1;
}

function lineOf(result: SeedResult): string {
  const { seed, ops, kills, faults, lost, doubled, unresolved, invariantViolations } = result;
  const counts = `${ops} ops, ${kills} kills, ${faults} faults`;
  const wrong = `lost ${lost}, doubled ${doubled}, unresolved ${unresolved}, broken ${invariantViolations}`;
  const head = `${result.ok ? '✓' : '✗'} seed ${seed}: ${counts}; ${wrong}; ${result.digest}`;
  return [`${head} (${result.seconds} s)`, ...result.details.map((line) => `    ${line}`)].join(
    '\n',
  );
}

function rangeOf(text: string): [number, number] {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text);
  if (match === null) throw new Error('--seeds reads FROM-TO, for example 1-60');
  const from = Number(match[1]);
  return [from, Number(match[2] ?? from)];
}

function wholeOf(text: string, name: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`--${name} must be a whole number`);
  return Number(text);
}

process.exitCode = await main();
process.exit();
