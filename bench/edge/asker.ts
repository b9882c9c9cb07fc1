/**
 * Asks at a fixed rate whatever the answers do, as callers who know nothing of each other: a load
 * generator that waits for answers before it asks again, or asks for a whole second at once, measures
 * its own queue. Does as little work as possible: ready bytes over sockets of its own. Takes its load
 * as JSON in the first argument and prints what it was answered, and how fast.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { argv } from 'node:process';
import { answersSchema, loadSchema, type Answers } from './load.ts';

const load = loadSchema.parse(JSON.parse(argv[2] ?? ''));
const { hostname, port, pathname, host } = new URL(load.url);
const lines = Object.entries({ Host: host, ...load.headers }).map(([name, is]) => `${name}: ${is}`);
const request = Buffer.from([`GET ${pathname} HTTP/1.1`, ...lines, '', ''].join('\r\n'), 'latin1');
const statusAt = 'HTTP/1.1 '.length;
const counts = { sent: 0, served: 0, refused: 0, failed: 0, unsent: 0 };
const waitsMs: number[] = [];
const free: Caller[] = [];
const all = new Set<Caller>();

interface Caller {
  socket: Socket;
  askedMs: number;
}

/** A free connection, or another one as long as there may be more; undefined when all wait. */
function caller(): Caller | undefined {
  const known = free.pop();
  return known ?? (all.size < load.connectionsMax ? open() : undefined);
}

function open(): Caller {
  const socket = connect(Number(port), hostname);
  const one: Caller = { socket, askedMs: 0 };
  socket.setNoDelay(true);
  // Small answers come in one piece, which is all this has to know of HTTP.
  socket.on('data', (bytes) => answered(one, bytes.toString('latin1', statusAt, statusAt + 3)));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    all.delete(one);
    if (!isOver) counts.failed += 1;
  });
  all.add(one);
  return one;
}

function answered(one: Caller, status: string): void {
  free.push(one);
  if (status === '200') {
    counts.served += 1;
    waitsMs.push(performance.now() - one.askedMs);
  } else if (status === '429') counts.refused += 1;
  else counts.failed += 1;
}

function ask(one: Caller): void {
  counts.sent += 1;
  one.askedMs = performance.now();
  one.socket.write(request);
}

/** Asks at the rate for some seconds; what finds every connection waiting has waited for all of them. */
async function askEvenly(seconds: number): Promise<void> {
  const startedMs = performance.now();
  for (let asked = 0; asked < load.perSecond * seconds;) {
    const due = Math.floor(((performance.now() - startedMs) * load.perSecond) / 1000);
    for (; asked < due; asked += 1) {
      const one = caller();
      if (one === undefined) {
        counts.unsent += 1;
        waitsMs.push(seconds * 1000);
      } else ask(one);
    }
    await delay(1);
  }
  await delay(load.patienceMs);
}

/** The first questions open connections and have both sides compiled; they do not count. */
async function warmUp(): Promise<void> {
  await askEvenly(load.warmSeconds);
  Object.assign(counts, { sent: 0, served: 0, refused: 0, failed: 0, unsent: 0 });
  waitsMs.length = 0;
}

function percentile(share: number): number {
  return waitsMs[Math.floor(waitsMs.length * share)] ?? 0;
}

let isOver = false;
await warmUp();
await askEvenly(load.seconds);
isOver = true;
for (const { socket } of all) socket.destroy();
waitsMs.sort((a, b) => a - b);
const answers: Answers = {
  ...{ ...counts, connections: all.size },
  ...{ p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99) },
};
console.log(JSON.stringify(answersSchema.parse(answers)));
