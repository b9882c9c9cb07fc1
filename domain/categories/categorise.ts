/**
 * The deterministic categoriser: the catalogue type decides where it can, then the name of the
 * counterparty, then the rail. It never guesses without saying so.
 */
import { merchantWords } from './merchants.ts';
import { tellReason } from './reason-phrases.ts';
import type { Category, CategoryReading, CategorySubject } from './terms.ts';

const byPurposePrefix: readonly (readonly [prefix: string, category: Category])[] = [
  ['fee', 'charges'],
  ['loan', 'loans'],
  ['savings', 'savings'],
  ['investment', 'investments'],
  ['reversal', 'refunds'],
  ['salary', 'salary'],
  ['remittance', 'remittance'],
  ['airtime', 'airtime-data'],
  ['bundles', 'airtime-data'],
  ['settlement', 'settlement'],
  ['promotion', 'betting'],
];

const byNature: ReadonlyMap<string, CategoryReading> = new Map([
  ['charge', { category: 'charges', confidence: 'certain', reason: tellReason('nature-charge') }],
  ['loan', { category: 'loans', confidence: 'certain', reason: tellReason('nature-loan') }],
]);

const byChannel: Readonly<Record<string, Readonly<Record<'in' | 'out', Category>>>> = {
  'send-money': { in: 'transfers-in', out: 'transfers-out' },
  'receive-money': { in: 'transfers-in', out: 'transfers-out' },
  'other-network': { in: 'transfers-in', out: 'transfers-out' },
  agent: { in: 'cash-in', out: 'cash-out' },
  atm: { in: 'cash-in', out: 'cash-out' },
  airtime: { in: 'refunds', out: 'airtime-data' },
  bundles: { in: 'refunds', out: 'airtime-data' },
  bank: { in: 'bank', out: 'bank' },
  international: { in: 'remittance', out: 'transfers-out' },
  savings: { in: 'savings', out: 'savings' },
  investment: { in: 'investments', out: 'investments' },
  loan: { in: 'loans', out: 'loans' },
  charge: { in: 'refunds', out: 'charges' },
  reversal: { in: 'refunds', out: 'refunds' },
  settlement: { in: 'settlement', out: 'settlement' },
};

/** Rails on which a business is paid by its customers. */
const salesChannels: ReadonlySet<string> = new Set(['paybill', 'till', 'pochi']);

/**
 * Names the category of one row, how sure that is and why. Pure and total: every row gets an answer,
 * `uncategorised` with low confidence when nothing speaks for anything.
 */
export function categorise(subject: CategorySubject): CategoryReading {
  return (
    fromPurpose(subject) ??
    fromNature(subject) ??
    fromSales(subject) ??
    fromName(subject) ??
    fromChannel(subject) ?? {
      category: 'uncategorised',
      confidence: 'low',
      reason: tellReason('nothing'),
    }
  );
}

function fromPurpose({ purpose, direction }: CategorySubject): CategoryReading | undefined {
  const entry = byPurposePrefix.find(
    ([prefix]) => purpose === prefix || purpose.startsWith(`${prefix}.`),
  );
  if (entry === undefined) return undefined;
  const [, category] = entry;
  if (category === 'betting' && direction === 'out') return undefined;
  return { category, confidence: 'certain', reason: tellReason('wording', { purpose }) };
}

function fromNature({ nature }: CategorySubject): CategoryReading | undefined {
  return byNature.get(nature);
}

function fromSales({ direction, channel }: CategorySubject): CategoryReading | undefined {
  if (direction !== 'in' || !salesChannels.has(channel)) return undefined;
  return { category: 'sales', confidence: 'certain', reason: tellReason('sales', { channel }) };
}

function fromName({ counterpartyName, details }: CategorySubject): CategoryReading | undefined {
  const name = counterpartyName?.toLowerCase() ?? '';
  const text = name === '' ? details.toLowerCase() : name;
  for (const { category, words } of merchantWords) {
    const word = words.find((candidate) => startsAWord(text, candidate));
    if (word !== undefined) {
      return { category, confidence: 'likely', reason: tellReason('name', { word: word.trim() }) };
    }
  }
  return undefined;
}

/** A word of the list counts only where a word of the text begins, so `gas` is not found in `Vegas`. */
function startsAWord(text: string, word: string): boolean {
  const padded = `${text} `;
  for (let at = padded.indexOf(word); at !== -1; at = padded.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(padded[at - 1] ?? '')) return true;
  }
  return false;
}

function fromChannel({ channel, direction }: CategorySubject): CategoryReading | undefined {
  const category = byChannel[channel]?.[direction];
  if (category === undefined) return undefined;
  return {
    category,
    confidence: 'likely',
    reason: tellReason(`channel-${direction}`, { channel }),
  };
}
