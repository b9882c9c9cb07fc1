/** Changes of the paper and the file: pages, wrapping, metadata, bytes. */
import { addSeconds } from '../book/moments.ts';
import type { Draft, PlannedPage, PlannedRow } from '../draft.ts';
import { raised } from './money-mutations.ts';
import {
  brokenChain,
  brokenSums,
  harmless,
  layoutsWithTotals,
  pdfLayouts,
  pickRow,
  replaceRow,
  textLayouts,
  unreadable,
} from './mutation.ts';
import type { Change, Expectation, Mutation } from './mutation.ts';
import { layoutNames } from '../truth.ts';

export const resaved: Mutation = {
  summary: 'saved again by another program two days later',
  layouts: pdfLayouts,
  apply({ draft }) {
    draft.metadata.producer = 'LibreOffice 24.2';
    draft.metadata.modifiedAt = addSeconds(draft.metadata.createdAt, 172_800);
    const signals = harmless(['producer-unusual', 'modified-after-creation']);
    return { affectedReceipts: [], expectation: signals };
  },
};

export const incrementalUpdate: Mutation = {
  summary: 'a second body appended to the file raises one amount',
  layouts: pdfLayouts,
  turn: 'after',
  apply(bench) {
    const { draft } = bench;
    if (draft.printing.password !== undefined) {
      throw new RangeError('an update can only be appended to a file without a password');
    }
    draft.firstVersion = { ...draft, rows: [...draft.rows], firstVersion: undefined };
    const row = pickRow(bench);
    bench.touched.add(replaceRow(draft, row, raised(row)));
    const broken = brokenSums(draft);
    const signals: typeof broken.signals = ['incremental-update', ...broken.signals];
    return { affectedReceipts: [row.receipt], expectation: { ...broken, signals } };
  },
};

export const wrappedDetails: Mutation = {
  summary: 'details wrap over more lines than usual',
  layouts: pdfLayouts,
  apply: ({ draft }) => switchOn(draft, 'hasNarrowDetails'),
};

export const repeatedHeader: Mutation = {
  summary: 'the column header is repeated in the middle of pages',
  layouts: pdfLayouts,
  apply({ draft }) {
    draft.printing.headerEvery = 12;
    return { affectedReceipts: [], expectation: harmless() };
  },
};

export const activeContent: Mutation = {
  summary: 'the file carries a script',
  layouts: pdfLayouts,
  apply({ draft }) {
    draft.printing.hasScript = true;
    return { affectedReceipts: [], expectation: harmless(['active-content']) };
  },
};

export const scanned: Mutation = {
  summary: 'every page is a picture without text',
  layouts: pdfLayouts,
  apply: ({ draft }) => ({
    ...switchOn(draft, 'isScanned'),
    expectation: unreadable('no-text-layer'),
  }),
};

export const otherBank: Mutation = {
  summary: 'the statement of another institution',
  layouts: pdfLayouts,
  apply: ({ draft }) => ({
    ...switchOn(draft, 'isForeign'),
    expectation: unreadable('unknown-layout'),
  }),
};

function switchOn(draft: Draft, name: 'hasNarrowDetails' | 'isScanned' | 'isForeign'): Change {
  draft.printing[name] = true;
  return { affectedReceipts: [], expectation: harmless() };
}

export const mixedFonts: Mutation = {
  summary: 'the amounts of one row are set in another font',
  layouts: pdfLayouts,
  apply(bench) {
    const row = pickRow(bench);
    bench.touched.add(replaceRow(bench.draft, row, { isMixedFont: true }));
    return {
      affectedReceipts: [row.receipt],
      expectation: harmless(['fonts-mixed-in-amounts']),
    };
  },
};

export const pageMissing: Mutation = {
  summary: 'the second page is left out',
  layouts: pdfLayouts,
  apply({ draft }) {
    const change: Change = { affectedReceipts: [], expectation: brokenSums(draft) };
    draft.pageEdits.push((pages) => {
      const [missing] = needPages(pages, 3).splice(1, 1);
      change.affectedReceipts.push(...receiptsOf(missing));
      return pages;
    });
    return change;
  },
};

export const pagesSwapped: Mutation = {
  summary: 'the second and third page have changed places',
  layouts: pdfLayouts,
  apply({ draft }) {
    const { verdict, checks, signals } = brokenChain();
    const change: Change = {
      affectedReceipts: [],
      expectation: { verdict, checks, signals: [...signals, 'row-order-broken'] },
    };
    draft.pageEdits.push((pages) => {
      const [second, third] = needPages(pages, 3).splice(1, 2);
      if (second !== undefined && third !== undefined) pages.splice(1, 0, third, second);
      change.affectedReceipts.push(...receiptsOf(second), ...receiptsOf(third));
      return pages;
    });
    return change;
  },
};

