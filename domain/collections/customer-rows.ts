/**
 * Reads the rows of a list of customers: every row comes out, ready to be recorded or with the
 * problem that keeps it from it. The first row of a table names the columns.
 */
import { parseMsisdn } from '../daraja/msisdn.ts';
import { refused, type Outcome } from '../refusal.ts';
import { normaliseReference, referenceKey } from './reference.ts';
import { isReference } from './request.ts';

export const customerRowsMax = 1_000;
const nameMax = 120;

export const customerRowProblems = ['name', 'reference', 'number', 'repeated'] as const;
export type CustomerRowProblem = (typeof customerRowProblems)[number];

/** A row as somebody wrote it. */
export interface CustomerCandidate {
  name: string;
  reference: string;
  /** A phone number; empty when none is known. */
  phone: string;
}

export interface CustomerRow {
  /** Counted from 1 below the names of the columns. */
  rowNumber: number;
  problem: CustomerRowProblem | null;
  name: string;
  reference: string;
  msisdn: string | null;
}

const columnNames = {
  name: ['name', 'customer', 'customer name', 'full name'],
  reference: ['reference', 'ref', 'account', 'account reference', 'account number'],
  phone: ['phone', 'msisdn', 'phone number', 'mobile', 'number'],
} as const;

/** The candidates of a table of texts; refused when columns are missing or there are too many rows. */
export function customerCandidates(
  table: readonly (readonly string[])[],
): Outcome<CustomerCandidate[], 'columns'> {
  const [header = [], ...rows] = table;
  const at = (column: keyof typeof columnNames) => {
    const names: readonly string[] = columnNames[column];
    return header.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
  };
  const spots = { name: at('name'), reference: at('reference'), phone: at('phone') };
  if (spots.name < 0 || spots.reference < 0) {
    return refused('columns', 'The first row must name the columns `name` and `reference`.');
  }
  if (rows.length === 0) return refused('columns', 'There is no row below the column names.');
  if (rows.length > customerRowsMax) {
    return refused('columns', `A list holds at most ${customerRowsMax} rows.`);
  }
  const cell = (cells: readonly string[], spot: number) => (cells[spot] ?? '').trim();
  return {
    ok: true,
    value: rows.map((cells) => ({
      name: cell(cells, spots.name),
      reference: cell(cells, spots.reference),
      phone: cell(cells, spots.phone),
    })),
  };
}

/** Every candidate with its problem; a reference that stands further up is repeated. */
export function readCustomerRows(candidates: readonly CustomerCandidate[]): CustomerRow[] {
  const seen = new Set<string>();
  return candidates.map((candidate, index) => {
    const [name, reference] = [candidate.name.trim(), candidate.reference.trim()];
    const number = candidate.phone.trim() === '' ? null : parseMsisdn(candidate.phone);
    const key = referenceKey(reference);
    const isRepeated = key !== '' && seen.has(key);
    seen.add(key);
    return {
      rowNumber: index + 1,
      problem: problemOf({ name, reference, isRepeated, isNumber: number?.ok !== false }),
      name: name.slice(0, nameMax),
      reference: reference.slice(0, 20),
      msisdn: number?.ok === true ? number.msisdn : null,
    };
  });
}

function problemOf(row: {
  name: string;
  reference: string;
  isRepeated: boolean;
  isNumber: boolean;
}): CustomerRowProblem | null {
  if (row.name === '' || row.name.length > nameMax) return 'name';
  if (!isReference(row.reference) || normaliseReference(row.reference) === '') return 'reference';
  if (!row.isNumber) return 'number';
  return row.isRepeated ? 'repeated' : null;
}
