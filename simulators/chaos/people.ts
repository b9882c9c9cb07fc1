/** Who asks for things during a seed: one of them pushes, pays in or pays out, and never gives up. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../statements/random.ts';

export interface Person {
  /** The public API of the product. */
  url: string;
  token: string;
  shortcodeId: string;
}

export type Wish =
  | { kind: 'push'; msisdn: string; amountCents: number; accountReference: string }
  | { kind: 'payout'; msisdn: string; amountCents: number }
  | { kind: 'payment'; msisdn: string; amountCents: number; accountReference: string };

/** The id of what a wish became, as the API names it; null for what it refused. */
export interface Granted {
  wish: Wish;
  id: string | null;
  status: number;
  text: string;
}

const patienceMs = 120_000;

/** Draws an operation; amounts stay below every limit that would need a second person. */
export function drawWish(random: Random, serial: number): Wish {
  const msisdn = `2547${String(10_000_000 + random.int(0, 400)).padStart(8, '0')}`;
  const reference = `C${serial}`;
  const die = random.next();
  if (die < 0.55) {
    return {
      kind: 'push',
      msisdn,
      amountCents: random.int(1, 900) * 100,
      accountReference: reference,
    };
  }
  if (die < 0.85) return { kind: 'payout', msisdn, amountCents: random.int(10, 90) * 100 };
  return {
    kind: 'payment',
    msisdn,
    amountCents: random.int(1, 500) * 100,
    accountReference: reference,
  };
}

/**
 * Asks the API with one idempotency key until it answers with a yes or a no, however often the
 * gateway dies in between. Throws after two minutes.
 */
export async function askFor(person: Person, wish: Wish): Promise<Granted> {
  const { path, body } = requestOf(person, wish);
  const headers = {
    authorization: `Bearer ${person.token}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const untilMs = Date.now() + patienceMs;
  let last = 'nothing';
  for (let waitMs = 50; Date.now() < untilMs; waitMs = Math.min(1_000, waitMs * 2)) {
    const { status, text } = await attempt(`${person.url}${path}`, init);
    if (!isWorthRepeating(status)) return { wish, status, text, id: idIn(text) };
    last = text;
    await delay(waitMs);
  }
  throw new Error(`no answer to a ${wish.kind} for two minutes, only: ${last}`);
}

async function attempt(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

/** No answer, a fault, a first request still in work, or a quota: none of them is a no. */
function isWorthRepeating(status: number): boolean {
  return status === 0 || status >= 500 || status === 409 || status === 429;
}

function requestOf({ shortcodeId }: Person, wish: Wish): { path: string; body: object } {
  switch (wish.kind) {
    case 'push': {
      const { msisdn, amountCents, accountReference } = wish;
      return {
        path: '/v1/collections',
        body: { shortcodeId, msisdn, amountCents, accountReference },
      };
    }
    case 'payout': {
      const { msisdn, amountCents } = wish;
      const payee = { kind: 'msisdn', msisdn };
      return {
        path: '/v1/disbursements',
        body: { shortcodeId, kind: 'business-payment', amountCents, payee },
      };
    }
    case 'payment':
      throw new Error('payments come from the phone, not from the API');
  }
}

function idIn(text: string): string | null {
  return /"((?:col|dis)_[0-9a-f]{32})"/.exec(text)?.[1] ?? null;
}
