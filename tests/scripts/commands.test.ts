/** What the commands of the house say before anything runs, each as a process of its own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const node = join(process.cwd(), 'node_modules', '.bin', 'node');

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(node, args, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Asks for a port as `npm start` does; answers it as the last line. */
const reserve = (port: number) =>
  run(
    '--input-type=module',
    '-e',
    `import { reservePort } from './scripts/ports.mjs';
     process.stdout.write('\\n' + String(await reservePort('the API', ${port})));`,
  );

describe('options', () => {
  test.each([
    ['scripts/start.mjs', ['--once', '--docker', '--no-ingest', '--profile']],
    ['scripts/doctor.mjs', ['--json']],
    ['scripts/reset.mjs', ['--yes', '--profile']],
  ])('%s refuses an unknown one and names those it knows', async (script, known) => {
    const { code, stdout, stderr } = await run(script, '--nonsense');

    expect(code).not.toBe(0);
    for (const option of ['--nonsense', ...known]) expect(stdout + stderr).toContain(option);
  });

  test('npm start refuses a profile the house uses itself', async () => {
    const { code, stdout, stderr } = await run('scripts/start.mjs', '--profile=test');

    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('"test" is taken');
  });
});

describe('applications', () => {
  test('begin with files of this checkout, whatever Node itself is told before them', async () => {
    const { code, stdout } = await run(
      '--input-type=module',
      '-e',
      `import { startApplications } from './scripts/applications.mjs';
       const started = {};
       const supervisor = { start: async ({ name, args }) => void (started[name] = args) };
       await startApplications({ supervisor, env: {}, ports: {} });
       process.stdout.write('\\n' + JSON.stringify(started));`,
    );
    const started: unknown = JSON.parse(stdout.split('\n').at(-1) ?? '');

    expect(code).toBe(0);
    expect(started).toEqual({
      workers: expect.arrayContaining(['workers/main.ts', '--service=all']),
      gateway: ['api/main.ts'],
    });
  });
});

describe('ports', () => {
  test('one that is taken is passed over, with a sentence that says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    try {
      const { stdout, stderr } = await reserve(port);

      const given = Number(stdout.split('\n').at(-1));
      expect(given).toBeGreaterThan(port);
      expect(given).toBeLessThan(port + 100);
      expect(stdout + stderr).toContain(`Port ${port} is taken, so the API uses ${given}.`);
    } finally {
      server.close();
    }
  });
});

test('a service whose port was taken after it was reserved starts on another one, and says so', async () => {
  const { code, stdout, stderr } = await run('tests/support/taken-port.mjs');

  const ports = z.object({ taken: z.number(), port: z.number() });
  const { taken, port } = ports.parse(JSON.parse(stdout.split('\n').at(-1) ?? ''));
  expect([code, port === taken]).toEqual([0, false]);
  expect(stdout + stderr).toContain(
    `Port ${taken} was taken meanwhile, so redis is started on another one.`,
  );
});

describe('npm run doctor', () => {
  const report = z.object({
    ok: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        optional: z.boolean().optional(),
        detail: z.string().min(1),
        fix: z.string().optional(),
      }),
    ),
  });

  test('says of everything whether it is here, and ends with 0 only when all that is needed is', async () => {
    const { code, stdout } = await run('scripts/doctor.mjs', '--json');

    const { ok, checks } = report.parse(JSON.parse(stdout));
    expect(code).toBe(ok ? 0 : 1);
    expect(ok).toBe(checks.every((check) => check.ok || check.optional === true));
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['packages', 'java', 'maven', 'kafka', 'redis', 'temporal']),
    );
    for (const { ok: isHere, fix } of checks) if (!isHere) expect(fix).toBeTruthy();
  });
});
