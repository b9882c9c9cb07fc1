import { mkdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { profileDirectory } from '../paths.mjs';
import { onReservedPorts } from '../ports.mjs';
import { findOnPath, isRoot, run } from '../processes.mjs';
import { installPackages } from './system-packages.mjs';

/** Redis: the one at REDIS_URL when it answers, one on PATH, or Debian's package when root. */
export async function startRedis(context) {
  return (await reachable(context.configured)) ?? (await own(context));
}

/** The Redis server program, installed first when it is missing and may be. */
export async function findRedis() {
  const names = ['redis-server', 'valkey-server'];
  const found = findOnPath(...names);
  if (found) return found;
  if (isRoot && findOnPath('apt-get')) await installPackages(['redis-server']);
  const installed = findOnPath(...names);
  if (installed) return installed;
  throw new Error(
    `Redis was not found. ${howToInstall()} or set REDIS_URL to one that runs, then start again.`,
  );
}

async function reachable({ REDIS_URL: url }) {
  if (!url) return undefined;
  const { hostname, port, host } = new URL(url);
  const alive = await ping(hostname, Number(port || 6379));
  return alive ? { how: `the one at ${host}`, env: { REDIS_URL: url } } : undefined;
}

async function own({ profile, supervisor, ephemeral, reserve }) {
  const command = await findRedis();
  const data = path.join(profileDirectory(profile), 'redis');
  if (ephemeral) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const port = await onReservedPorts(['redis'], reserve, async (free) => {
    await supervisor.start({
      name: 'redis',
      command,
      args: [
        ...['--port', String(free), '--bind', '127.0.0.1', '--dir', data, '--save', ''],
        ...['--appendonly', ephemeral ? 'no' : 'yes', '--maxmemory', '256mb'],
        // Rate limits and tickets must fail loudly when memory is full, not vanish.
        ...['--maxmemory-policy', 'noeviction'],
      ],
      cwd: data,
      ready: () => ping('127.0.0.1', free),
    });
    return free;
  });
  const { stdout } = await run(command, ['--version']);
  const version = /v=([\d.]+)/.exec(stdout)?.[1] ?? '';
  const how = `${version} on 127.0.0.1:${port} (${command})`;
  return { how, port, env: { REDIS_URL: `redis://127.0.0.1:${port}` } };
}

/** True when a Redis answers; one that asks for a password is alive as well. */
function ping(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => socket.write('PING\r\n'));
    const finish = (alive) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('data', (data) => finish(/^(\+PONG|-NOAUTH)/.test(data.toString())));
  });
}

function howToInstall() {
  return process.platform === 'darwin'
    ? 'Run "brew install redis"'
    : 'Run "sudo apt-get update && sudo apt-get install -y redis-server"';
}
