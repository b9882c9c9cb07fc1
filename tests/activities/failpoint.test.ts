import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFailpoint, failpointNames, noFailpoint } from '../../activities/failpoint.ts';
import { until } from '../support/until.ts';

describe('failpoints', () => {
  test('without a configuration nothing ever happens', async () => {
    expect(createFailpoint('')).toBe(noFailpoint);
    for (const name of failpointNames) await expect(noFailpoint(name)).resolves.toBeUndefined();
  });

  test('throw strikes on the visit it names and only there', async () => {
    const failpoint = createFailpoint('ingest.midPost=throw@2');

    await expect(failpoint('ingest.midPost')).resolves.toBeUndefined();
    await expect(failpoint('ingest.midBatch')).resolves.toBeUndefined();
    await expect(failpoint('ingest.midPost')).rejects.toThrow('failpoint ingest.midPost');
    await expect(failpoint('ingest.midPost')).resolves.toBeUndefined();
  });

  test('wait leaves a marker and goes on when told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'failpoint-'));
    const marker = join(folder, 'here');
    let isDone = false;

    const waiting = createFailpoint(`undo.midChunk=wait:${marker}`)('undo.midChunk').then(() => {
      isDone = true;
    });
    await until(() => existsSync(marker));
    expect(isDone).toBe(false);
    writeFileSync(`${marker}.go`, '');
    await waiting;

    rmSync(folder, { recursive: true });
  });

  test('kill ends the process at once, so that nothing after it runs', () => {
    const script = `
      import { createFailpoint } from './activities/failpoint.ts';
      await createFailpoint('ingest.afterProve=kill')('ingest.afterProve');
      console.log('still here');`;

    const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);

    expect(signal).toBe('SIGKILL');
    expect(stdout.toString()).toBe('');
  });

  test.each([
    'ingest.nowhere=kill',
    'ingest.midPost=explode',
    'ingest.midPost=wait',
    'ingest.midPost',
    'ingest.midPost=throw@',
  ])('%s is refused at the start', (configuration) => {
    expect(() => createFailpoint(configuration)).toThrow('failpoint');
  });
});
