/** Reads JSON bodies strictly: size, charset, depth, repeated keys and reserved keys. */
import type { Request } from 'express';
import { problem, ProblemError, type Problem, type ProblemCode } from './problems.ts';

const bytesMax = 100_000;
const arrivalMs = 30_000;
const depthMax = 32;
const itemsMax = 10_000;
const reservedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** The parsed body; throws `ProblemError` with 400, 413 or 415. */
export async function readJson(request: Request): Promise<unknown> {
  refuseOtherTypes(request);
  const parsed = parseGuardedJson(decodeUtf8(await readLimited(request)));
  if ('problem' in parsed) throw new ProblemError(parsed);
  return parsed.value;
}

function refuseOtherTypes(request: Request): void {
  const type = request.get('content-type') ?? '';
  const isJson = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type);
  const encoding = request.get('content-encoding') ?? 'identity';
  if (!isJson || encoding !== 'identity') throw new ProblemError(problem('unsupported-media-type'));
}

/**
 * Collects the body by events: leaving an async iteration early would destroy the connection before
 * the refusal is sent.
 */
function readLimited(request: Request): Promise<Buffer> {
  const announced = Number(request.get('content-length') ?? 0);
  if (announced > bytesMax) throw new ProblemError(problem('body-too-large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (code: ProblemCode) => {
      clearTimeout(deadline);
      request.pause().removeAllListeners('data');
      reject(new ProblemError(problem(code)));
    };
    const deadline = setTimeout(() => refuse('request-timeout'), arrivalMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytesMax) refuse('body-too-large');
      else chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(deadline);
      resolve(Buffer.concat(chunks));
    });
    request.once('error', () => refuse('malformed-request'));
  });
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ProblemError(problem('malformed-json', { detail: 'The body is not UTF-8.' }));
  }
}

/**
 * Parses JSON and refuses what `JSON.parse` lets through: repeated keys, `__proto__` and its
 * kin, more than 32 levels and arrays or objects of more than 10,000 items.
 */
export function parseGuardedJson(text: string): { value: unknown } | Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('malformed-json', { detail: 'The body is not valid JSON.' });
  }
  const objection = objectionTo(text);
  return objection === undefined ? { value } : problem('malformed-json', { detail: objection });
}

interface Level {
  keys: Set<string> | undefined;
  items: number;
  expectsKey: boolean;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const opening = new Set([0x7b, 0x5b]);
const closing = new Set([0x7d, 0x5d]);

/** Walks the brackets, commas and strings of text that is known to be valid JSON. */
function objectionTo(text: string): string | undefined {
  const levels: Level[] = [];
  let level: Level | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    let objection: string | undefined;
    if (sign === quote) {
      const end = endOfString(text, at);
      if (level?.expectsKey === true) objection = nextKey(level, text.slice(at, end + 1));
      at = end;
    } else if (sign === comma) {
      objection = level === undefined ? undefined : nextItem(level);
    } else if (opening.has(sign)) {
      if (levels.length === depthMax) return `The body nests deeper than ${depthMax} levels.`;
      const keys = sign === 0x7b ? new Set<string>() : undefined;
      level = { keys, items: 1, expectsKey: keys !== undefined };
      levels.push(level);
    } else if (closing.has(sign)) {
      levels.pop();
      level = levels.at(-1);
    }
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, place: number): boolean {
  let first = place;
  while (text.charCodeAt(first - 1) === backslash) first -= 1;
  return (place - first) % 2 === 1;
}

function nextItem(level: Level): string | undefined {
  level.items += 1;
  level.expectsKey = level.keys !== undefined;
  return level.items > itemsMax ? `A list has more than ${itemsMax} items.` : undefined;
}

function nextKey(level: Level, quoted: string): string | undefined {
  if (level.keys === undefined) return undefined;
  level.expectsKey = false;
  const key = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
  if (reservedKeys.has(key)) return `The key ${key} is reserved.`;
  if (level.keys.has(key)) return 'The body repeats a key.';
  level.keys.add(key);
  return undefined;
}
