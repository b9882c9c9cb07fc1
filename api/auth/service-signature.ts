/**
 * How services prove themselves to each other: an HMAC over method, path, body, time, nonce and the
 * name of the caller, under a key of that caller alone. Good for a minute, and once. These headers
 * mean nothing at the edge, which takes them off every request that comes from outside.
 */
import { createHash, createHmac, hkdfSync, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedParts {
  method: string;
  /** With its query, as it stands in the request line. */
  path: string;
  body: Uint8Array;
}

const prefix = 'x-internal-';
const skewMs = 60_000;
const servicePattern = /^[a-z][a-z-]{1,30}$/;

/** The key of a service; each gets its own, so none can speak for another, and a new one by rotation. */
export function serviceKey(kek: Uint8Array, service: string, generation: number): Buffer {
  const purpose = `service ${service} ${generation}`;
  return Buffer.from(hkdfSync('sha256', kek, 'daftari', purpose, 32));
}

export interface ServiceCaller {
  service: string;
  key: Uint8Array;
  /** Which of the keys the service has had this is; 1 is the first. */
  generation: number;
}

/** The headers a service adds to its request. */
export function signRequest(
  request: SignedParts,
  caller: ServiceCaller,
  nowMs: number,
): Record<string, string> {
  const { service, generation } = caller;
  const stamp = { service, generation, timestamp: String(nowMs), nonce: randomUUID() };
  return {
    [`${prefix}service`]: service,
    [`${prefix}key`]: String(generation),
    [`${prefix}timestamp`]: stamp.timestamp,
    [`${prefix}nonce`]: stamp.nonce,
    [`${prefix}signature`]: signatureOf(request, stamp, caller.key).toString('base64url'),
  };
}

interface Stamp {
  service: string;
  generation: number;
  timestamp: string;
  nonce: string;
}

function signatureOf({ method, path, body }: SignedParts, stamp: Stamp, key: Uint8Array): Buffer {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const { timestamp, nonce, service, generation } = stamp;
  const request = [method.toUpperCase(), path, bodyHash];
  const text = ['v1', ...request, timestamp, nonce, service, generation].join('\n');
  return createHmac('sha256', key).update(text).digest();
}

export interface SignatureCheck {
  /** Services that may call this; others are refused however well they sign. */
  callers: readonly string[];
  /** A key that is accepted now; undefined when it was replaced and the overlap is over. */
  keyOf: (service: string, generation: number) => Promise<Uint8Array | undefined>;
  /** Takes a nonce; false when it was seen in the last minutes. */
  takeNonce: (service: string, nonce: string) => Promise<boolean>;
  nowMs: number;
}

/** The service that signed a request; undefined when anything about it is not right. */
export async function verifyRequest(
  request: SignedParts & { headers: IncomingHttpHeaders },
  check: SignatureCheck,
): Promise<string | undefined> {
  const value = (name: string) => {
    const header = request.headers[`${prefix}${name}`];
    return typeof header === 'string' ? header : '';
  };
  const stamp = {
    service: value('service'),
    generation: Number(value('key')),
    timestamp: value('timestamp'),
    nonce: value('nonce'),
  };
  const isShaped =
    servicePattern.test(stamp.service) &&
    /^[1-9]\d{0,6}$/.test(value('key')) &&
    /^\d{13}$/.test(stamp.timestamp) &&
    /^[\w-]{16,64}$/.test(stamp.nonce) &&
    /^[\w-]{43}$/.test(value('signature'));
  if (!isShaped || !check.callers.includes(stamp.service)) return undefined;
  if (Math.abs(check.nowMs - Number(stamp.timestamp)) > skewMs) return undefined;
  const key = await check.keyOf(stamp.service, stamp.generation);
  if (key === undefined) return undefined;
  const expected = signatureOf(request, stamp, key);
  if (!timingSafeEqual(expected, Buffer.from(value('signature'), 'base64url'))) return undefined;
  return (await check.takeNonce(stamp.service, stamp.nonce)) ? stamp.service : undefined;
}

/** Takes everything off a request from outside that only services may say. */
export function stripInternalHeaders(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) if (name.startsWith(prefix)) delete headers[name];
}
