/**
 * Looks at a token before any library does: the libraries accept things they should not, such as
 * unknown `crit` headers or payloads that repeat a claim.
 */
import { parseGuardedJson } from '../json-body.ts';

const bytesMax = 4096;
const forbiddenHeaders = ['crit', 'jku', 'jwk', 'x5u', 'x5c'];

/** Headers that were found good, with the key id in each: there is one per key and kind of token. */
const goodHeaders = new Map<string, string>();
const goodHeadersMax = 64;

/** The key id of a well-formed token of a type, or undefined when it is anything else. */
export function keyIdOf(token: string, type = 'at+jwt'): string | undefined {
  const [header, payload, signature, ...more] = token.split('.', 4);
  if (token.length > bytesMax || header === undefined || more.length > 0) return undefined;
  if (!isStrictBase64(signature)) return undefined;
  const fields = objectIn(payload);
  return fields === undefined ? undefined : keyIdIn(header, type);
}

function keyIdIn(header: string, type: string): string | undefined {
  const name = `${type} ${header}`;
  const known = goodHeaders.get(name);
  if (known !== undefined) return known;
  const fields = objectIn(header);
  if (fields === undefined) return undefined;
  if (forbiddenHeaders.some((field) => Object.hasOwn(fields, field))) return undefined;
  const { typ, alg, kid } = fields;
  if (typ !== type || alg !== 'RS256' || typeof kid !== 'string') return undefined;
  if (!/^[\w-]{1,64}$/.test(kid)) return undefined;
  if (goodHeaders.size >= goodHeadersMax) goodHeaders.clear();
  goodHeaders.set(name, kid);
  return kid;
}

const alphabet = /^[\w-]+$/;
/** How the last character may end when two or three of a group of four are there: unused bits are 0. */
const lastOfTwo = 'AQgw';
const lastOfThree = 'AEIMQUYcgkosw048';

/** Base64url without padding, in its one canonical spelling. */
function isStrictBase64(part: string | undefined): part is string {
  if (part === undefined || !alphabet.test(part)) return false;
  const rest = part.length % 4;
  if (rest === 2) return lastOfTwo.includes(part.slice(-1));
  return rest === 0 || (rest === 3 && lastOfThree.includes(part.slice(-1)));
}

type Fields = Partial<Record<'typ' | 'alg' | 'kid', unknown>>;

function objectIn(part: string | undefined): Fields | undefined {
  if (!isStrictBase64(part)) return undefined;
  const parsed = parseGuardedJson(Buffer.from(part, 'base64url').toString('utf8'));
  if ('problem' in parsed) return undefined;
  const { value } = parsed;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
