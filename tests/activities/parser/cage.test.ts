import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readStatement, ReaderFault } from '../../../activities/parser/cage.ts';
import type { ReadOptions } from '../../../activities/parser/cage.ts';
import type { ReaderFrame } from '../../../activities/parser/frames.ts';
import { readWholeStatement } from '../../../activities/parser/whole-statement.ts';
import { chunksOf, classicCsv, csvOptions } from './samples.ts';

const run = promisify(execFile);

function child(name: string, options: Partial<ReadOptions> = {}): ReadOptions {
  const childPath = join(__dirname, 'children', `${name}.mjs`);
  return { mediaKind: 'pdf', mode: 'read', childPath, ...options };
}

async function framesOf(options: ReadOptions, bytes = Buffer.from('x')): Promise<ReaderFrame[]> {
  const frames: ReaderFrame[] = [];
  for await (const frame of readStatement(chunksOf(bytes), options)) frames.push(frame);
  return frames;
}

/** Child processes of this test process that still run. */
function childrenAlive(): string {
  return execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('parser') || line.includes('children/'))
    .join('\n');
}

describe('a child that misbehaves', () => {
  test('is killed when it hangs, and the file counts as too complex', async () => {
    const limits = { smallFileMs: 700, largeFileMs: 700 };
    const started = performance.now();
    const frames = await framesOf(child('hanging', { limits }));
    expect(frames).toEqual([expect.objectContaining({ t: 'needs', problem: 'too-complex' })]);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(childrenAlive()).toBe('');
  });

  test('is killed when it grows beyond the memory it may have', async () => {
    const limits = { maxResidentBytes: 256 * 1024 * 1024 };
    const frames = await framesOf(child('growing', { limits }));
    expect(frames).toEqual([expect.objectContaining({ t: 'needs', problem: 'too-complex' })]);
    expect(childrenAlive()).toBe('');
  });

  test('that fills its heap makes the file too complex', async () => {
    const frames = await framesOf(child('heaping', { limits: { heapMegabytes: 48 } }));
    expect(frames).toEqual([expect.objectContaining({ t: 'needs', problem: 'too-complex' })]);
  });

  test('that answers nonsense is stopped and the file counts as damaged', async () => {
    const frames = await framesOf(child('babbling'));
    expect(frames.map((frame) => frame.t)).toEqual(['progress', 'needs']);
    expect(frames[1]).toMatchObject({ problem: 'malformed-pdf' });
    expect(childrenAlive()).toBe('');
  });

  test('that never ends a line is stopped at the cap', async () => {
    const frames = await framesOf(
      child('flooding', { limits: { maxFrameBytes: 4 * 1024 * 1024 } }),
    );
    expect(frames).toEqual([expect.objectContaining({ t: 'needs' })]);
    expect(childrenAlive()).toBe('');
  });
});

describe('a child that ends', () => {
  test.each([
    ['pdf', 'malformed-pdf'],
    ['csv', 'malformed-csv'],
    ['xlsx', 'malformed-workbook'],
    ['xls', 'malformed-workbook'],
  ] as const)('by crashing over a %s makes the file %s', async (mediaKind, problem) => {
    const frames = await framesOf(child('crashing', { mediaKind }));
    expect(frames.at(-1)).toMatchObject({ t: 'needs', problem });
  });

  test('without taking its input does not break the parent', async () => {
    const frames = await framesOf(child('deaf'), Buffer.alloc(8 * 1024 * 1024));
    expect(frames).toEqual([expect.objectContaining({ problem: 'unknown-layout' })]);
  });

  test('before it began is our fault and not the file’s', async () => {
    await expect(framesOf(child('unborn'))).rejects.toThrow(ReaderFault);
  });

  test('leaves no working directory behind', async () => {
    const own = mkdtempSync(join(tmpdir(), 'daftari-test-'));
    const usual = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    await framesOf(child('crashing'));
    const left = readdirSync(own);
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    rmSync(own, { recursive: true });
    expect(left).toEqual([]);
  });
});

