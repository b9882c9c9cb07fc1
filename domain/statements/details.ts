/** Reads the details of a row: what kind of movement it is, who is on the other side, and why. */
import { compileEntry } from './catalogue-entry.ts';
import type { CompiledEntry, Trait } from './catalogue-entry.ts';
import { keyOf, phoneIn, readCounterparty, splitAccount } from './counterparty.ts';
import { personalCatalogue } from './details-catalogue.ts';
import { organisationCatalogue } from './organisation-catalogue.ts';
import type { Counterparty, Reading } from './terms.ts';

export type Side = 'personal' | 'organisation';

export interface DetailsContext {
  side: Side;
  transactionType?: string | undefined;
  reasonType?: string | undefined;
  otherParty?: string | undefined;
}

interface Match {
  entry: CompiledEntry;
  phrase: string;
  rest: string;
}

const catalogues: Readonly<Record<Side, readonly CompiledEntry[]>> = {
  personal: personalCatalogue.map(compileEntry),
  organisation: organisationCatalogue.map(compileEntry),
};

/**
 * Mends what line breaks do to details: single spaces, and `M- PESA` back to `M-PESA`. Other spaces
 * around hyphens stay, because they may be part of a name.
 */
export function repairDetails(details: string): string {
  return details
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\bM ?- ?PESA\b/gi, (found) => found.replace(/ /g, ''));
}

/**
 * Reads details by the catalogue of the side whose account it is; the first match wins. On an
 * organisation's side a wording that is not known falls back to the type columns. Unknown wording
 * gives purpose `other` with low confidence and keeps the text as the counterparty's name.
 */
export function readDetails(details: string, context: DetailsContext): Reading {
  const text = repairDetails(details);
  const byDetails = findEntry(text, context.side);
  const match = byDetails ?? findByType(context);
  if (!match) return fallback(text, context);
  const isCertain = byDetails !== undefined && !match.entry.traits.includes('likely');
  const own = byDetails ? partyOf(match) : undefined;
  const counterparty = has(match, 'fee') ? undefined : withOtherParty(own, match, context);
  return {
    ...describe(match, isFulizaFunded(match, context)),
    counterparty,
    confidence: isCertain ? 'certain' : 'likely',
  };
}

function findEntry(text: string, side: Side): Match | undefined {
  for (const entry of catalogues[side]) {
    for (const pattern of entry.patterns) {
      const found = pattern.exec(text);
      if (found) return { entry, phrase: found[0].trim(), rest: text.slice(found[0].length) };
    }
  }
  return undefined;
}

function findByType({ side, transactionType, reasonType }: DetailsContext): Match | undefined {
  if (side === 'personal') return undefined;
  for (const type of [transactionType, reasonType]) {
    const match = type ? findEntry(repairDetails(type), side) : undefined;
    if (match) return match;
  }
  return undefined;
}

function has(match: Match, trait: Trait): boolean {
  return match.entry.traits.includes(trait);
}

function isFulizaFunded(match: Match, context: DetailsContext): boolean {
  if (has(match, 'fuliza')) return true;
  const types = `${context.transactionType ?? ''} ${context.reasonType ?? ''}`;
  return !has(match, 'fee') && /\bwith OD\b/i.test(types);
}

function describe(
  match: Match,
  isFulizaFunded: boolean,
): Omit<Reading, 'counterparty' | 'confidence'> {
  const { entry, phrase } = match;
  return {
    purpose: entry.purpose,
    channel: entry.channel,
    wordingDirection: entry.direction,
    isFee: has(match, 'fee'),
    isOwnMoney: has(match, 'own-money'),
    isLoanPrincipal: has(match, 'loan-principal'),
    isFulizaFunded,
    reason: `“${phrase}” means ${entry.meaning}.`,
  };
}

function partyOf({ entry, rest }: Match): Counterparty | undefined {
  const { party } = entry;
  const text = rest.replace(/^\s*(?:from|to|by|at)\b(?=[\s-])/i, '');
  switch (party.rule) {
    case 'none':
      return undefined;
    case 'fixed':
      return fixedParty(party.kind, party.name);
    case 'named':
      return nonEmpty(readCounterparty(text, { kind: party.kind, hasAccount: false }));
    case 'account':
      return nonEmpty(readCounterparty(text, { kind: party.kind, hasAccount: true }));
    case 'card-merchant':
      return cardMerchant(text);
    case 'other-network':
      return otherNetwork(text);
  }
}

function fixedParty(kind: Counterparty['kind'], name: string): Counterparty {
  const none = { msisdn: undefined, shortcode: undefined, accountReference: undefined };
  return { kind, name, ...none, key: name };
}

function nonEmpty(party: Counterparty): Counterparty | undefined {
  const { name, msisdn, shortcode, accountReference } = party;
  return name || msisdn || shortcode || accountReference ? party : undefined;
}

function cardMerchant(text: string): Counterparty {
  const party = readCounterparty(text, { kind: 'business', hasAccount: true });
  const name = party.accountReference?.replace(/\s+[A-Z]{2}$/, '') ?? party.name;
  return { ...party, kind: 'business', name, key: keyOf({ ...party, kind: 'business', name }) };
}

function otherNetwork(text: string): Counterparty {
  const [operator = '', mobile = ''] = text.split(/\.?\s*\bfor Mobile No\.?/i);
  const party = readCounterparty(operator, { kind: 'operator', hasAccount: false });
  const msisdn = phoneIn(mobile);
  if (msisdn === undefined) return party;
  const person = { kind: 'person', name: undefined, msisdn, shortcode: party.shortcode } as const;
  return { ...party, ...person, key: keyOf(person) };
}

/** The `Other Party Info` column fills in what the details leave out. */
function withOtherParty(
  own: Counterparty | undefined,
  match: Match,
  { otherParty }: DetailsContext,
): Counterparty | undefined {
  if (match.entry.party.rule === 'fixed') return own ?? partyOf(match);
  const other = readOtherParty(otherParty);
  if (!own || !other) return own ?? other;
  if (own.name !== undefined || own.msisdn !== undefined) return own;
  return { ...other, accountReference: own.accountReference };
}

function readOtherParty(otherParty: string | undefined): Counterparty | undefined {
  const text = repairDetails(otherParty ?? '');
  // "SP" is the service provider itself and stands on charge rows.
  if (text === '' || text === 'SP') return undefined;
  return nonEmpty(readCounterparty(text, { kind: 'unknown', hasAccount: false }));
}

function fallback(text: string, context: DetailsContext): Reading {
  const { head } = splitAccount(text);
  const own =
    text === '' ? undefined : readCounterparty(head, { kind: 'unknown', hasAccount: false });
  return {
    purpose: 'other',
    channel: 'other',
    wordingDirection: undefined,
    counterparty: readOtherParty(context.otherParty) ?? own,
    isFee: false,
    isOwnMoney: false,
    isLoanPrincipal: false,
    isFulizaFunded: false,
    confidence: 'low',
    reason: 'No known wording matched; the direction is that of the printed column.',
  };
}
