/**
 * The body of a callback as bytes. What is too large, slow or of another type is refused, but what
 * came of it is kept: with a genuine address it may still be the only witness of a payment. Numbers
 * of payment cards, which payers type as account numbers, are masked before anybody sees or keeps it.
 */
import type { Request } from 'express';
import { maskCardNumbers } from '../../domain/card-number.ts';
import { parseGuardedJson } from '../json-body.ts';
import type { ProblemCode } from '../problems.ts';

/** More than any callback has; what is longer is kept up to here. */
const bytesMax = 64 * 1024;
const arrivalMs = 10_000;

export type RawBody = { bytes: Buffer; maskedCards: number } & (
  | { ok: true; json: unknown }
  /** `cause` names it in the quarantine; there is nothing to keep when no byte came. */
  | { ok: false; problem: ProblemCode; cause: string }
);

export async function readCallback(
  request: Request,
  limits: { arrivalMs?: number } = {},
): Promise<RawBody> {
  const { bytes, ended } = await collect(request, limits.arrivalMs ?? arrivalMs);
  const refuse = (problem: ProblemCode, cause: string): RawBody => {
    // Read as Latin-1, every byte comes back as it was.
    const { text, found: maskedCards } = maskCardNumbers(bytes.toString('latin1'));
    return { ok: false, problem, bytes: Buffer.from(text, 'latin1'), maskedCards, cause };
  };
  if (ended === 'too-large') return refuse('body-too-large', 'too-large');
  if (ended === 'too-slow') return refuse('request-timeout', 'cut-short');
  if (ended === 'broken') return refuse('malformed-request', 'cut-short');
  if (!isJsonType(request)) return refuse('unsupported-media-type', 'not-json-type');
  const text = decode(bytes);
  const parsed = text === undefined ? undefined : parseGuardedJson(text);
  if (text === undefined || parsed === undefined || 'problem' in parsed)
    return refuse('malformed-json', 'malformed');
  const masked = maskTexts(text);
  if (masked.found === 0) return { ok: true, bytes, json: parsed.value, maskedCards: 0 };
  const json: unknown = JSON.parse(masked.text);
  return { ok: true, bytes: Buffer.from(masked.text), json, maskedCards: masked.found };
}

/** Masks within the texts of a JSON document only, so that it stays one and no figure changes. */
function maskTexts(document: string): { text: string; found: number } {
  let found = 0;
  const text = document.replaceAll(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const masked = maskCardNumbers(literal);
    found += masked.found;
    return masked.text;
  });
  return { text, found };
}

function isJsonType(request: Request): boolean {
  const type = request.get('content-type') ?? '';
  const encoding = request.get('content-encoding') ?? 'identity';
  return (
    encoding === 'identity' &&
    /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i.test(type)
  );
}

/** A byte-order mark stays and is refused with the rest: no JSON document begins with one. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

type Ending = 'whole' | 'too-large' | 'too-slow' | 'broken';

function collect(request: Request, withinMs: number): Promise<{ bytes: Buffer; ended: Ending }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (ended: Ending) => {
      clearTimeout(deadline);
      request.off('data', gather);
      if (ended !== 'whole') request.pause();
      resolve({ bytes: Buffer.concat(chunks).subarray(0, bytesMax), ended });
    };
    const gather = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > bytesMax) end('too-large');
    };
    const deadline = setTimeout(() => end('too-slow'), withinMs);
    request.on('data', gather);
    request.once('end', () => end('whole'));
    request.once('error', () => end('broken'));
    request.once('aborted', () => end('broken'));
  });
}
