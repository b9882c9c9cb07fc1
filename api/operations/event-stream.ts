/** Live events of one thing: everything since the last id, then as it happens until it is over. */
import type { Response } from 'express';
import { socketFeed } from '../edge/web-sockets.ts';
import type { Feed, StoredEvent } from './feed.ts';
import { Gate } from './gate.ts';

/** A key lives for months, a timer for less than 25 days: clients come back after a day. */
const endsAfterMsMax = 24 * 60 * 60_000;

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

/**
 * Writes events until `finished`, the end of the token, or the client goes away: as server-sent
 * events, or as messages when a WebSocket was asked for.
 */
export async function streamEvents(
  response: Response,
  source: EventSource,
  afterSeq: number,
): Promise<void> {
  const feed = (await socketFeed(response)) ?? serverSentFeed(response);
  const gate = new Gate();
  const endAccess = () => feed.end('access-over');
  const stops = [
    source.listen(() => gate.open()),
    source.onRevoked(endAccess),
    every(heartbeatMs, () => feed.beat()),
    every(Math.min(Math.max(source.endsAfterMs, 1), endsAfterMsMax), endAccess),
  ];
  feed.onClosed(() => gate.open());
  try {
    await follow(feed, source, { gate, afterSeq });
  } finally {
    for (const stop of stops) stop();
    feed.end('finished');
  }
}

async function follow(
  feed: Feed,
  source: EventSource,
  from: { gate: Gate; afterSeq: number },
): Promise<void> {
  let { afterSeq } = from;
  while (feed.isOpen()) {
    const events = await source.load(afterSeq);
    await feed.send(events);
    afterSeq = events.at(-1)?.seq ?? afterSeq;
    if (events.some(({ type }) => type === 'finished')) return;
    await from.gate.passed();
  }
}

/** JSON never contains a line break, so one data line is always enough. */
function serverSentFeed(response: Response): Feed {
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  response.write('retry: 2000\n\n');
  return {
    isOpen: () => !response.writableEnded && !response.destroyed,
    send: async (events) => {
      for (const { seq, type, data } of events) {
        response.write(`id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      }
    },
    beat: () => response.write(': still here\n\n'),
    end: () => response.end(),
    onClosed: (work) => void response.once('close', work),
  };
}

function every(milliseconds: number, work: () => void): () => void {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
}
