import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  appendFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureWorkflowBundle } from '../../temporal/bundle.ts';

describe('the workflow bundle', () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'bundle-'));
    for (const folder of ['workflows', 'temporal', 'domain']) {
      cpSync(folder, join(root, folder), { recursive: true });
    }
    cpSync('package.json', join(root, 'package.json'));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  });

  afterAll(() => rmSync(root, { recursive: true }));

  const build = () => ensureWorkflowBundle({ root, directory: 'built' });

  test('is built once for the same sources and anew when one of them changes', async () => {
    const first = await build();
    const again = await build();
    appendFileSync(join(root, 'workflows/maintenance.ts'), '\n// changed\n');
    const changed = await build();

    expect(again).toBe(first);
    expect(changed).not.toBe(first);
    expect(readdirSync(join(root, 'built'))).toHaveLength(2);
  });

  test('two processes that build at once leave one whole bundle', async () => {
    rmSync(join(root, 'built'), { recursive: true, force: true });

    const [one, other] = await Promise.all([build(), build()]);

    expect(one).toBe(other);
    expect(readdirSync(join(root, 'built'))).toHaveLength(1);
  });

  test('holds no driver, no environment and nothing of Node', async () => {
    const code = readFileSync(await build(), 'utf8');

    for (const foreign of ['kafkajs', 'node:crypto', 'ioredis', 'process.env.DATABASE_URL']) {
      expect(code).not.toContain(foreign);
    }
    expect(code).toContain('ingestStatement');
  });
});
