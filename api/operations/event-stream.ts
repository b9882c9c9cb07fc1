/** Server-sent events of one operation: everything since the last id, then live until it is over. */
import type { Response } from 'express';
import { Gate } from './gate.ts';

/** A key lives for months, a timer for less than 25 days: clients come back after a day. */
const endsAfterMsMax = 24 * 60 * 60_000;

export interface StoredEvent {
  seq: number;
  type: string;
  data: unknown;
}

export interface EventSource {
  /** Events after this sequence number, oldest first. */
  load(afterSeq: number): Promise<readonly StoredEvent[]>;
  /** Calls back when there may be more; returns how to stop. */
  listen(nudge: () => void): () => void;
  /** Milliseconds after which the stream has to end, because the token does. */
  endsAfterMs: number;
  /** Calls back when the reader lost access; returns how to stop. */
  onRevoked(end: () => void): () => void;
}

const heartbeatMs = 15_000;

/** Writes events until `finished`, the end of the token, or the client goes away. */
export async function streamEvents(
  response: Response,
  source: EventSource,
  afterSeq: number,
): Promise<void> {
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  response.write('retry: 2000\n\n');
  const gate = new Gate();
  const stops = [
    source.listen(() => gate.open()),
    source.onRevoked(() => response.end()),
    every(heartbeatMs, () => response.write(': still here\n\n')),
    every(Math.min(Math.max(source.endsAfterMs, 1), endsAfterMsMax), () => response.end()),
  ];
  response.once('close', () => gate.open());
  try {
    await follow(response, source, { gate, afterSeq });
  } finally {
    for (const stop of stops) stop();
    response.end();
  }
}

async function follow(
  response: Response,
  source: EventSource,
  from: { gate: Gate; afterSeq: number },
): Promise<void> {
  let { afterSeq } = from;
  while (!response.writableEnded && !response.destroyed) {
    for (const event of await source.load(afterSeq)) {
      response.write(textOf(event));
      afterSeq = event.seq;
      if (event.type === 'finished') return;
    }
    await from.gate.passed();
  }
}

/** JSON never contains a line break, so one data line is always enough. */
function textOf(event: StoredEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

function every(milliseconds: number, work: () => void): () => void {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
}