export const pageBreakInsideRow: Mutation = {
  summary: 'a row begins at the foot of one page and ends at the head of the next',
  layouts: pdfLayouts,
  apply({ draft }) {
    const change: Change = { affectedReceipts: [], expectation: harmless() };
    draft.pageEdits.push((pages) => {
      const index = needPages(pages, 2).findIndex((page, own) => own > 0 && startsTall(page));
      const [before, after] = [pages[index - 1], pages[index]];
      const tall = after?.rows.shift();
      if (before === undefined || after === undefined || tall === undefined) {
        throw new RangeError('no page begins with a wrapped row; ask for more rows');
      }
      const [head, rest] = breakRow(tall);
      before.rows.push(head);
      after.rows.unshift(rest);
      change.affectedReceipts.push(tall.row.receipt);
      return pages;
    });
    return change;
  },
};

function startsTall(page: PlannedPage): boolean {
  const [first] = page.rows;
  return first !== undefined && linesOf(first) > 1;
}

function needPages(pages: PlannedPage[], count: number): PlannedPage[] {
  if (pages.length >= count) return pages;
  throw new RangeError(`the statement has fewer than ${count} pages; ask for more rows`);
}

function receiptsOf(page: PlannedPage | undefined): string[] {
  return [...new Set(page?.rows.map((row) => row.row.receipt))];
}

function linesOf(row: PlannedRow): number {
  return Math.max(...row.cells.map((cell) => cell.length));
}

/** The first line of every cell, and the remaining lines; both keep the row's own line height. */
function breakRow(row: PlannedRow): [PlannedRow, PlannedRow] {
  const lines = linesOf(row);
  const perLine = 8.5;
  const head = { ...row, cells: row.cells.map((cell) => cell.slice(0, 1)) };
  const rest = { ...row, cells: row.cells.map((cell) => cell.slice(1)), isContinuation: true };
  return [
    { ...head, height: row.height - (lines - 1) * perLine },
    { ...rest, height: row.height - perLine },
  ];
}

const keptShare = 0.9;

export const truncated: Mutation = {
  summary: 'the file ends after nine tenths',
  layouts: layoutNames,
  turn: 'after',
  apply({ draft }) {
    if (textLayouts.includes(draft.layout)) return truncateText(draft);
    draft.byteEdits.push((bytes) => bytes.slice(0, Math.floor(bytes.length * keptShare)));
    const isPdf = pdfLayouts.includes(draft.layout);
    const expectation = unreadable(isPdf ? 'malformed-pdf' : 'malformed-workbook');
    return { affectedReceipts: [], expectation };
  },
};

/** Text is cut inside a row, after its first cell, so that what is left can be said exactly. */
function truncateText(draft: Draft): Change {
  const isOldestFirst = draft.layout === 'bank-csv';
  const order = isOldestFirst ? draft.rows.toReversed() : draft.rows;
  const kept = order.slice(0, Math.max(1, Math.floor(order.length * keptShare)));
  const cut = kept.at(-1);
  if (cut === undefined) throw new RangeError('the statement has no row to cut; ask for more');
  draft.rows = isOldestFirst ? kept.toReversed() : kept;
  // A bank's row begins with its date, an export's with its receipt.
  replaceRow(draft, cut, { reject: isOldestFirst ? 'amount-missing' : 'columns-missing' });
  draft.byteEdits.push((bytes) => cutLastLine(bytes, draft));
  return { affectedReceipts: [cut.receipt], expectation: missingEnd(draft) };
}

/** Rows missing at the end break no chain; only printed totals tell. */
function missingEnd(draft: Draft): Expectation {
  const hasTotals = layoutsWithTotals.includes(draft.layout);
  return {
    verdict: 'needsReview',
    checks: hasTotals ? ['row-count', 'summary-total', 'opening-closing'] : ['row-count'],
    signals: hasTotals ? ['summary-mismatch'] : [],
  };
}

function cutLastLine(bytes: Uint8Array, draft: Draft): Uint8Array {
  const { encoding, delimiter, lineEnding } = draft.printing.csv;
  const unit = encoding === 'utf-16le' ? 2 : 1;
  const buffer = Buffer.from(bytes);
  const mark = (text: string): Buffer => Buffer.from(text, unit === 2 ? 'utf16le' : 'latin1');
  const ending = mark(lineEnding);
  const lineStart = buffer.lastIndexOf(ending, buffer.length - ending.length - 1) + ending.length;
  return bytes.slice(0, buffer.indexOf(mark(delimiter), lineStart));
}
