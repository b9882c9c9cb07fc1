/** Turns the catalogue tables into patterns and facts. */
import type { PartyKind } from './counterparty.ts';
import { purposes } from './purposes.ts';
import type { Purpose } from './purposes.ts';
import type { Direction } from './terms.ts';

/** How the text after the phrase names the other side. */
export type PartyRule =
  | { rule: 'none' }
  /** The wording itself names it: Fuliza, Safaricom, the owner's M-Shwari. */
  | { rule: 'fixed'; kind: PartyKind; name: string }
  /** `N - X`, `- P X`, `P - X` or `NX`, and with an account `N - X Acc. R`. */
  | { rule: 'named'; kind: PartyKind; hasAccount: boolean }
  /** A card payment: the merchant is the account text, ending in a country code. */
  | { rule: 'card-merchant' }
  /** `N - X. for Mobile No. P`: the phone is the other side, the number its operator. */
  | { rule: 'other-network' };

export interface CatalogueEntry extends Purpose {
  /** Number of the row in the catalogue; variants of one row share it. */
  row: number;
  pattern: RegExp;
  purpose: string;
  /** Undefined where the wording alone does not settle it. */
  direction: Direction | undefined;
  party: PartyRule;
  isFulizaFunded: boolean;
  /** The wording is known from one source or from general knowledge only. */
  isLikelyOnly: boolean;
}

/**
 * Compiles a table of lines `row | begins | purpose | direction | other side | traits`; the first
 * line is its heading. `begins` is a phrase or, between slashes, a pattern; `-` stands for nothing.
 * The other side is `kind`, `kind + account`, `kind = FIXED NAME` or a rule by name. Throws on a
 * line it cannot read, because the tables are ours.
 */
export function compileCatalogue(table: string): readonly CatalogueEntry[] {
  return table.trim().split('\n').slice(1).map(compileLine);
}

function compileLine(line: string): CatalogueEntry {
  const [row = '', begins = '', purpose = '', direction, party = '', traits = ''] =
    line.split(' | ');
  const facts = purposes.get(purpose);
  if (!facts) throw new Error(`the catalogue has an unknown purpose: ${line}`);
  return {
    ...facts,
    row: Number(row),
    pattern: begins.startsWith('/') ? new RegExp(begins.slice(1, -1), 'i') : toPattern(begins),
    purpose,
    direction: direction === 'in' || direction === 'out' ? direction : undefined,
    party: toPartyRule(party),
    isFulizaFunded: traits.includes('fuliza'),
    isLikelyOnly: traits.includes('likely'),
  };
}

/**
 * A phrase as a pattern that ignores case and repeated spaces, takes spaces around a hyphen as
 * absent, and reads MPESA, M-PESA and M- PESA alike; a trailing … lets the last word go on.
 */
function toPattern(phrase: string): RegExp {
  const isOpen = phrase.endsWith('…');
  const source = (isOpen ? phrase.slice(0, -1) : phrase)
    .split(/(M-PESA)/i)
    .map((part) => (/^M-PESA$/i.test(part) ? String.raw`M\s*-?\s*PESA` : escapePhrase(part)))
    .join('');
  return new RegExp(`^${source}${isOpen ? String.raw`\w*` : '(?![A-Za-z])'}`, 'i');
}

function escapePhrase(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
    .replace(/ ?- ?/g, String.raw`\s*-\s*`)
    .replace(/ /g, String.raw`\s+`);
}

const partyKinds: readonly PartyKind[] = [
  'person',
  'business',
  'agent',
  'bank',
  'operator',
  'own-account',
  'unknown',
];

function toPartyRule(text: string): PartyRule {
  if (text === '-') return { rule: 'none' };
  if (text === 'card-merchant' || text === 'other-network') return { rule: text };
  const [word = '', sign, ...name] = text.split(' ');
  const kind = partyKinds.find((known) => known === word);
  if (!kind) throw new Error(`the catalogue has an unknown kind of other side: ${text}`);
  if (sign === '=') return { rule: 'fixed', kind, name: name.join(' ') };
  return { rule: 'named', kind, hasAccount: sign === '+' };
}
