/** The shape of a row in the catalogues of details, and how its phrases are compared. */
import type { PartyKind } from './counterparty.ts';
import type { Channel, Direction } from './terms.ts';

export type Trait = 'fee' | 'own-money' | 'loan-principal' | 'fuliza' | 'no-money' | 'likely';

/** How the text after the phrase names the other side. */
export type PartyRule =
  | { rule: 'none' }
  /** The wording itself names it: Fuliza, Safaricom, the owner's M-Shwari. */
  | { rule: 'fixed'; kind: PartyKind; name: string }
  /** `N - X`, `- P X`, `P - X` or `NX`. */
  | { rule: 'named'; kind: PartyKind }
  /** `N - X Acc. R`. */
  | { rule: 'account'; kind: PartyKind }
  /** A card payment: the merchant is the account text, ending in a country code. */
  | { rule: 'card-merchant' }
  /** `N - X. for Mobile No. P`: the phone is the other side, the number its operator. */
  | { rule: 'other-network' };

export interface CatalogueEntry {
  /** Number of the row in the catalogue; variants of one row share it. */
  row: number;
  /** Beginnings that match, first one wins; a trailing … lets the last word go on. */
  begins: readonly string[];
  /** For wordings that no beginning describes; tried when no beginning matched. */
  pattern?: RegExp;
  purpose: string;
  channel: Channel;
  /** Undefined where the wording alone does not settle it. */
  direction: Direction | undefined;
  party: PartyRule;
  traits: readonly Trait[];
  /** Completes the sentence "“Pay Bill to” means …". */
  meaning: string;
}

export interface CompiledEntry extends CatalogueEntry {
  patterns: readonly RegExp[];
}

/**
 * Turns beginnings into patterns that ignore case and repeated spaces, take spaces around a hyphen
 * as absent, and read MPESA, M-PESA and M- PESA alike.
 */
export function compileEntry(entry: CatalogueEntry): CompiledEntry {
  const patterns = entry.begins.map(toPattern);
  return { ...entry, patterns: entry.pattern ? [...patterns, entry.pattern] : patterns };
}

function toPattern(phrase: string): RegExp {
  const isOpen = phrase.endsWith('…');
  const source = (isOpen ? phrase.slice(0, -1) : phrase)
    .split(/(M-PESA)/i)
    .map((part) => (/^M-PESA$/i.test(part) ? 'M\\s*-?\\s*PESA' : escapePhrase(part)))
    .join('');
  return new RegExp(`^${source}${isOpen ? '\\w*' : '(?![A-Za-z])'}`, 'i');
}

function escapePhrase(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/ ?- ?/g, '\\s*-\\s*')
    .replace(/ /g, '\\s+');
}
