/** Reads the details of a row: what kind of movement it is, who is on the other side, and why. */
import type { CatalogueEntry } from './catalogue-entry.ts';
import { keyOf, phoneIn, readCounterparty, splitAccount } from './counterparty.ts';
import { personalCatalogue } from './details-catalogue.ts';
import { organisationCatalogue } from './organisation-catalogue.ts';
import { tellReading } from './reading-phrases.ts';
import type { Counterparty, Reading } from './terms.ts';

export type Side = 'personal' | 'organisation';

export interface DetailsContext {
  side: Side;
  transactionType?: string | undefined;
  reasonType?: string | undefined;
  otherParty?: string | undefined;
}

interface Match {
  entry: CatalogueEntry;
  phrase: string;
  rest: string;
}

const catalogues: Readonly<Record<Side, readonly CatalogueEntry[]>> = {
  personal: personalCatalogue,
  organisation: organisationCatalogue,
};

/**
 * Mends what line breaks do to details: single spaces, and `M- PESA` back to `M-PESA`. Other spaces
 * around hyphens stay, because they may be part of a name.
 */
function repairDetails(details: string): string {
  const spaced = /\s\s|[^\S ]/.test(details) ? details.replace(/\s+/g, ' ') : details;
  return spaced.trim().replace(/\bM ?- ?PESA\b/gi, (found) => found.replace(/ /g, ''));
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
  const { entry, phrase } = match;
  const isCertain = byDetails !== undefined && !entry.isLikelyOnly;
  const own = byDetails ? partyOf(match) : undefined;
  return {
    purpose: entry.purpose,
    channel: entry.channel,
    wordingDirection: entry.direction,
    counterparty: entry.nature === 'fee' ? undefined : withOtherParty(own, match, context),
    isFee: entry.nature === 'fee',
    isOwnMoney: entry.nature === 'own-money',
    isLoanPrincipal: entry.nature === 'loan-principal',
    isFulizaFunded: isFulizaFunded(match, context),
    confidence: isCertain ? 'certain' : 'likely',
    reason: tellReading('wording', { phrase, meaning: entry.meaning }),
  };
}

function findEntry(text: string, side: Side): Match | undefined {
  for (const entry of catalogues[side]) {
    const found = entry.pattern.exec(text);
    if (found) return { entry, phrase: found[0].trim(), rest: text.slice(found[0].length) };
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

function isFulizaFunded(match: Match, context: DetailsContext): boolean {
  if (match.entry.isFulizaFunded) return true;
  if (match.entry.nature === 'fee') return false;
  const { transactionType = '', reasonType = '' } = context;
  return /\bwith OD\b/i.test(transactionType) || /\bwith OD\b/i.test(reasonType);
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
      return nonEmpty(readCounterparty(text, party));
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

const fixedNames: ReadonlySet<string> = new Set(
  Object.values(catalogues)
    .flat()
    .flatMap(({ party }) => (party.rule === 'fixed' ? [party.name] : [])),
);

/** The key of a counterparty that was kept without it. */
export function keyAgain(party: Omit<Counterparty, 'key'>): string | undefined {
  const { name, msisdn, shortcode, accountReference } = party;
  const isBare = (msisdn ?? shortcode ?? accountReference) === undefined;
  return isBare && name !== undefined && fixedNames.has(name) ? name : keyOf(party);
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
    reason: tellReading('unknown'),
  };
}
