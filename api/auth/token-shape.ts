/**
 * Looks at a token before any library does: the libraries accept things they should not, such as
 * unknown `crit` headers or payloads that repeat a claim.
 */
import { parseGuardedJson } from '../json-body.ts';

const bytesMax = 4096;
const forbiddenHeaders = ['crit', 'jku', 'jwk', 'x5u', 'x5c'];

/** The key id of a well-formed token of a type, or undefined when it is anything else. */
export function keyIdOf(token: string, type = 'at+jwt'): string | undefined {
  const parts = token.split('.');
  if (token.length > bytesMax || parts.length !== 3) return undefined;
  const [header, payload, signature] = parts.map(decodeStrictly);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  const fields = objectOf(header);
  if (fields === undefined || objectOf(payload) === undefined) return undefined;
  if (forbiddenHeaders.some((name) => Object.hasOwn(fields, name))) return undefined;
  const { typ, alg, kid } = fields;
  if (typ !== type || alg !== 'RS256' || typeof kid !== 'string') return undefined;
  return /^[\w-]{1,64}$/.test(kid) ? kid : undefined;
}

/** Base64url without padding, in its one canonical spelling. */
function decodeStrictly(part: string): string | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes.toString('utf8') : undefined;
}

type Fields = Partial<Record<'typ' | 'alg' | 'kid', unknown>>;

function objectOf(text: string): Fields | undefined {
  const parsed = parseGuardedJson(text);
  if ('problem' in parsed) return undefined;
  const { value } = parsed;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
