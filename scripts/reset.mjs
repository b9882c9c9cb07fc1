/** `npm run reset`: stops a profile and removes its data. Downloaded and built tools are kept. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { readResetOptions } from './options.mjs';
import { profileDirectory } from './paths.mjs';
import { isSameProcess, waitUntil } from './processes.mjs';
import { runningState, stopLeftovers } from './profile-state.mjs';
import { outsideFolder } from './services/postgres-home.mjs';
import { done, fail, progress, say } from './terminal.mjs';

async function main() {
  const { profile, yes } = readResetOptions(process.argv.slice(2));
  const folders = [profileDirectory(profile), path.join(outsideFolder(), profile)];
  const present = folders.filter((folder) => existsSync(folder));
  if (present.length === 0) {
    say(`There is no data of the profile "${profile}".`);
    return;
  }
  if (!yes && !(await confirm(profile))) {
    say('Nothing was removed.');
    process.exitCode = 1;
    return;
  }
  await stopProfile(profile);
  for (const folder of present) rmSync(folder, { recursive: true, force: true });
  done('reset', `removed ${present.join(' and ')}`);
}

async function confirm(profile) {
  if (!process.stdin.isTTY) {
    throw new Error('This removes data and nobody is here to ask. Say so with: --yes');
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const question = `Remove all data of the profile "${profile}"? Type its name to confirm: `;
  const answer = await lines.question(question);
  lines.close();
  return answer.trim() === profile;
}

async function stopProfile(profile) {
  const running = runningState(profile);
  if (running) {
    progress('reset', `stopping process ${running.pid}`);
    process.kill(running.pid, 'SIGTERM');
    const gone = await waitUntil(() => !isSameProcess(running), { withinMs: 90_000, everyMs: 200 });
    if (!gone) throw new Error(`Process ${running.pid} does not stop. End it, then try again.`);
  }
  await stopLeftovers(profile);
}

main().catch((error) => {
  fail(error.message);
  process.exitCode = 1;
});
