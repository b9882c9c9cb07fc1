/** All mutations by the name the command line uses. */
import * as money from './money-mutations.ts';
import type { Mutation } from './mutation.ts';
import * as paper from './paper-mutations.ts';
import * as row from './row-mutations.ts';

export const mutations = {
  'edited-amount': money.editedAmount,
  'edited-balance': money.editedBalance,
  'removed-row': money.removedRow,
  'inserted-row': money.insertedRow,
  're-saved': paper.resaved,
  'incremental-update': paper.incrementalUpdate,
  'wrapped-details': paper.wrappedDetails,
  'repeated-header': paper.repeatedHeader,
  'page-break-inside-row': paper.pageBreakInsideRow,
  'fuliza-out-of-order': row.fulizaOutOfOrder,
  'wrong-total': money.wrongTotal,
  'receipt-date-mismatch': row.receiptDateMismatch,
  'duplicate-receipt-other-amount': row.duplicateReceipt,
  'mixed-fonts': paper.mixedFonts,
  'missing-balance-column': money.missingBalanceColumn,
  'page-missing': paper.pageMissing,
  'pages-swapped': paper.pagesSwapped,
  'bad-row-date': row.badRowDate,
  'bad-row-amount': row.badRowAmount,
  'both-columns-set': row.bothColumnsSet,
  'swapped-fuliza-columns': money.swappedFulizaColumns,
  'no-transactions': money.noTransactions,
  'overlapping-period': row.overlappingPeriod,
  truncated: paper.truncated,
  scanned: paper.scanned,
  'other-bank': paper.otherBank,
  'active-content': paper.activeContent,
} as const satisfies Readonly<Record<string, Mutation>>;

export type MutationName = keyof typeof mutations;

/** The mutation name a text is, or undefined. */
export function parseMutationName(text: string): MutationName | undefined {
  return mutationNames().find((name) => name === text);
}

/** All names in the order of the catalogue. */
export function mutationNames(): MutationName[] {
  return Object.keys(mutations).filter((name): name is MutationName => name in mutations);
}
