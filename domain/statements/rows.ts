/** SIGNATURES FIRST: being filled in. */
import type { Instant } from '../time.ts';
import type { DateOrder } from './times.ts';
import type {
  CandidateRow,
  ColumnMapping,
  RejectedRow,
  RejectReason,
  StatementFormat,
  StatementLine,
} from './terms.ts';

/** An accepted row before it has its place in the file. */
export type UnnumberedLine = Omit<StatementLine, 'ordinal' | 'twin'>;
export type RowOutcome = { ok: true; line: UnnumberedLine } | { ok: false; reject: RejectedRow };
export interface RowContext {
  format: StatementFormat;
  dateOrder: DateOrder;
  /** Rows completed later than this are refused as lying in the future. */
  notAfter?: Instant;
  /** Needed only where the file has one signed amount column. */
  signRule?: ColumnMapping['signRule'];
}
export function readRow(_candidate: CandidateRow, _context: RowContext): RowOutcome {
  throw new Error('being written');
}
/** A reject with its text made storable. For readers that refuse a row before readRow (too few cells). */
export function rejectRow(
  _row: Pick<CandidateRow, 'page' | 'line' | 'raw'>,
  _reason: RejectReason,
  _detail: string,
): RejectedRow {
  throw new Error('being written');
}
/** Returns a function that gives each accepted line, in file order, its ordinal and twin. */
export function createLineNumbering(): (line: UnnumberedLine) => StatementLine {
  throw new Error('being written');
}
