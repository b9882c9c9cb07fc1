/** A named change of a statement, and how the change says what a reader must notice. */
import type { Draft, DraftRow } from '../draft.ts';
import type { Random } from '../random.ts';
import { layoutNames } from '../truth.ts';
import type { LayoutName, TruthMutation } from '../truth.ts';

export type Expectation = TruthMutation['expectation'];

export interface Change {
  affectedReceipts: string[];
  expectation: Expectation;
}

export interface Workbench {
  draft: Draft;
  random: Random;
  /** Rows already changed; later mutations leave them alone. */
  touched: Set<DraftRow>;
}

export interface Mutation {
  /** One sentence for the list of mutations. */
  summary: string;
  layouts: readonly LayoutName[];
  /** `before` and `after` the others, whatever the order they were named in. */
  turn?: 'before' | 'after';
  /** Changes the draft; throws a RangeError when the draft has nothing to change. */
  apply(bench: Workbench): Change;
}

export const pdfLayouts: readonly LayoutName[] = ['personal-a', 'personal-b', 'till'];
export const textLayouts: readonly LayoutName[] = ['classic-csv', 'newer-csv', 'bank-csv'];
export const layoutsWithTotals: readonly LayoutName[] = [
  ...pdfLayouts,
  'classic-csv',
  'classic-xlsx',
  'classic-xls',
];
export const layoutsWithReceipts = layoutNames.filter((name) => name !== 'bank-csv');

/** Nothing to object to: the file is proven, with these signals beside the verdict. */
export function harmless(signals: Expectation['signals'] = []): Expectation {
  return { verdict: 'proven', checks: [], signals };
}

/** The whole file is refused for this reason. */
export function unreadable(problem: NonNullable<Expectation['problem']>): Expectation {
  return { verdict: 'refused', checks: [], signals: [], problem };
}

/** Sums and balances no longer agree with what the layout prints about them. */
export function brokenSums(draft: Draft): Expectation {
  const chain = brokenChain();
  if (!layoutsWithTotals.includes(draft.layout)) return chain;
  const checks: Expectation['checks'] = ['summary-total', ...chain.checks];
  if (draft.layout.startsWith('classic')) checks.push('opening-closing');
  return { ...chain, checks, signals: ['summary-mismatch', ...chain.signals] };
}

/** Only the running balance is broken. */
export function brokenChain(): Expectation {
  return { verdict: 'needsReview', checks: ['balance-chain'], signals: ['balance-chain-broken'] };
}

/** Picks an untouched row that is alone under its receipt and in its second, away from the ends. */
export function pickRow(
  bench: Workbench,
  isWanted: (row: DraftRow) => boolean = () => true,
): DraftRow {
  const { draft, random, touched } = bench;
  const margin = draft.rows.length > 12 ? 3 : 0;
  const alone = loneRows(draft);
  const wanted = draft.rows
    .slice(margin, draft.rows.length - margin)
    .filter((row) => alone.has(row) && !touched.has(row) && isWanted(row));
  if (wanted.length === 0) throw new RangeError('the statement has no row to change; ask for more');
  const row = random.pick(wanted);
  touched.add(row);
  return row;
}

const ordinaryPurposes = new Set([
  'send',
  'receive',
  'till',
  'paybill',
  'airtime',
  'bundles',
  'paybill.received',
  'till.received',
  'other',
]);

/** Completed everyday payments that share neither receipt nor second with another row. */
export function loneRows(draft: Draft): Set<DraftRow> {
  const seen = new Map<string, number>();
  const count = (key: string): unknown => seen.set(key, (seen.get(key) ?? 0) + 1);
  for (const row of draft.rows) {
    count(row.receipt);
    count(row.completedAt);
  }
  const isBank = draft.layout === 'bank-csv';
  const isLone = (row: DraftRow): boolean =>
    row.status === 'completed' &&
    ordinaryPurposes.has(row.purpose) &&
    seen.get(row.receipt) === 1 &&
    (isBank || seen.get(row.completedAt) === 1);
  return new Set(draft.rows.filter(isLone));
}

/** Puts a changed copy in the place of a row, so that an earlier version of the draft keeps its own. */
export function replaceRow(draft: Draft, row: DraftRow, change: Partial<DraftRow>): DraftRow {
  const changed = { ...row, ...change };
  draft.rows[draft.rows.indexOf(row)] = changed;
  return changed;
}
