import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  generateStatement,
  type GeneratedStatement,
} from '../../simulators/statements/statement.ts';
import { openStack, type Stack } from '../support/stack.ts';

const fileResult = z.object({
  file: z.string(),
  statementId: z.string().nullable(),
  workflowId: z.string().nullable(),
  verdict: z.enum(['proven', 'needsReview', 'refused']),
  problem: z.string().nullable(),
  format: z.string().nullable(),
  rowCount: z.number(),
  newRowCount: z.number(),
  rejects: z.array(
    z.strictObject({ page: z.number(), line: z.number(), raw: z.string(), reason: z.string() }),
  ),
  totals: z.strictObject({ inCents: z.number().nullable(), outCents: z.number().nullable() }),
  openingCents: z.number().nullable(),
  closingCents: z.number().nullable(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean().nullable(), detail: z.string() })),
  tamper: z.array(z.object({ signal: z.string(), severity: z.string() })),
  rows: z
    .array(
      z.strictObject({
        receipt: z.string(),
        completedAt: z.string(),
        details: z.string(),
        status: z.string(),
        inCents: z.number(),
        outCents: z.number(),
        balanceCents: z.number().nullable(),
      }),
    )
    .optional(),
});

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daftari-ingest-'));
  stack = await openStack();
  await stack.startGateway();
  await stack.startWorkers();
}, 120_000);
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command as a person would, against the gateway of this suite. */
function ingest(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const program = ['scripts/ingest.ts', '--url', stack.url, ...args];
  return new Promise((resolve) => {
    const child = spawn('node_modules/.bin/node', program, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()));
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

function save(name: string, statement: Pick<GeneratedStatement, 'bytes'>): string {
  const path = join(folder, name);
  writeFileSync(path, statement.bytes);
  return path;
}

const results = (ended: Ended) =>
  ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => fileResult.parse(JSON.parse(line)));

describe('npm run ingest', () => {
  test('a good statement is proven, to the row and the cent, and the exit code is 0', async () => {
    const statement = await generateStatement({ layout: 'classic-csv', rows: 60, seed: 701 });
    const path = save('good.csv', statement);

    const ended = await ingest([path, '--json', '--rows']);

    const [result] = results(ended);
    expect(ended.code).toBe(0);
    expect(result).toMatchObject({
      file: 'good.csv',
      verdict: 'proven',
      problem: null,
      format: statement.truth.format,
      rowCount: statement.truth.rowCount,
      rejects: [],
      totals: statement.truth.totals,
    });
    expect(result?.workflowId).toMatch(/^statement\/[0-9a-f-]{36}\/[0-9a-f]{64}$/);
    expect(result?.rows?.map(({ receipt }) => receipt)).toEqual(
      statement.truth.rows.map(({ receipt }) => receipt),
    );
    expect(ended.stderr).toContain('good.csv: proved');
  }, 120_000);

  test('the same file again gives the same statement', async () => {
    const statement = await generateStatement({ layout: 'classic-csv', rows: 20, seed: 702 });
    const path = save('twice.csv', statement);

    const [first] = results(await ingest([path, '--json']));
    const [second] = results(await ingest([path, '--json']));

    expect(first?.verdict).toBe('proven');
    expect(second).toEqual(first);
  }, 120_000);

  test('a locked file says what it lacks with exit code 2, and opens with the password', async () => {
    const statement = await generateStatement({
      layout: 'personal-a',
      rows: 30,
      seed: 703,
      password: '290441',
    });
    const path = save('locked.pdf', statement);

    const without = await ingest([path, '--json']);
    const wrong = await ingest([path, '--json', '--password', '111111']);
    const right = await ingest([path, '--json', '--password', '290441']);

    expect([without.code, results(without)[0]?.problem]).toEqual([2, 'password-needed']);
    expect([wrong.code, results(wrong)[0]?.problem]).toEqual([2, 'password-wrong']);
    expect([right.code, results(right)[0]?.verdict]).toEqual([0, 'proven']);
    expect(results(right)[0]?.statementId).toBe(results(without)[0]?.statementId);
  }, 120_000);

  test('an edited statement comes back at once for a review, with every reject, exit code 1', async () => {
    const statement = await generateStatement({
      layout: 'personal-b',
      rows: 60,
      seed: 704,
      mutations: ['bad-row-date', 'edited-amount'],
    });
    const path = save('edited.pdf', statement);

    const ended = await ingest([path, '--json']);

    const [result] = results(ended);
    expect(ended.code).toBe(1);
    expect(result?.verdict).toBe('needsReview');
    expect(result?.rejects).toHaveLength(statement.truth.rejects.length);
    expect(result?.checks.some(({ ok }) => ok === false)).toBe(true);
  }, 120_000);

  test('several files give an object each, also those that are no statements', async () => {
    const good = save(
      'a.csv',
      await generateStatement({ layout: 'classic-csv', rows: 20, seed: 705 }),
    );
    const picture = save('b.pdf', { bytes: Buffer.from('89504e470d0a1a0a00', 'hex') });

    const ended = await ingest([good, picture, '--json']);

    expect(ended.code).toBe(1);
    expect(results(ended).map(({ file, verdict, problem }) => [file, verdict, problem])).toEqual([
      ['a.csv', 'proven', null],
      ['b.pdf', 'refused', 'unsupported-type'],
    ]);
  }, 120_000);

  test('without --json people read a verdict, totals and checks', async () => {
    const statement = await generateStatement({ layout: 'classic-csv', rows: 20, seed: 706 });

    const ended = await ingest([save('people.csv', statement)]);

    expect(ended.stdout).toMatch(
      /^people\.csv: proven\n {2}\d+ rows, \d+ new, 0 rejected; in KES /,
    );
    expect(ended.stdout).toContain('✓ balance-chain');
  }, 120_000);

  test('a wrong login, a wrong option and an address without an API are exit code 3', async () => {
    const path = save('c.csv', { bytes: Buffer.from('a,b\n1,2\n') });

    const login = ['--email', 'demo@daftari.test', '--login-password', 'wrong wrong wrong'];
    expect((await ingest([path, ...login])).code).toBe(3);
    expect((await ingest([path, '--unknown'])).code).toBe(3);
    expect((await ingest([path, '--url', 'http://127.0.0.1:9'])).code).toBe(3);
    expect((await ingest([join(folder, 'missing.csv')])).code).toBe(3);
  }, 60_000);

  test('--help names every exit code', async () => {
    const ended = await ingest(['--help']);

    expect(ended.code).toBe(0);
    for (const code of [0, 1, 2, 3]) expect(ended.stdout).toMatch(new RegExp(`^  ${code}  `, 'm'));
  });
});
