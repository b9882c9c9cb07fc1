/**
 * `npm run bench -- NAME… [--json] [--smoke]`: brings the test services up when they are not running
 * and runs the benches on the project's Node; the services it started are stopped afterwards.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { projectNode, projectRoot } from './paths.mjs';
import { speakOnStderr } from './terminal.mjs';
import { runningTestEnvironment, startTestServices, testSupervisor } from './test-profile.mjs';

speakOnStderr();
await ensureDependencies();
const supervisor = runningTestEnvironment() ? undefined : await testSupervisor();
if (supervisor) await startTestServices(supervisor);
try {
  const child = spawn(projectNode, ['bench/run.ts', ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await supervisor?.stop();
}
process.exit();
