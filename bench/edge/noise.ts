/**
 * Asks at a fixed rate whatever the answers do, with as little work as possible: ready bytes over
 * sockets of its own. Takes its load as JSON in the first argument and prints what it was answered.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { argv } from 'node:process';
import { z } from 'zod';

const load = z
  .object({
    host: z.string(),
    port: z.number(),
    path: z.string(),
    authorization: z.string(),
    perSecond: z.number(),
    seconds: z.number(),
    connectionsMax: z.number(),
  })
  .parse(JSON.parse(argv[2] ?? ''));

const head = `GET ${load.path} HTTP/1.1\r\nHost: ${load.host}\r\nAuthorization: ${load.authorization}\r\n\r\n`;
const request = Buffer.from(head, 'latin1');
const refusedMark = Buffer.from('HTTP/1.1 429', 'latin1');
const counts = { sent: 0, refused: 0, served: 0, unsent: 0, connections: 0 };
const free: Socket[] = [];
const all = new Set<Socket>();

/** A free connection, or another one as long as there may be more; undefined when all wait. */
function connection(): Socket | undefined {
  const known = free.pop();
  if (known !== undefined || all.size >= load.connectionsMax) return known;
  const socket = connect(load.port, load.host);
  socket.setNoDelay(true);
  // Small answers come in one piece, which is all this has to know of HTTP.
  socket.on('data', (bytes) => {
    if (bytes.subarray(0, refusedMark.length).equals(refusedMark)) counts.refused += 1;
    else counts.served += 1;
    free.push(socket);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => all.delete(socket));
  all.add(socket);
  counts.connections += 1;
  return socket;
}

const startedMs = performance.now();
let asked = 0;
while (asked < load.perSecond * load.seconds) {
  const due = Math.floor(((performance.now() - startedMs) * load.perSecond) / 1000);
  for (; asked < due; asked += 1) {
    const socket = connection();
    if (socket === undefined) counts.unsent += 1;
    else if (socket.write(request)) counts.sent += 1;
  }
  await delay(2);
}
for (const socket of all) socket.destroy();
console.log(JSON.stringify(counts));
