import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { projectNode, projectRoot } from './paths.mjs';
import { speakOnStderr } from './terminal.mjs';
import { runningTestEnvironment, startTestServices, testSupervisor } from './test-profile.mjs';

/**
 * Runs a program on the project's Node with the arguments of this process, beside the test services:
 * those that run already, or its own, which it stops afterwards. Ends this process with its code.
 */
export async function runBesideServices(program) {
  speakOnStderr();
  await ensureDependencies();
  const supervisor = runningTestEnvironment() ? undefined : await testSupervisor();
  if (supervisor) await startTestServices(supervisor);
  try {
    const args = [program, ...process.argv.slice(2)];
    const child = spawn(projectNode, args, { cwd: projectRoot, stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    process.exitCode = code ?? 1;
  } finally {
    await supervisor?.stop();
  }
  process.exit();
}
