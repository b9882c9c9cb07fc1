/** Takes the other side of a payment apart: identifier, name, account text and a stable key. */
import { billerHint } from './billers.ts';
import type { Counterparty } from './terms.ts';

export type PartyKind = Counterparty['kind'];

/** `0712***678`, `07******678`, `25471****678`, `+254712***678`, or the same in clear. */
const phone = String.raw`\+?\d{2,7}\*{2,9}\d{2,4}|\+?254[17]\d{8}|0[17]\d{8}|(?<!\d)[17]\d{8}(?!\d)`;
const phoneFirst = new RegExp(`^(?<phone>${phone})(?![\\d*])`);
const shortcodeFirst = /^(?<code>\d{4,9})(?!\d)/;
const phoneAnywhere = new RegExp(`(?<![\\d*])(?:${phone})(?![\\d*])`);

/** What follows the name and is not part of it; applied in turn from the end of the text. */
const tails: readonly RegExp[] = [
  /[\s.]*\bOriginal conversation ID\b.*$/i,
  /\s+via\s+(?:API|WEB|STK|USSD|APP)\b.*$/i,
  /\s*-\s*APP to Customer\b.*$/i,
  /\s+to Customer\b.*$/i,
  /\s+to MPESA Retail\b.*$/i,
  /\s+by\s+\S*\\.*$/i,
  new RegExp(String.raw`\s+by\s*-?\s*(?:${phone})(?!\d).*$`, 'i'),
  /[\s.,-]+$/,
];

/** Cuts conversation ids, channels, the payer's own number and final dots off a name. */
function stripTails(text: string): string {
  return tails.reduce((rest, tail) => rest.replace(tail, ''), text).trim();
}

/** Splits on the last ` Acc. `; an empty account is undefined, as is one that is not printed. */
export function splitAccount(text: string): { head: string; account: string | undefined } {
  const match = /^(?<head>.*)\sAcc\.(?:\s+(?<account>.*))?$/is.exec(text);
  if (!match) return { head: text, account: undefined };
  const account = match.groups?.['account']?.trim();
  return { head: match.groups?.['head'] ?? '', account: account === '' ? undefined : account };
}

/**
 * Reads `N - X Acc. R`, `- P X`, `P - X`, `NX` (product glued to its code) or a bare name. The
 * identifier comes first when there is one, so the name may itself contain ` - `.
 */
export function readCounterparty(
  text: string,
  shape: { kind: PartyKind; hasAccount: boolean },
): Counterparty {
  const { head, account } = shape.hasAccount
    ? splitAccount(text)
    : { head: text, account: undefined };
  const identified = splitIdentifier(stripTails(head.replace(/^[\s:-]+/, '')));
  const name = tidyName(identified.name);
  const kind = kindOf(shape.kind, { ...identified, name });
  return {
    kind,
    name,
    msisdn: identified.msisdn,
    shortcode: identified.shortcode,
    accountReference: account === undefined ? undefined : stripAccountTail(account),
    key: keyOf({ kind, name, msisdn: identified.msisdn, shortcode: identified.shortcode }),
  };
}

function stripAccountTail(account: string): string | undefined {
  const kept = account.replace(/\s+via\s+(?:API|WEB|STK|USSD)\b.*$/i, '').trim();
  return kept === '' ? undefined : kept;
}

interface Identified {
  msisdn: string | undefined;
  shortcode: string | undefined;
  name: string;
}

function splitIdentifier(text: string): Identified {
  const byPhone = phoneFirst.exec(text)?.groups?.['phone'];
  if (byPhone !== undefined) {
    return { msisdn: byPhone, shortcode: undefined, name: text.slice(byPhone.length) };
  }
  const code = shortcodeFirst.exec(text)?.groups?.['code'];
  if (code !== undefined) {
    return { msisdn: undefined, shortcode: code, name: text.slice(code.length) };
  }
  return { msisdn: undefined, shortcode: undefined, name: text };
}

function tidyName(text: string): string | undefined {
  const name = text.replace(/^[\s-]+|[\s.,-]+$/g, '').replace(/\s+/g, ' ');
  return name === '' ? undefined : name;
}

function kindOf(kind: PartyKind, party: Omit<Identified, 'name'> & { name?: string | undefined }) {
  if (kind !== 'business' && kind !== 'unknown') return kind;
  if (kind === 'unknown' && party.msisdn !== undefined) return 'person';
  if (kind === 'unknown' && party.shortcode === undefined) return 'unknown';
  const hint = billerHint({ name: party.name, shortcode: party.shortcode });
  return hint === 'bank' ? 'bank' : 'business';
}

/**
 * The key rows of one counterparty share. A person: the last three digits of the number and the
 * name without masked parts, so `0743***860 JANE DOE` and `254743***860 - JANE DOE` are one. A
 * business: the upper-case name without trailing branch numbers, else its number.
 */
export function keyOf(party: {
  kind: PartyKind;
  name: string | undefined;
  msisdn: string | undefined;
  shortcode: string | undefined;
}): string | undefined {
  const name = party.name && keyName(party.name);
  if (party.msisdn !== undefined) {
    return name ? `${party.msisdn.slice(-3)} ${name}` : visibleDigits(party.msisdn);
  }
  if (!name) return party.shortcode;
  return name.replace(/(?:\s+\d+)+$/, '') || name;
}

function keyName(name: string): string {
  return name
    .toUpperCase()
    .split(/\s+/)
    .filter((part) => !part.includes('*'))
    .join(' ');
}

/** `254712***678` and `0712***678` → `712*678`. */
function visibleDigits(msisdn: string): string {
  return msisdn.replace(/^\+?254|^0/, '').replace(/\*+/, '*');
}

/** The first phone number in a text, masked or clear. */
export function phoneIn(text: string): string | undefined {
  return phoneAnywhere.exec(text)?.[0];
}
