/** Turns candidate rows of text into statement lines, or into rejects that name the cell at fault. */
import { zero } from '../money.ts';
import type { Cents } from '../money.ts';
import type { Outcome } from '../refusal.ts';
import type { Instant } from '../time.ts';
import { parseAmount } from './amounts.ts';
import { maskCardNumbers } from '../card-number.ts';
import { readDetails } from './details.ts';
import type { Side } from './details.ts';
import { twinKey } from './identity.ts';
import { parseReceipt } from './receipts.ts';
import { isProblem, readMoney } from './row-money.ts';
import type { MoneyProblem, RowMoney } from './row-money.ts';
import { subAccountOf } from './sub-account.ts';
import { parseCompletionTime } from './times.ts';
import type { DateOrder } from './times.ts';
import { rowStatuses } from './terms.ts';
import type { CandidateRow, ColumnMapping, Reading, RejectedRow } from './terms.ts';
import type { RejectReason, RowStatus, StatementFormat, StatementLine } from './terms.ts';
import { tellRow } from './row-phrases.ts';

/** An accepted row before it has its place in the file. */
export type UnnumberedLine = Omit<StatementLine, 'ordinal' | 'twin'>;

export type RowOutcome =
  | { ok: true; line: UnnumberedLine; maskedCards: number }
  | { ok: false; reject: RejectedRow; maskedCards: number };

export interface RowContext {
  format: StatementFormat;
  dateOrder: DateOrder;
  /** Rows completed later than this are refused as lying in the future. */
  notAfter?: Instant;
  /** Needed only where the file has one signed amount column. */
  signRule?: ColumnMapping['signRule'];
}

/**
 * Reads one candidate. Every cell must be readable: the first one that is not gives the reject.
 * Card numbers are masked in every text that is kept; `maskedCards` counts them. Rows that are not
 * completed keep their status, move no money, and remember the printed amount as attempted.
 */
export function readRow(candidate: CandidateRow, context: RowContext): RowOutcome {
  const { row, maskedCards } = withoutCardNumbers(candidate);
  const read = readCells(row, context);
  if (isProblem(read)) {
    return { ok: false, reject: rejectRow(row, read.reason, read.detail), maskedCards };
  }
  return { ok: true, line: toLine(row, read, context), maskedCards };
}

/** A reject whose texts can be stored: NUL, lone surrogates and card numbers are replaced. */
export function rejectRow(
  row: Pick<CandidateRow, 'page' | 'line' | 'raw'>,
  reason: RejectReason,
  detail: string,
): RejectedRow {
  const storable = (text: string) =>
    maskCardNumbers(text).text.replaceAll('\0', '␀').toWellFormed();
  const { page, line } = row;
  return { page, line, raw: storable(row.raw), reason, detail: storable(detail) };
}

interface Cells {
  receipt: string;
  completedAt: Instant;
  status: RowStatus;
  money: RowMoney;
  balanceCents: Cents | undefined;
}

function readCells(row: CandidateRow, context: RowContext): Cells | MoneyProblem {
  const blank = unstorable(row) ?? missingCells(row, context) ?? foreignCurrency(row);
  if (blank) return blank;
  const receipt = readReceipt(row, context);
  if (!receipt.ok) return problemOf('Receipt No', receipt.refusal);
  const completedAt = readTime(row, context);
  if (!completedAt.ok) return problemOf('Completion Time', completedAt.refusal);
  const status = readStatus(row.status, context.format);
  if (!status) {
    return { reason: 'status-unknown', detail: tellRow('status-unknown', { status: row.status }) };
  }
  const money = readMoneyByStatus(row, status, context);
  if (isProblem(money)) return money;
  const balance = parseAmount(row.balance ?? '');
  if (!balance.ok) {
    return {
      reason: 'balance-malformed',
      detail: tellRow('cell-problem', { cell: 'Balance', problem: balance.refusal.message }),
    };
  }
  const cells = { completedAt: completedAt.value, status, money, balanceCents: balance.value };
  return { receipt: receipt.value, ...cells };
}

function problemOf(cell: string, refusal: { code: RejectReason; message: string }): MoneyProblem {
  return {
    reason: refusal.code,
    detail: tellRow('cell-problem', { cell, problem: refusal.message }),
  };
}

