/**
 * Reads the rows of a payout batch, from a file or an API call, into payees and amounts. Every row
 * comes out: payable, or with the problem that keeps it from being paid, in words.
 */
import { parseMsisdn, maskMsisdn } from '../daraja/msisdn.ts';
import { payoutMinimum, providerMaxima } from '../limits/terms.ts';
import { cents, formatMoney, sum, type Cents } from '../money.ts';
import { refused, type Outcome } from '../refusal.ts';
import { tellBatchRow } from './batch-row-phrases.ts';
import { paysToPhone, type DisbursementKind, type Payee } from './terms.ts';

export const batchRowsMax = 1_000;

/** A row before anything about it is believed. */
export interface BatchCandidate {
  /** Counted from 1 in the order of the file. */
  ordinal: number;
  /** The phone or business number as typed. */
  number: string;
  /** The account at a pay bill. */
  account: string;
  /** As typed, in shillings. */
  amount: string;
  name: string;
  reference: string;
  remarks: string;
}

export type RowProblem =
  | 'payee-invalid'
  | 'amount-invalid'
  | 'amount-too-small'
  | 'amount-too-large'
  | 'text-invalid'
  | 'repeated';

export interface ReadRow {
  ordinal: number;
  payee: Payee | null;
  payeeMasked: string;
  amountCents: Cents | null;
  name: string;
  reference: string;
  remarks: string;
  problem: { code: RowProblem; detail: string } | null;
}

export interface ReadBatch {
  rows: ReadRow[];
  /** The sum of the payable rows. */
  totalCents: Cents;
}

type ColumnName = Exclude<keyof BatchCandidate, 'ordinal'>;

const columnNames: Readonly<Record<ColumnName, readonly string[]>> = {
  number: ['phone', 'msisdn', 'phone number', 'mobile', 'number', 'paybill', 'till', 'payee'],
  account: ['account', 'account number', 'account reference'],
  amount: ['amount', 'amount kes', 'kes'],
  name: ['name', 'payee name', 'full name'],
  reference: ['reference', 'ref', 'id', 'employee number'],
  remarks: ['remarks', 'reason', 'narration', 'description'],
};

export type TableProblem = 'columns-missing' | 'no-rows' | 'too-many-rows';

/** The candidates of a table whose first row names the columns. */
export function batchCandidates(
  table: readonly (readonly string[])[],
): Outcome<BatchCandidate[], TableProblem> {
  const [header = [], ...body] = table;
  const places = new Map<ColumnName, number>();
  for (const [index, cell] of header.entries()) {
    const name = columnNamed(cell);
    if (name !== undefined && !places.has(name)) places.set(name, index);
  }
  if (!places.has('number') || !places.has('amount')) {
    return refused('columns-missing', 'The first row must name a column `phone` and one `amount`.');
  }
  const filled = body.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  if (filled.length === 0) return refused('no-rows', 'There is no row below the names of columns.');
  if (filled.length > batchRowsMax) {
    return refused('too-many-rows', `A batch has at most ${batchRowsMax} rows.`);
  }
  const cell = (cells: readonly string[], name: ColumnName) =>
    (cells[places.get(name) ?? -1] ?? '').trim();
  const value = filled.map((cells, index) => ({
    ordinal: index + 1,
    number: cell(cells, 'number'),
    account: cell(cells, 'account'),
    amount: cell(cells, 'amount'),
    name: cell(cells, 'name'),
    reference: cell(cells, 'reference'),
    remarks: cell(cells, 'remarks'),
  }));
  return { ok: true, value };
}

function columnNamed(cell: string): ColumnName | undefined {
  const text = cell
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim();
  const names = Object.keys(columnNames) as ColumnName[];
  return names.find((name) => columnNames[name].includes(text));
}

/** Reads every candidate; the same payee, amount and reference a second time is a problem. */
export function readBatchRows(
  candidates: readonly BatchCandidate[],
  kind: DisbursementKind,
): ReadBatch {
  const seen = new Map<string, number>();
  const rows = candidates.map((candidate) => {
    const row = readRow(candidate, kind);
    if (row.problem !== null) return row;
    const key = JSON.stringify([row.payee, row.amountCents, row.reference]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, row.ordinal);
      return row;
    }
    const detail = tellBatchRow('repeated', { row: first });
    return { ...row, problem: { code: 'repeated' as const, detail } };
  });
  const payable = rows.flatMap(({ problem, amountCents }) =>
    problem === null && amountCents !== null ? [amountCents] : [],
  );
  return { rows, totalCents: sum(payable) };
}

function readRow(candidate: BatchCandidate, kind: DisbursementKind): ReadRow {
  const payee = payeeOf(candidate, kind);
  const amount = amountOf(candidate.amount, kind);
  const { ordinal, name, reference, remarks } = candidate;
  const problem =
    ('problem' in payee ? payee.problem : undefined) ??
    ('problem' in amount ? amount.problem : undefined) ??
    textProblem([name, reference, remarks]) ??
    null;
  return {
    ...{ ordinal, name, reference, remarks, problem },
    payee: 'payee' in payee ? payee.payee : null,
    payeeMasked: 'payee' in payee ? payee.masked : '******',
    amountCents: 'amountCents' in amount ? amount.amountCents : null,
  };
}

type Problem = { problem: { code: RowProblem; detail: string } };

function payeeOf(
  { number, account }: BatchCandidate,
  kind: DisbursementKind,
): { payee: Payee; masked: string } | Problem {
  if (paysToPhone(kind)) {
    // Spreadsheets drop the zero in front of 0712…, and the parser takes nine digits as well.
    const parsed = parseMsisdn(number);
    if (!parsed.ok) return problem('payee-invalid', parsed.refusal.message);
    const { msisdn } = parsed;
    return { payee: { kind: 'msisdn', msisdn }, masked: maskMsisdn(msisdn) };
  }
  if (!/^\d{5,7}$/.test(number)) {
    return problem('payee-invalid', tellBatchRow('business-number'));
  }
  if (kind === 'buy-goods') return { payee: { kind: 'till', number }, masked: number };
  if (!/^[\w./-]{1,13}$/.test(account)) {
    return problem('payee-invalid', tellBatchRow('account-at-paybill'));
  }
  return { payee: { kind: 'pay-bill', number, accountReference: account }, masked: number };
}

const amountPattern = /^(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?$/;

function amountOf(text: string, kind: DisbursementKind): { amountCents: Cents } | Problem {
  const match = amountPattern.exec(text.replace(/^kes\s*/i, ''));
  if (match === null) return problem('amount-invalid', tellBatchRow('amount-form'));
  const [, whole = '', rest = ''] = match;
  if (/[1-9]/.test(rest)) {
    return problem('amount-invalid', tellBatchRow('whole-shillings'));
  }
  const amountCents = cents(Number(whole.replaceAll(',', '')) * 100);
  const least = paysToPhone(kind) ? payoutMinimum : cents(100);
  if (amountCents < least) {
    return problem('amount-too-small', tellBatchRow('too-small', { amount: formatMoney(least) }));
  }
  const most = providerMaxima['per-transaction'];
  if (amountCents > most) {
    return problem('amount-too-large', tellBatchRow('too-large', { amount: formatMoney(most) }));
  }
  return { amountCents };
}

function textProblem(texts: readonly string[]): Problem['problem'] | undefined {
  const isPlain = texts.every((text) => text.length <= 100 && /^[^\p{Cc}]*$/u.test(text));
  if (isPlain) return undefined;
  return { code: 'text-invalid', detail: tellBatchRow('texts') };
}

function problem(code: RowProblem, detail: string): Problem {
  return { problem: { code, detail } };
}
