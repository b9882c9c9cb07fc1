import { spawn } from 'node:child_process';
import { projectRoot } from './paths.mjs';
import { findOnPath, run } from './processes.mjs';

/** Hands over to `docker compose up` and answers its exit code. */
export async function composeUp() {
  const docker = findOnPath('docker');
  const advice = 'Install Docker from https://docs.docker.com/get-docker, or run "npm start".';
  if (!docker) throw new Error(`Docker was not found. ${advice}`);
  const compose = await run(docker, ['compose', 'version']);
  if (compose.code !== 0) throw new Error(`Docker has no "compose" command. ${advice}`);
  const engine = await run(docker, ['info'], { timeoutMs: 15_000 });
  if (engine.code !== 0) throw new Error('Docker is installed, but its engine does not run.');
  const args = ['compose', 'up', '--build', '--remove-orphans'];
  const child = spawn(docker, args, { cwd: projectRoot, stdio: 'inherit' });
  // Ctrl-C reaches Docker itself; this process only waits for it to finish.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
