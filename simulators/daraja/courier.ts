/** Carries callbacks to the addresses given with the requests, and tries again where that is done. */
import { Agent, request } from 'undici';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Api } from './terms.ts';

export interface Parcel {
  api: Api;
  url: string;
  text: string;
  contentType?: string;
  timeoutMs: number;
  /** Waits before each further try. */
  retriesMs: readonly number[];
  effects: string[];
  /** Told of every try. */
  onTry?: (answer: number | string) => void;
}

export interface Delivered {
  /** The receiver's status, or why there is none. */
  answer: number | string;
  body: string;
}

export interface Courier {
  /** Delivers once and schedules further tries; resolves after the first, whatever came of it. */
  send(parcel: Parcel): Promise<Delivered>;
  /** Keeps a parcel until another one has been delivered, but not longer than `atMostMs`. */
  holdBack(parcel: Parcel, atMostMs: number): void;
  underWay(): number;
  sent(): number;
  close(): Promise<void>;
}

const longestAnswer = 64 * 1024;

export function createCourier(clock: Clock, log: Log): Courier {
  const agent = new Agent({ connections: 128, pipelining: 1, keepAliveTimeout: 10_000 });
  const held = new Set<() => Promise<void>>();
  let underWay = 0;
  let sent = 0;

  async function send(parcel: Parcel): Promise<Delivered> {
    underWay += 1;
    const began = performance.now();
    const delivered = await post(agent, parcel);
    underWay -= 1;
    sent += 1;
    log.add({ at: clock.now(), ...logLine(parcel, delivered, performance.now() - began) });
    parcel.onTry?.(delivered.answer);
    if (!isAcknowledged(delivered)) tryAgain(parcel);
    const releases = [...held];
    held.clear();
    await Promise.all(releases.map((release) => release()));
    return delivered;
  }

  function tryAgain(parcel: Parcel): void {
    const [wait, ...retriesMs] = parcel.retriesMs;
    if (wait === undefined) return;
    clock.after(wait, async () => {
      await send({ ...parcel, retriesMs });
    });
  }

  function holdBack(parcel: Parcel, atMostMs: number): void {
    let isGone = false;
    const release = async (): Promise<void> => {
      if (isGone) return;
      isGone = true;
      cancel();
      held.delete(release);
      await send(parcel);
    };
    const cancel = clock.after(atMostMs, release);
    held.add(release);
  }

  return {
    send,
    holdBack,
    underWay: () => underWay,
    sent: () => sent,
    close: async () => {
      held.clear();
      await agent.destroy();
    },
  };
}

function logLine(parcel: Parcel, { answer, body }: Delivered, tookMs: number) {
  const isAnswered = typeof answer === 'number';
  return {
    direction: 'out',
    api: parcel.api,
    method: 'POST',
    url: parcel.url,
    status: isAnswered ? answer : null,
    tookMs: Math.round(tookMs),
    request: parcel.text,
    response: isAnswered ? body : answer,
    effects: parcel.effects,
  } as const;
}

function isAcknowledged({ answer }: Delivered): boolean {
  return typeof answer === 'number' && answer >= 200 && answer < 300;
}

async function post(
  agent: Agent,
  { url, text, contentType, timeoutMs }: Parcel,
): Promise<Delivered> {
  try {
    const response = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': contentType ?? 'application/json' },
      body: text,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const body = await response.body.text();
    return { answer: response.statusCode, body: body.slice(0, longestAnswer) };
  } catch (error) {
    return { answer: describe(error), body: '' };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (/Timeout/.test(error.name)) return 'timed out';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
