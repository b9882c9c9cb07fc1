/** `npm start -- --once`, whole: services, product and demo of a profile of its own, twice. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serviceEnv } from '../support/services.ts';

// Everything is brought up from nothing, beside the services of the other tests.
jest.setTimeout(600_000);

const node = join(process.cwd(), 'node_modules', '.bin', 'node');
const profile = 'first-start';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A process that knows nothing of the services of the tests. */
function run(script: string, ...args: string[]): Promise<Ended> {
  const ours = Object.keys(serviceEnv());
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ours.includes(name)),
  );
  return new Promise((resolve) => {
    const child = execFile(
      node,
      [`scripts/${script}.mjs`, ...args, '--profile', profile],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

async function startOnce() {
  const { code, stdout, stderr } = await run('start', '--once');
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (code !== 0) throw new Error(`it ended with ${code}: ${last}\n${stderr.slice(-4_000)}`);
  return JSON.parse(last);
}

const reset = () => run('reset', '--yes');

beforeAll(reset);
afterAll(reset);

test('proves every sample, moves money, stops everything, and finds it all again', async () => {
  const first = await startOnce();
  expect(first).toMatchObject({ ok: true, profile, isProven: true });
  expect(first.samples.length).toBeGreaterThanOrEqual(5);
  expect(first.totals.postedCount).toBeGreaterThan(1_000);
  expect(first.payments.receivedCount).toBeGreaterThan(0);
  expect(existsSync(join('.daftari', profile, 'state.json'))).toBe(false);

  const second = await startOnce();
  expect(second).toMatchObject({ ok: true, isProven: true, totals: first.totals });
});
