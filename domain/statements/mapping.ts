/** Reads a foreign CSV through a confirmed column mapping. */
import { accepted, refused } from '../refusal.ts';
import type { Outcome } from '../refusal.ts';
import { parseAmount } from './amounts.ts';
import { isReservedHeading, normaliseHeading } from './columns.ts';
import { withClock } from './mapping-cells.ts';
import type { CandidateRow, ColumnMapping } from './terms.ts';
import { tellFile } from './file-phrases.ts';

export { proposeMapping } from './mapping-proposal.ts';

/**
 * One text for a header whatever its case, spacing and byte order mark, so that a mapping confirmed
 * once is found again. Order counts; empty cells at the end do not.
 */
export function headerFingerprint(cells: readonly string[]): string {
  const headings = cells.map((cell) => normaliseHeading(cell).replaceAll('|', '/'));
  return headings.join('|').replace(/\|+$/, '');
}

/**
 * Checks a mapping against the header of a file: every column it names exists once, none serves two
 * purposes, and there is either one amount column or a pair. Refuses with `columns` and the names.
 */
export function validateMapping(
  mapping: ColumnMapping,
  header: readonly string[],
): Outcome<ColumnMapping, 'columns'> {
  const reserved = header.filter(isReservedHeading);
  if (reserved.length > 0) {
    return refused('columns', tellFile('columns-forbidden', { columns: reserved.join(', ') }));
  }
  const names = Object.values(mapping.columns).filter((name) => typeof name === 'string');
  const headings = header.map(normaliseHeading);
  const count = (name: string) => headings.filter((own) => own === normaliseHeading(name)).length;
  const missing = names.filter((name) => count(name) === 0);
  if (missing.length > 0) {
    return refused('columns', tellFile('columns-absent', { columns: missing.join(', ') }));
  }
  const repeated = names.filter((name) => count(name) > 1);
  if (repeated.length > 0) {
    return refused('columns', tellFile('columns-repeated', { columns: repeated.join(', ') }));
  }
  const shared = names.filter((name, at) => isSameAsEarlier(names, name, at));
  if (shared.length > 0) {
    return refused('columns', tellFile('columns-shared', { columns: shared.join(', ') }));
  }
  return hasOneKindOfAmount(mapping)
    ? accepted(mapping)
    : refused('columns', tellFile('columns-of-amount'));
}

function isSameAsEarlier(names: readonly string[], name: string, at: number): boolean {
  const heading = normaliseHeading(name);
  return names.findIndex((other) => normaliseHeading(other) === heading) < at;
}

function hasOneKindOfAmount({ columns }: ColumnMapping): boolean {
  const { amount, paidIn, withdrawn } = columns;
  if (amount !== undefined) return paidIn === undefined && withdrawn === undefined;
  return paidIn !== undefined && withdrawn !== undefined;
}

/**
 * One row of the file as a candidate; `line` is its physical line. Cells of columns the mapping does
 * not name are kept in `raw` only. A receipt that is not there stays empty: such rows are known by
 * date, amount and words. For many rows of one file use `createMappedReader`.
 */
export function applyMapping(
  mapping: ColumnMapping,
  header: readonly string[],
  cells: readonly string[],
  line: number,
): CandidateRow {
  return createMappedReader(mapping, header)(cells, line);
}

/** Resolves the mapped columns once and returns the function that reads each row. */
export function createMappedReader(
  { columns }: ColumnMapping,
  header: readonly string[],
): (cells: readonly string[], line: number) => CandidateRow {
  const headings = header.map(normaliseHeading);
  const place = (name: string | undefined) =>
    name === undefined ? -1 : headings.indexOf(normaliseHeading(name));
  const at = {
    receipt: place(columns.receipt),
    completionTime: place(columns.completionTime),
    timeOfDay: place(columns.timeOfDay),
    details: place(columns.details),
    status: place(columns.status),
    paidIn: place(columns.paidIn),
    withdrawn: place(columns.withdrawn),
    amount: place(columns.amount),
    balance: place(columns.balance),
    counterparty: place(columns.counterparty),
    accountReference: place(columns.accountReference),
  };
  return (cells, line) => {
    const cell = (index: number) => (cells[index] ?? '').trim();
    return {
      page: 1,
      line,
      raw: cells.join(' | '),
      receipt: cell(at.receipt),
      completionTime: withClock(cell(at.completionTime), cell(at.timeOfDay)),
      details: cell(at.details).replace(/\s+/g, ' '),
      status: cell(at.status),
      paidIn: cell(at.paidIn),
      withdrawn: cell(at.withdrawn),
      balance: at.balance < 0 ? undefined : cell(at.balance),
      ...(at.amount >= 0 && { amount: cell(at.amount) }),
      ...(at.counterparty >= 0 && { otherParty: cell(at.counterparty) }),
      ...(at.accountReference >= 0 && { accountReference: cell(at.accountReference) }),
    };
  };
}

const carried =
  /^(?:opening|closing) balance\b|^(?:balance )?b(?:rought|\/)? ?f(?:orward|wd)?\b|^balance b\/f\b|^totals?(?: value)?\b/i;

const total = /^(?:grand )?totals?(?: value)?:?$/i;

/** A line that only carries a balance or a total over, as banks print; it is no transaction. */
export function isCarriedBalance(candidate: CandidateRow): boolean {
  const { completionTime, paidIn, withdrawn, amount = '', details } = candidate;
  // Sums of the columns stand below them without a date; a payment always has one.
  if (completionTime === '' && total.test(details.trim())) return true;
  const movesNothing = [paidIn, withdrawn, amount].every((text) => {
    const parsed = parseAmount(text);
    return parsed.ok && (parsed.value ?? 0) === 0;
  });
  return movesNothing && carried.test(details.trim());
}