describe('the cage', () => {
  test('gives the child no files, no environment, no processes, no evaluation and no network', async () => {
    let connections = 0;
    const server = createServer(() => (connections += 1)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const frames = await framesOf(child('prying', { password: port }));
    server.close();
    expect(frames).toEqual([{ t: 'needs', problem: 'unknown-layout', detail: '' }]);
    expect(connections).toBe(0);
  });

  test('shows the password neither in the arguments nor in the environment of the child', async () => {
    const password = 'nobody-may-see-this-71529';
    const reading = framesOf(
      child('hanging', { password, limits: { smallFileMs: 1_500, largeFileMs: 1_500 } }),
    );
    const state = { isOver: false };
    const over = reading.finally(() => (state.isOver = true));
    let seen = '';
    while (!state.isOver && !seen.includes('hanging.mjs')) {
      ({ stdout: seen } = await run('ps', ['eww', '-A', '-o', 'args=']));
    }
    expect(seen).toContain('hanging.mjs');
    expect(seen).not.toContain(password);
    await over;
  });
});

describe('faults that are not the file’s', () => {
  test('a child killed from outside in the middle is thrown as a fault', async () => {
    const bytes = Buffer.from(classicCsv(50_000));
    const reading = readStatement(chunksOf(bytes), csvOptions);
    let isKilled = false;
    const kill = async (): Promise<void> => {
      for await (const frame of reading) {
        // What the child had said before comes all the same.
        if (frame.t !== 'lines' || isKilled) continue;
        isKilled = true;
        const line = childrenAlive();
        expect(line).toContain('child.ts');
        const pids = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
          encoding: 'utf8',
        })
          .split('\n')
          .filter((row) => row.includes('child.ts'));
        for (const pid of pids) process.kill(Number.parseInt(pid, 10), 'SIGKILL');
      }
    };
    await expect(kill()).rejects.toThrow(ReaderFault);
    expect(childrenAlive()).toBe('');
  });

  test('a source that breaks is thrown as it is, and the half file is not taken for a whole', async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void, void> {
      yield Buffer.from(classicCsv(2_000));
      throw new Error('the database went away');
    }
    const seen: ReaderFrame[] = [];
    const read = async (): Promise<void> => {
      for await (const frame of readStatement(broken(), csvOptions)) seen.push(frame);
    };
    await expect(read()).rejects.toThrow('the database went away');
    expect(seen.some((frame) => frame.t === 'report')).toBe(false);
    expect(childrenAlive()).toBe('');
  });
});

describe('a reading that is given up', () => {
  test('by its signal throws the reason and leaves no child', async () => {
    const abort = new AbortController();
    const reading = framesOf(child('hanging', { signal: abort.signal }));
    setImmediate(() => abort.abort(new Error('the worker is draining')));
    await expect(reading).rejects.toThrow('the worker is draining');
    expect(childrenAlive()).toBe('');
  });

  test('by a consumer that stops early leaves no child', async () => {
    for await (const frame of readStatement(
      chunksOf(Buffer.from(classicCsv(50_000))),
      csvOptions,
    )) {
      if (frame.t === 'lines') break;
    }
    expect(childrenAlive()).toBe('');
  });
});

describe('limits', () => {
  test('a file larger than its kind may be is refused, whatever it holds', async () => {
    const limits = { maxBytes: { pdf: 1000, csv: 100_000, xlsx: 1000, xls: 1000 } };
    const bytes = Buffer.from(classicCsv(2_000));
    const whole = await readWholeStatement(chunksOf(bytes), { ...csvOptions, limits });
    expect(whole.problem?.problem).toBe('file-too-large');
    expect(whole.lines).toEqual([]);
  });

  test('more rows than allowed are refused', async () => {
    const bytes = Buffer.from(classicCsv(1_200));
    const whole = await readWholeStatement(chunksOf(bytes), {
      ...csvOptions,
      limits: { maxRows: 1_000 },
    });
    expect(whole.problem?.problem).toBe('too-many-rows');
  });
});

test('two files are read at the same time without touching each other', async () => {
  const read = (rows: number) =>
    readWholeStatement(chunksOf(Buffer.from(classicCsv(rows))), csvOptions);
  const [one, other] = await Promise.all([read(3_000), read(700)]);
  expect([one.lines.length, other.lines.length]).toEqual([3_000, 700]);
  expect(one.counts).toMatchObject({ candidates: 3_000, lines: 3_000, rejects: 0 });
});

test('the parent stays small while 200 000 rows pass through it', async () => {
  const bytes = Buffer.from(classicCsv(200_000));
  let lines = 0;
  let most = 0;
  const before = process.memoryUsage().rss;
  for await (const frame of readStatement(chunksOf(bytes), csvOptions)) {
    if (frame.t === 'lines') lines += frame.lines.length;
    most = Math.max(most, process.memoryUsage().rss);
  }
  expect(lines).toBe(200_000);
  expect(most - before).toBeLessThan(128 * 1024 * 1024);
});
