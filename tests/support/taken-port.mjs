/**
 * Starts a Redis as `npm start` does while somebody else takes its port between the reservation and
 * the start; prints both ports as one JSON line.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { profileDirectory } from '../../scripts/paths.mjs';
import { reservePort } from '../../scripts/ports.mjs';
import { startRedis } from '../../scripts/services/redis.mjs';
import { createSupervisor } from '../../scripts/supervisor.mjs';

const profile = `taken-${process.pid}`;
const supervisor = createSupervisor({ profile });
const thief = createServer();
let taken;

async function reserve(name) {
  const port = await reservePort(name);
  if (taken === undefined) {
    taken = port;
    thief.listen(port, '127.0.0.1');
    await once(thief, 'listening');
  }
  return port;
}

try {
  const context = { profile, supervisor, configured: {}, ephemeral: true, reserve };
  const { port } = await startRedis(context);
  process.stdout.write(`\n${JSON.stringify({ taken, port })}`);
} finally {
  await supervisor.stop();
  thief.close();
  rmSync(profileDirectory(profile), { recursive: true, force: true, maxRetries: 20 });
}
