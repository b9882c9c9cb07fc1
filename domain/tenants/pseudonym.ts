/**
 * Puts a pseudonym in the place of a person: in texts, and in everything that holds texts. What a
 * text says about money, receipts and dates stays as it is.
 */
import { agreesWithMsisdn } from '../daraja/msisdn.ts';
import { speaksOf, wordsOf, type SubjectQuestion } from './data-subject.ts';

/** Who a person is from now on; the same wherever they are spoken of. */
export interface Pseudonym {
  /** `P-` and eight letters and digits. */
  name: string;
  /** Twelve digits that begin with `2540`, which no phone has, so nothing can ever be sent there. */
  msisdn: string;
}

const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLength = 8;

/** The pseudonym that follows from a keyed digest of who they were; needs 12 bytes of it. */
export function pseudonymFrom(digest: Uint8Array): Pseudonym {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const letters = [...digest.subarray(0, codeLength)].map(
    (byte) => codeAlphabet[byte % codeAlphabet.length],
  );
  const digits = String(view.getUint32(codeLength) % 100_000_000).padStart(8, '0');
  return { name: `P-${letters.join('')}`, msisdn: `2540${digits}` };
}

export interface Replacement {
  person: SubjectQuestion;
  as: Pseudonym;
  /** Names of theirs as a row spells them, gone whole before single words are looked at. */
  alsoKnownAs?: readonly string[];
}

/**
 * The text without the person: the number in any form, every word of the name, and masked numbers
 * that can be theirs. A number keeps its length, so what was a short form stays one. Only for texts of
 * a row that speaks of the person.
 */
export function withoutPerson(text: string, replacement: Replacement): string {
  const { person, as, alsoKnownAs = [] } = replacement;
  const known = alsoKnownAs
    .filter((name) => name.length > 1)
    .reduce((rest, name) => rest.replaceAll(name, as.name), text);
  const unmasked = known.replaceAll(maskedNumber, (mask) =>
    couldBe(mask, person) ? as.msisdn : mask,
  );
  return withoutName(withoutNumber(unmasked, replacement), replacement);
}

/** `0712***678`, `2547 ***** 678`, `+25471****678`. */
const maskedNumber = /\+?\d{1,7}\s?\*{2,9}\s?\d{2,4}/g;

/** Without a number every mask in a row about the person counts as theirs. */
function couldBe(mask: string, { msisdn }: SubjectQuestion): boolean {
  return msisdn === undefined || agreesWithMsisdn(mask, msisdn) !== false;
}

function withoutNumber(text: string, { person: { msisdn }, as }: Replacement): string {
  if (msisdn === undefined) return text;
  const digits = [...msisdn.slice(-9)].join(String.raw`[\s-]*`);
  const forms = new RegExp(String.raw`(\+?2[\s-]*5[\s-]*4[\s-]*|0[\s-]*)?${digits}`, 'g');
  return text.replaceAll(forms, (_whole, prefix: string | undefined) => {
    if (prefix === undefined) return as.msisdn.slice(-9);
    return prefix.startsWith('0') ? `0${as.msisdn.slice(-9)}` : as.msisdn;
  });
}

function withoutName(text: string, { person: { name = '' }, as }: Replacement): string {
  const wanted = new Set(wordsOf(name));
  if (wanted.size === 0) return text;
  let isNamed = false;
  const replaced = text.normalize('NFKC').replaceAll(/[\p{L}\p{M}\p{N}']+/gu, (word) => {
    if (!wanted.has(word.toUpperCase())) return word;
    const instead = isNamed ? '' : as.name;
    isNamed = true;
    return instead;
  });
  return isNamed ? replaced.replaceAll(/ {2,}/g, ' ') : text;
}

/** The same for every text and number in a value as JSON holds it; keys stay. */
export function withoutPersonIn(value: unknown, replacement: Replacement): unknown {
  if (typeof value === 'string') return withoutPerson(value, replacement);
  if (typeof value === 'number') {
    const text = withoutNumber(String(value), replacement);
    return text === String(value) ? value : Number(text);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutPersonIn(item, replacement));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutPersonIn(item, replacement)]),
  );
}

/** Whether this name or number is the person's own, as far as it shows. */
export function isThem(
  party: { name?: string | undefined; msisdn?: string | undefined },
  person: SubjectQuestion,
): boolean {
  return speaksOf(`${party.name ?? ''} ${party.msisdn ?? ''}`, person);
}

/** Fields of M-PESA's callbacks that say who paid or was paid, next to their number. */
const partyFields: readonly RegExp[] = [
  /("(?:FirstName|MiddleName|LastName)"\s*:\s*")([^"]*)(")/g,
  /("Key"\s*:\s*"(?:ReceiverPartyPublicName|DebitPartyName|CreditPartyName)"\s*,\s*"Value"\s*:\s*")([^"]*)(")/g,
  /("MSISDN"\s*:\s*")([^"]*)(")/g,
];

/** A callback as it came, without the person; everything else of it stays byte for byte. */
export function callbackWithoutPerson(body: string, replacement: Replacement): string {
  const { person, as } = replacement;
  const isFlat = /"(?:FirstName|MSISDN)"\s*:/.test(body);
  const [names, parties, numbers] = partyFields;
  let rest = body;
  if (isFlat && names !== undefined && numbers !== undefined) {
    let count = 0;
    rest = rest.replaceAll(names, (_whole, before: string, _name, after: string) => {
      count += 1;
      return `${before}${count === 1 ? as.name : ''}${after}`;
    });
    rest = rest.replaceAll(numbers, `$1${as.msisdn}$3`);
  }
  if (parties !== undefined) {
    rest = rest.replaceAll(parties, (whole, before: string, said: string, after: string) =>
      speaksOf(said, person) ? `${before}${as.msisdn} - ${as.name}${after}` : whole,
    );
  }
  return withoutPerson(rest, replacement);
}
