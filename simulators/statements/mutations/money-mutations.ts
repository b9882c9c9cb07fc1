/** Changes of amounts, balances and totals. */
import { add, zero } from '../../../domain/money.ts';
import { addSeconds } from '../book/moments.ts';
import { shillings } from '../book/tariffs.ts';
import type { DraftRow } from '../draft.ts';
import { amountCells } from './cell-texts.ts';
import { brokenChain, brokenSums, layoutsWithTotals, pickRow, replaceRow } from './mutation.ts';
import type { Mutation } from './mutation.ts';
import { layoutNames } from '../truth.ts';

const tampered = shillings(1000);

/** The row with its amount raised. */
export function raised(row: DraftRow): Partial<DraftRow> {
  return row.inCents > 0
    ? { inCents: add(row.inCents, tampered) }
    : { outCents: add(row.outCents, tampered) };
}

export const editedAmount: Mutation = {
  summary: 'one amount is raised by KES 1,000; balances and totals stay',
  layouts: layoutNames,
  apply(bench) {
    const row = pickRow(bench);
    bench.touched.add(replaceRow(bench.draft, row, raised(row)));
    return { affectedReceipts: [row.receipt], expectation: brokenSums(bench.draft) };
  },
};

export const editedBalance: Mutation = {
  summary: 'one balance is raised by KES 1,000; amounts and totals stay',
  layouts: layoutNames,
  apply(bench) {
    const row = pickRow(bench);
    const balanceCents = add(row.balanceCents, tampered);
    bench.touched.add(replaceRow(bench.draft, row, { balanceCents }));
    return { affectedReceipts: [row.receipt], expectation: brokenChain() };
  },
};

export const removedRow: Mutation = {
  summary: 'one row is taken out',
  layouts: layoutNames,
  apply(bench) {
    const row = pickRow(bench);
    bench.draft.rows.splice(bench.draft.rows.indexOf(row), 1);
    return { affectedReceipts: [row.receipt], expectation: brokenSums(bench.draft) };
  },
};

export const insertedRow: Mutation = {
  summary: 'a payment that never happened is put in after a real one',
  layouts: layoutNames,
  apply(bench) {
    const { draft, random } = bench;
    const model = pickRow(bench, (row) => row.inCents > 0);
    const inCents = shillings(random.int(11, 90) * 100);
    const invented: DraftRow = {
      ...model,
      receipt: `${model.receipt.slice(0, 3)}X${random.digits(model.receipt.length - 4)}`,
      completedAt:
        draft.layout === 'bank-csv' ? model.completedAt : addSeconds(model.completedAt, 1),
      inCents,
      balanceCents: add(model.balanceCents, inCents),
    };
    bench.touched.add(invented);
    draft.rows.splice(draft.rows.indexOf(model), 0, invented);
    return { affectedReceipts: [invented.receipt], expectation: brokenSums(draft) };
  },
};

export const wrongTotal: Mutation = {
  summary: 'the printed total paid in is KES 1,000 too high',
  layouts: layoutsWithTotals,
  apply({ draft }) {
    draft.printed.totalInCents = add(draft.printed.totalInCents, tampered);
    return {
      affectedReceipts: [],
      expectation: {
        verdict: 'needsReview',
        checks: ['summary-total'],
        signals: ['summary-mismatch'],
      },
    };
  },
};

export const missingBalanceColumn: Mutation = {
  summary: 'the Balance column is left out',
  layouts: layoutNames,
  apply({ draft }) {
    draft.printing.hasBalanceColumn = false;
    // Without balances and totals nothing in the file confirms its sums.
    const isConfirmed = layoutsWithTotals.includes(draft.layout);
    return {
      affectedReceipts: [],
      expectation: {
        verdict: isConfirmed ? 'proven' : 'needsReview',
        checks: [],
        signals: draft.layout === 'bank-csv' ? [] : ['balance-column-missing'],
      },
    };
  },
};

export const swappedFulizaColumns: Mutation = {
  summary: 'overdrafts and their payments stand in swapped amount columns, with one common balance',
  layouts: ['personal-b'],
  apply({ draft, touched }) {
    const draws = draft.rows.filter((row) => row.purpose === 'loan.fuliza.draw');
    if (draws.length === 0)
      throw new RangeError('no overdraft in the statement; ask for more rows');
    const receipts = new Set(draws.map((row) => row.receipt));
    for (const row of draft.rows.filter((own) => receipts.has(own.receipt))) {
      const isFee = row.purpose.startsWith('fee.');
      const closing = draft.rows.find((own) => own.receipt === row.receipt) ?? row;
      const isDraw = row.purpose === 'loan.fuliza.draw';
      const cells = isFee
        ? {}
        : amountCells(draft.layout, { inCents: row.outCents, outCents: row.inCents });
      const balanceCents = isDraw ? row.balanceCents : closing.balanceCents;
      touched.add(replaceRow(draft, row, { cells, balanceCents }));
    }
    return {
      affectedReceipts: [...receipts],
      expectation: { verdict: 'proven', checks: [], signals: [] },
    };
  },
};

export const noTransactions: Mutation = {
  summary: 'the period has no transactions at all',
  layouts: layoutNames,
  turn: 'before',
  apply({ draft }) {
    const { printed } = draft;
    draft.rows = [];
    draft.printed = {
      summary: printed.summary.map(({ label }) => ({ label, inCents: zero, outCents: zero })),
      totalInCents: zero,
      totalOutCents: zero,
      openingCents: printed.openingCents,
      closingCents: printed.openingCents,
    };
    return { affectedReceipts: [], expectation: { verdict: 'proven', checks: [], signals: [] } };
  },
};
