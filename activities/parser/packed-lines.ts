/**
 * Statement lines on their way out of the cage: of each line its values in one order, without names,
 * and apart from them, once, what a phrase says about all its rows. Most of a line as JSON would be
 * names of fields and the same sentence again; and quotation marks of that sentence would make all
 * the text around it twice as wide, which takes V8 twice as long to write.
 */
import { isCount, isRecord } from './shapes.ts';
import type { Counterparty, Reading, StatementLine } from '../../domain/statements/terms.ts';

/** What all rows of one phrase have in common. */
export type Saying = Omit<Reading, 'counterparty'>;

/** All fields of a line but its reading; a missing one does not compile. */
const fieldPlaces: Readonly<Record<Exclude<keyof StatementLine, 'reading'>, true>> = {
  ...{ ordinal: true, page: true, line: true, raw: true, receipt: true, completedAt: true },
  ...{ details: true, status: true, inCents: true, outCents: true, attemptedCents: true },
  ...{ balanceCents: true, twin: true, initiatedAt: true, linkedReceipt: true },
  ...{ accountReference: true, subAccount: true },
};
const fields = Object.keys(fieldPlaces) as (keyof typeof fieldPlaces)[];

/** Place of the line's saying, its counterparty, then its fields; `null` where it has none. */
type PackedLine = [saying: number, counterparty: Counterparty | null, ...values: unknown[]];

export interface PackedLines {
  sayings: Saying[];
  lines: PackedLine[];
}

export function packLines(lines: readonly StatementLine[]): PackedLines {
  const sayings: Saying[] = [];
  const places = new Map<string, number>();
  const packed = lines.map((line): PackedLine => {
    const { counterparty, ...saying } = line.reading;
    const name = nameOf(saying);
    const place = places.get(name) ?? sayings.push(saying) - 1;
    places.set(name, place);
    return [place, counterparty ?? null, ...fields.map((field) => line[field] ?? null)];
  });
  return { sayings, lines: packed };
}

function nameOf(saying: Saying): string {
  const { purpose, channel, wordingDirection, confidence, reason } = saying;
  const { isFee, isOwnMoney, isLoanPrincipal, isFulizaFunded } = saying;
  const flags = `${isFee}|${isOwnMoney}|${isLoanPrincipal}|${isFulizaFunded}`;
  return `${purpose}|${channel}|${wordingDirection}|${confidence}|${flags}|${reason}`;
}

/**
 * The lines again, or undefined when these are none. Whoever packed them has handled hostile bytes,
 * so the figures that turn into money are checked; the rest is checked for shape.
 */
export function unpackLines(
  packed: readonly unknown[],
  sayings: readonly Saying[],
): StatementLine[] | undefined {
  const lines: StatementLine[] = [];
  for (const values of packed) {
    const line = Array.isArray(values) ? unpack(values, sayings) : undefined;
    if (!isLine(line)) return undefined;
    lines.push(line);
  }
  return lines;
}

function unpack(values: readonly unknown[], sayings: readonly Saying[]): Record<string, unknown> {
  const [place, counterparty] = values;
  const saying = typeof place === 'number' ? sayings[place] : undefined;
  const line: Record<string, unknown> = {
    reading: saying && { ...saying, counterparty: counterparty ?? undefined },
  };
  for (let at = 0; at < fields.length; at += 1) {
    const value = values[at + 2];
    if (value !== null) line[fields[at] ?? ''] = value;
  }
  return line;
}

function isLine(line: Record<string, unknown> | undefined): line is StatementLine & typeof line {
  return (
    line !== undefined &&
    isCount(line['ordinal']) &&
    isCount(line['inCents']) &&
    isCount(line['outCents']) &&
    (line['balanceCents'] === undefined || Number.isSafeInteger(line['balanceCents'])) &&
    typeof line['receipt'] === 'string' &&
    typeof line['completedAt'] === 'string' &&
    typeof line['raw'] === 'string' &&
    isRecord(line['reading'])
  );
}
