/**
 * Keeps private services for a test that takes them away, started by the project's own scripts. It
 * first prints their environment as one JSON line, then obeys `{do, name, signal}` lines; when its
 * input ends, everything ends and its files are removed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { profileDirectory } from '../../scripts/paths.mjs';
import { reservePort } from '../../scripts/ports.mjs';
import { waitUntil } from '../../scripts/processes.mjs';
import { profileSecrets } from '../../scripts/profile-secrets.mjs';
import { startKafka } from '../../scripts/services/kafka.mjs';
import { postgresHome } from '../../scripts/services/postgres-home.mjs';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { startRedis } from '../../scripts/services/redis.mjs';
import { startTemporal } from '../../scripts/services/temporal.mjs';

const profile = `disturbed-${process.pid}`;
const readyWithinMs = 150_000;
const programs = new Map();

const actions = {
  async start({ name }) {
    const { wanted, child: before } = programs.get(name);
    if (before && before.exitCode === null && before.signalCode === null) return 'up';
    const { command, args, cwd, uid, gid } = wanted;
    const child = spawn(command, args, { cwd, uid, gid, stdio: 'ignore' });
    const exited = once(child, 'exit').then(([code, signal]) => signal ?? code);
    programs.set(name, { wanted, child, exited });
    const isUp = () => child.exitCode !== null || wanted.ready();
    const answered = await waitUntil(isUp, { withinMs: readyWithinMs });
    if (!answered || child.exitCode !== null) {
      const hasEnded = child.exitCode !== null;
      throw Object.assign(new Error(`${name} did not come up`), { hasEnded });
    }
    return 'up';
  },
  async stop({ name, signal }) {
    const { child, exited } = programs.get(name);
    child.kill(signal);
    return String(await exited);
  },
};

async function startServices() {
  const supervisor = {
    start(wanted) {
      programs.set(wanted.name, { wanted });
      return actions.start(wanted);
    },
  };
  const shared = { profile, supervisor, secrets: profileSecrets(profile), configured: {} };
  const context = { ...shared, reserve: (name) => reservePort(name), onProgress: () => {} };
  const started = await Promise.all([
    startPostgres({ ...context, ephemeral: true }),
    startKafka({ ...context, ephemeral: true }),
    startRedis({ ...context, ephemeral: true }),
    // What is not ephemeral keeps its runs in a file, which a restart finds again.
    startTemporal({ ...context, ephemeral: false }),
  ]);
  return Object.assign({}, ...started.map(({ env }) => env));
}

async function endAll() {
  const living = [...programs.values()].filter(({ child }) => child?.exitCode === null);
  for (const { child } of living) child.kill('SIGKILL');
  const home = await postgresHome(profile);
  for (const folder of [home.folder, profileDirectory(profile)]) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const inputs = createInterface({ input: process.stdin });
inputs.on('close', () => void endAll().finally(() => process.exit(0)));
await startServices().then(
  (env) => say({ env }),
  (error) => say({ problem: error.message }),
);
for await (const line of inputs) {
  const request = JSON.parse(line);
  await actions[request.do](request).then(
    (result) => say({ result }),
    (error) => say({ problem: error.message }),
  );
}
