/**
 * Reads the rows of a collection batch: every row comes out, ready to be sent or with the problem
 * that keeps it from it. The first row names the columns.
 */
import { parseMsisdn, maskMsisdn } from '../daraja/msisdn.ts';
import { cents, type Cents } from '../money.ts';
import { refused, type Outcome } from '../refusal.ts';
import { isCollectible, isDescription, isReference } from './request.ts';

export const collectionRowsMax = 1_000;

export interface CollectionRow {
  /** Counted from 1 below the names of the columns. */
  rowNumber: number;
  problem: 'number' | 'amount' | 'reference' | 'description' | 'repeated' | null;
  amountCents: Cents | null;
  msisdnMasked: string | null;
  words: { msisdn: string; reference: string; description: string };
}

const columnNames = {
  phone: ['phone', 'msisdn', 'phone number', 'mobile', 'number'],
  amount: ['amount', 'amount kes', 'kes'],
  reference: ['reference', 'ref', 'account', 'account reference', 'invoice'],
  description: ['description', 'remarks', 'what for'],
} as const;

type Column = keyof typeof columnNames;

/** The rows of a table of texts; refused when columns are missing or there are too many rows. */
export function collectionRows(
  table: readonly (readonly string[])[],
): Outcome<CollectionRow[], 'columns'> {
  const [header = [], ...rows] = table;
  const at = (column: Column) => {
    const names: readonly string[] = columnNames[column];
    return header.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
  };
  const places = { phone: at('phone'), amount: at('amount'), reference: at('reference') };
  const missing = Object.entries(places).filter(([, place]) => place < 0);
  if (missing.length > 0) {
    const names = missing.map(([name]) => `\`${name}\``).join(', ');
    return refused('columns', `The first row must name the columns; missing: ${names}.`);
  }
  if (rows.length === 0) return refused('columns', 'There is no row below the column names.');
  if (rows.length > collectionRowsMax) {
    return refused('columns', `A batch holds at most ${collectionRowsMax} rows.`);
  }
  const spots = { ...places, description: at('description') };
  const seen = new Set<string>();
  return { ok: true, value: rows.map((cells, index) => readRow(cells, spots, { index, seen })) };
}

function readRow(
  cells: readonly string[],
  spots: Record<Column, number>,
  { index, seen }: { index: number; seen: Set<string> },
): CollectionRow {
  const cell = (column: Column) => (cells[spots[column]] ?? '').trim();
  const number = parseMsisdn(cell('phone'));
  const amountCents = parseShillings(cell('amount'));
  const reference = cell('reference');
  const description = cell('description') || 'Payment';
  const msisdn = number.ok ? number.msisdn : cell('phone').slice(0, 40);
  const key = `${msisdn}|${reference}|${amountCents}`;
  const isRepeated = seen.has(key);
  seen.add(key);
  return {
    rowNumber: index + 1,
    problem: !number.ok
      ? 'number'
      : amountCents === null
        ? 'amount'
        : reference === '' || !isReference(reference)
          ? 'reference'
          : !isDescription(description)
            ? 'description'
            : isRepeated
              ? 'repeated'
              : null,
    amountCents,
    msisdnMasked: number.ok ? maskMsisdn(number.msisdn) : null,
    words: { msisdn, reference: reference.slice(0, 100), description: description.slice(0, 100) },
  };
}

/** `1,500` or `1500.00` → 150000; null for anything but whole shillings within the limits. */
function parseShillings(text: string): Cents | null {
  const plain = text.replaceAll(',', '').replace(/^KES\s*/i, '');
  if (!/^\d{1,6}(\.00?)?$/.test(plain)) return null;
  const amount = Math.round(Number(plain) * 100);
  return isCollectible(amount) ? cents(amount) : null;
}
