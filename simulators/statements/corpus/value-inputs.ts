/** One odd cell per row: receipts, amounts, dates. */
import type { RejectReason } from '../../../domain/statements/terms.ts';
import type { BadInput, BadInputExpectation } from './bad-input.ts';
import { text } from './bad-input.ts';
import { csvText, honestRows, smallRecords } from './small-export.ts';
import type { SmallRow } from './small-export.ts';

interface OddCell {
  row: SmallRow;
  /** Undefined when the cell is fine after all. */
  reject?: RejectReason;
}

/** The odd rows on top of five honest ones. */
function oddCells(id: string, name: string, cells: readonly OddCell[]): BadInput {
  const rejects = cells.flatMap(({ reject }) => (reject === undefined ? [] : [reject]));
  const expect: BadInputExpectation = {
    verdicts: ['needsReview'],
    rejects,
    rowCount: cells.length - rejects.length + 5,
  };
  const rows = [...cells.map(({ row }) => row), ...honestRows(5)];
  return { id, name, fileName: `${name}.csv`, bytes: text(csvText(smallRecords(rows))), expect };
}

function receipt(value: string, reject?: RejectReason): OddCell {
  return reject === undefined ? { row: { receipt: value } } : { row: { receipt: value }, reject };
}

function amount(value: string, reject?: RejectReason): OddCell {
  return reject === undefined ? { row: { paidIn: value } } : { row: { paidIn: value }, reject };
}

function time(value: string, reject: RejectReason): OddCell {
  return { row: { time: value }, reject };
}

export const valueInputs: readonly BadInput[] = [
  oddCells('S19', 'odd-receipts', [
    receipt('uce7q2xb01'),
    receipt('UCE7Q 2XB02'),
    receipt('UCE7Q2XB3', 'receipt-malformed'),
    receipt('UCE7Q2XB004', 'receipt-malformed'),
    receipt('0CE7Q2XB05', 'receipt-malformed'),
    receipt('UCE7Q2XB-6', 'receipt-malformed'),
  ]),
  oddCells('S20', 'odd-amounts', [
    amount('1,000.00'),
    amount('1 000'),
    amount('KES 1000'),
    amount('1.000,00', 'amount-malformed'),
    amount('-0.00', 'amount-missing'),
    amount('1e3', 'amount-malformed'),
    amount('0x10', 'amount-malformed'),
    amount('Infinity', 'amount-malformed'),
    amount('١٢٣', 'amount-malformed'),
    amount('1.005', 'amount-malformed'),
    amount('12345678901234567890', 'amount-malformed'),
    amount('', 'amount-missing'),
  ]),
  oddCells('S21', 'both-and-neither', [
    { row: { paidIn: '100.00', withdrawn: '-100.00' }, reject: 'amount-both-columns' },
    { row: { paidIn: '0.00', withdrawn: '0.00' }, reject: 'amount-missing' },
    { row: { paidIn: '', withdrawn: '' }, reject: 'amount-missing' },
  ]),
  oddCells('S22', 'odd-dates', [
    time('30/02/2026 10:00:00', 'time-impossible'),
    time('29/02/2026 10:00:00', 'time-impossible'),
    time('14/03/0001 10:00:00', 'time-out-of-range'),
    time('14/03/9999 10:00:00', 'time-out-of-range'),
    time('14/03/2098 10:00:00', 'time-out-of-range'),
    time('14/03/2026 24:00:00', 'time-impossible'),
    time('14/03/26 10:00:00', 'time-malformed'),
    time('yesterday', 'time-malformed'),
  ]),
  oddCells('S23', 'one-cent-off', [{ row: { balance: '600.01' } }]),
];
