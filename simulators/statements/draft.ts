/**
 * A statement between the book and the file: rows as they will be printed, figures the file prints
 * about itself, and switches of the writers. Mutations change a draft; the truth is read off it.
 */
import type { Cents } from '../../domain/money.ts';
import type { RejectReason } from '../../domain/statements/terms.ts';
import type { BusinessDate, Instant } from '../../domain/time.ts';
import type { LayoutName, TruthAccount, TruthMutation, TruthRow } from './truth.ts';

/** The texts of a row's cells, where they differ from what the figures would print. */
export type CellTexts = Partial<
  Record<
    'receipt' | 'completionTime' | 'details' | 'status' | 'paidIn' | 'withdrawn' | 'balance',
    string
  >
>;

/** `inCents` and `outCents` are the printed amounts, also of rows that moved nothing. */
export interface DraftRow extends Omit<TruthRow, 'balanceCents' | 'attemptedCents'> {
  balanceCents: Cents;
  initiatedAt: Instant;
  reasonType: string;
  otherParty: string;
  accountReference: string;
  linkedReceipt: string;
  cells?: CellTexts;
  /** Set when no reader may accept the row. */
  reject?: RejectReason;
  /** Amounts printed in another font than the rest of the file. */
  isMixedFont?: boolean;
}

export interface SummaryLine {
  label: string;
  inCents: Cents;
  outCents: Cents;
}

/** Figures printed outside the table of rows; they stay as they are when a mutation edits rows. */
export interface PrintedFigures {
  summary: SummaryLine[];
  totalInCents: Cents;
  totalOutCents: Cents;
  openingCents: Cents;
  closingCents: Cents;
}

export interface CsvShape {
  encoding: 'utf-8' | 'windows-1252' | 'utf-16le';
  hasBom: boolean;
  delimiter: ',' | ';' | '|' | '\t';
  lineEnding: '\n' | '\r\n';
}

export interface PdfMetadata {
  producer: string;
  createdAt: Instant;
  modifiedAt: Instant;
}

export type Cipher = 'rc4-40' | 'rc4-128' | 'aes-128' | 'aes-256';

/** How the file is made, apart from what it says. */
export interface Printing {
  hasBorders: boolean;
  hasBalanceColumn: boolean;
  /** Details wrap over more lines than usual. */
  hasNarrowDetails: boolean;
  /** Repeats the column header after this many rows of a page. */
  headerEvery: number | undefined;
  /** Replaces every page by a picture of itself. */
  isScanned: boolean;
  /** Prints another institution's form instead. */
  isForeign: boolean;
  hasScript: boolean;
  password: string | undefined;
  cipher: Cipher;
  csv: CsvShape;
  bankShape: 'equity' | 'kcb';
}

export interface Draft {
  layout: LayoutName;
  account: TruthAccount;
  period: { from: BusinessDate; to: BusinessDate };
  requestedOn: BusinessDate;
  /** Newest first, as the file prints them. */
  rows: DraftRow[];
  printed: PrintedFigures;
  verificationCode: string;
  metadata: PdfMetadata;
  printing: Printing;
  /** Reorders, drops or splits planned pages; PDF only. */
  pageEdits: ((pages: PlannedPage[]) => PlannedPage[])[];
  /** The last step over the finished bytes; PDF and text only. */
  byteEdits: ((bytes: Uint8Array) => Uint8Array)[];
  /** Set when the file is this draft's first version with the final one appended to it. */
  firstVersion: Draft | undefined;
  mutations: TruthMutation[];
}

/** A row ready to be drawn: the lines of each cell and the height they need, in points. */
export interface TableRow {
  cells: string[][];
  height: number;
  isMixedFont?: boolean;
}

/** A statement row placed on a page. */
export interface PlannedRow extends TableRow {
  row: DraftRow;
  /** The rest of a row whose beginning stands on the page before. */
  isContinuation?: boolean;
}

export interface PlannedPage {
  rows: PlannedRow[];
}
