/** Rows that cannot be read, that contradict themselves, or that stand in another order. */
import { add } from '../../../domain/money.ts';
import { addDays, businessDateOf, daysBetween, startOfBusinessDate } from '../../../domain/time.ts';
import type { RejectReason } from '../../../domain/statements/terms.ts';
import { receiptPrefix } from '../book/receipts.ts';
import type { CellTexts, Draft, DraftRow } from '../draft.ts';
import { layoutNames } from '../truth.ts';
import { amountCells, timeCell } from './cell-texts.ts';
import {
  brokenSums,
  harmless,
  layoutsWithReceipts,
  loneRows,
  pickRow,
  replaceRow,
} from './mutation.ts';
import type { Change, Mutation, Workbench } from './mutation.ts';

/** A row no reader may accept is missing from every sum. */
function rejectRow(
  bench: Workbench,
  reject: RejectReason,
  cellsOf: (row: DraftRow) => CellTexts,
): Change {
  const row = pickRow(bench);
  bench.touched.add(replaceRow(bench.draft, row, { cells: cellsOf(row), reject }));
  const broken = brokenSums(bench.draft);
  const checks: typeof broken.checks = ['row-count', ...broken.checks];
  return { affectedReceipts: [row.receipt], expectation: { ...broken, checks } };
}

export const badRowDate: Mutation = {
  summary: 'one row completed on the 30th of February',
  layouts: layoutNames,
  apply: (bench) =>
    rejectRow(bench, 'time-impossible', (row) => {
      const year = businessDateOf(row.completedAt).slice(0, 4);
      const time = { year, month: '02', day: '30', clock: '10:15:00' };
      return { completionTime: timeCell(bench.draft.layout, time) };
    }),
};

export const badRowAmount: Mutation = {
  summary: 'one amount has letters O for zeros',
  layouts: layoutNames,
  apply: (bench) =>
    rejectRow(bench, 'amount-malformed', (row) =>
      row.inCents > 0 ? { paidIn: '1,2OO.00' } : { withdrawn: '1,2OO.00' },
    ),
};

export const bothColumnsSet: Mutation = {
  summary: 'one row has an amount in both columns',
  layouts: layoutNames,
  apply: (bench) =>
    rejectRow(bench, 'amount-both-columns', (row) => {
      const amount = add(row.inCents, row.outCents);
      return amountCells(bench.draft.layout, { inCents: amount, outCents: amount });
    }),
};

export const receiptDateMismatch: Mutation = {
  summary: 'one receipt encodes a day nine days before its row',
  layouts: layoutsWithReceipts,
  apply(bench) {
    const row = pickRow(bench);
    const day = addDays(businessDateOf(row.completedAt), -9);
    const receipt = receiptPrefix(startOfBusinessDate(day)) + row.receipt.slice(3);
    bench.touched.add(replaceRow(bench.draft, row, { receipt }));
    return {
      affectedReceipts: [receipt],
      expectation: {
        verdict: 'needsReview',
        checks: ['receipt-dates'],
        signals: ['receipt-date-mismatch'],
      },
    };
  },
};

export const duplicateReceipt: Mutation = {
  summary: 'two payments of one day carry one receipt with different amounts',
  layouts: layoutsWithReceipts,
  apply(bench) {
    const [first, second] = findPair(bench);
    bench.touched.add(first);
    bench.touched.add(replaceRow(bench.draft, second, { receipt: first.receipt }));
    return {
      affectedReceipts: [first.receipt],
      expectation: {
        verdict: 'needsReview',
        checks: ['duplicate-receipts'],
        signals: ['receipt-amount-conflict'],
      },
    };
  },
};

function findPair({ draft, touched }: Workbench): [DraftRow, DraftRow] {
  const waiting = new Map<string, DraftRow>();
  for (const row of loneRows(draft)) {
    if (touched.has(row)) continue;
    const key = `${businessDateOf(row.completedAt)} ${row.inCents > 0 ? 'in' : 'out'}`;
    const earlier = waiting.get(key);
    if (
      earlier !== undefined &&
      earlier.inCents + earlier.outCents !== row.inCents + row.outCents
    ) {
      return [earlier, row];
    }
    waiting.set(key, row);
  }
  throw new RangeError('no two payments of one day to mix up; ask for more rows');
}

export const fulizaOutOfOrder: Mutation = {
  summary:
    'incoming payments stand above the overdraft repayment they triggered in the same second',
  layouts: ['personal-a', 'personal-b'],
  apply({ draft }) {
    const affectedReceipts: string[] = [];
    for (const [index, row] of draft.rows.entries()) {
      const below = draft.rows[index + 1];
      if (row.purpose !== 'loan.fuliza.repay' || below?.completedAt !== row.completedAt) continue;
      draft.rows.splice(index, 2, below, row);
      affectedReceipts.push(row.receipt, below.receipt);
    }
    if (affectedReceipts.length === 0) {
      throw new RangeError('no overdraft was repaid in the statement; ask for more rows');
    }
    return { affectedReceipts, expectation: harmless() };
  },
};

/** The window itself is moved when the book is written; here it is only recorded. */
export const overlappingPeriod: Mutation = {
  summary: 'the same book, printed for a window that starts half a period later',
  layouts: layoutNames,
  turn: 'before',
  apply: ({ draft }) => ({ affectedReceipts: sharedReceipts(draft), expectation: harmless() }),
};

/** Receipts of the first half of the window, which the unmoved statement prints too. */
function sharedReceipts(draft: Draft): string[] {
  const { from, to } = draft.period;
  const days = daysBetween(from, to) + 1;
  const lastShared = addDays(to, -Math.ceil(days / 2));
  const shared = draft.rows.filter((row) => businessDateOf(row.completedAt) <= lastShared);
  return [...new Set(shared.map((row) => row.receipt))];
}
