/** The examples of the manual are run as they stand there. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startDarajaTwin } from '../../../simulators/daraja/twin.ts';

test('the commands of the manual do what it says', async () => {
  const manual = await readFile('docs/daraja-twin.md', 'utf8');
  const script = /```bash\n([\s\S]*?)```/.exec(manual)?.[1] ?? '';
  const twin = await startDarajaTwin();
  const env = { ...process.env, TWIN: twin.url };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env });
  await twin.close();

  expect(stdout).toContain('Success. Request accepted for processing');
  expect(stdout).toContain('"status": "completed"');
  expect(stdout).toContain('Account Holder:,Twin pay bill 600984');
  expect(stdout).toContain('"kind": "callback-lost"');
  expect(stdout).toContain('"isReset": true');
});