/** Only free text is tested; the other cells have grammars that know no such characters. */
function unstorable(row: CandidateRow): MoneyProblem | undefined {
  const { raw, details, receipt, otherParty = '', accountReference = '' } = row;
  const isFine = [raw, details, receipt, otherParty, accountReference].every(isStorable);
  if (isFine) return undefined;
  return { reason: 'text-not-storable', detail: tellRow('text-not-storable') };
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function missingCells(row: CandidateRow, { format }: RowContext): MoneyProblem | undefined {
  const needed: readonly (readonly [string, string])[] =
    format === 'mapped-csv'
      ? [
          ['Completion Time', row.completionTime],
          ['Details', row.details],
        ]
      : [
          ['Receipt No', row.receipt],
          ['Completion Time', row.completionTime],
          ['Transaction Status', row.status],
        ];
  const missing = needed.filter(([, value]) => value === '').map(([name]) => name);
  if (missing.length < 2) return undefined;
  return {
    reason: 'columns-missing',
    detail: tellRow('cells-missing', { cells: missing.join(', ') }),
  };
}

function foreignCurrency({ currency = '' }: CandidateRow): MoneyProblem | undefined {
  if (/^(?:kes|kshs?\.?)?$/i.test(currency.trim())) return undefined;
  const detail = tellRow('currency-foreign', { currency });
  return { reason: 'currency-unsupported', detail };
}

const longestReference = 64;

/** M-PESA receipts are strict; a bank's own reference is kept as it is, and may be absent. */
function readReceipt(
  row: CandidateRow,
  { format }: RowContext,
): Outcome<string, 'receipt-malformed'> {
  const parsed = parseReceipt(row.receipt);
  if (parsed.ok || format !== 'mapped-csv') return parsed;
  return { ok: true, value: row.receipt.trim().replace(/\s+/g, ' ').slice(0, longestReference) };
}

function readTime(row: CandidateRow, context: RowContext): Outcome<Instant, RejectReason> {
  const parsed = parseCompletionTime(row.completionTime, context.dateOrder);
  if (!parsed.ok || context.notAfter === undefined || parsed.value <= context.notAfter) {
    return parsed;
  }
  const message = tellRow('time-ahead');
  return { ok: false, refusal: { code: 'time-out-of-range', message } };
}

const statusSpellings: ReadonlyMap<string, RowStatus> = new Map<string, RowStatus>([
  ...rowStatuses.map((status) => [status, status] as const),
  ['canceled', 'cancelled'],
]);

const foreignSpellings: ReadonlyMap<string, RowStatus> = new Map<string, RowStatus>([
  ['', 'completed'],
  ['success', 'completed'],
  ['successful', 'completed'],
  ['posted', 'completed'],
]);

function readStatus(text: string, format: StatementFormat): RowStatus | undefined {
  const word = text.trim().toLowerCase();
  const foreign = format === 'mapped-csv' ? foreignSpellings.get(word) : undefined;
  return statusSpellings.get(word) ?? foreign;
}

function readMoneyByStatus(
  row: CandidateRow,
  status: RowStatus,
  context: RowContext,
): RowMoney | MoneyProblem {
  const reading = readWording(row, context.format);
  const money = readMoney(row, reading, context);
  if (status === 'completed' || !isProblem(money)) return money;
  const isHarmless = ['amount-missing', 'direction-contradicts-wording'].includes(money.reason);
  return isHarmless ? { direction: undefined, amountCents: zero, reading } : money;
}

function readWording(row: CandidateRow, format: StatementFormat): Reading {
  const { transactionType, reasonType, otherParty } = row;
  const types = { transactionType, reasonType, otherParty };
  const read = (side: Side) => readDetails(row.details, { side, ...types });
  if (format === 'personal-a' || format === 'personal-b') return read('personal');
  if (format !== 'mapped-csv') return read('organisation');
  const personal = read('personal');
  if (personal.confidence !== 'low') return personal;
  const organisation = read('organisation');
  return organisation.confidence === 'low' ? personal : organisation;
}

function toLine(row: CandidateRow, cells: Cells, context: RowContext): UnnumberedLine {
  const { receipt, completedAt, status, money, balanceCents } = cells;
  const { direction, amountCents, reading } = money;
  const isMoved = status === 'completed';
  const line: UnnumberedLine = {
    page: row.page,
    line: row.line,
    raw: row.raw,
    receipt,
    completedAt,
    details: row.details,
    status,
    inCents: isMoved && direction === 'in' ? amountCents : zero,
    outCents: isMoved && direction === 'out' ? amountCents : zero,
    balanceCents,
    reading,
  };
  if (!isMoved) line.attemptedCents = amountCents;
  if (context.format === 'organisation-newer') {
    line.subAccount = subAccountOf(row.details, direction);
  }
  addExtras(line, row, context.dateOrder);
  return line;
}

function addExtras(line: UnnumberedLine, row: CandidateRow, dateOrder: DateOrder): void {
  const initiated = row.initiationTime && parseCompletionTime(row.initiationTime, dateOrder);
  if (initiated && initiated.ok) line.initiatedAt = initiated.value;
  const linked = row.linkedReceipt && parseReceipt(row.linkedReceipt);
  if (linked && linked.ok) line.linkedReceipt = linked.value;
  const account = line.reading.counterparty?.accountReference ?? row.accountReference;
  if (account) line.accountReference = account;
}

const maskedFields = ['details', 'otherParty', 'accountReference', 'receipt'] as const;

function withoutCardNumbers(candidate: CandidateRow): { row: CandidateRow; maskedCards: number } {
  let row = candidate;
  let maskedCards = 0;
  for (const field of maskedFields) {
    const masked = maskCardNumbers(candidate[field] ?? '');
    if (masked.found === 0) continue;
    row = { ...row, [field]: masked.text };
    maskedCards += masked.found;
  }
  // The raw text repeats the cells, so what is masked there is not counted again.
  const raw = maskCardNumbers(candidate.raw);
  return raw.found === 0
    ? { row, maskedCards }
    : { row: { ...row, raw: raw.text }, maskedCards: Math.max(maskedCards, 1) };
}

/**
 * Numbers accepted lines in file order. The twin counts equal rows (same receipt, direction and
 * amount; without a receipt also the same day and words), one small entry per distinct row.
 */
export function createLineNumbering(): (line: UnnumberedLine) => StatementLine {
  const seen = new Map<string, number>();
  let ordinal = 0;
  return (line) => {
    const key = twinKey(line);
    const twin = seen.get(key) ?? 0;
    seen.set(key, twin + 1);
    const numbered = { ...line, ordinal, twin };
    ordinal += 1;
    return numbered;
  };
}
