/**
 * The words of statement ingestion. A file is read into candidate rows of text; each candidate
 * becomes a statement line or a named reject; the lines and the printed figures give the proof.
 */
import type { Cents } from '../money.ts';
import type { BusinessDate, Instant } from '../time.ts';

export const statementFormats = [
  'personal-a',
  'personal-b',
  'till-pdf',
  'organisation-classic',
  'organisation-newer',
  'mapped-csv',
] as const;
/** Which layout a file was recognised as; `mapped-csv` is any CSV read through a column mapping. */
export type StatementFormat = (typeof statementFormats)[number];

export const mediaKinds = ['pdf', 'csv', 'xlsx', 'xls'] as const;
/** What the bytes are, by their signature and never by the file name. */
export type MediaKind = (typeof mediaKinds)[number];

export const rowStatuses = [
  'completed',
  'failed',
  'cancelled',
  'declined',
  'expired',
  'reversed',
  'pending',
  'initiated',
] as const;
/** Only a completed row moves money. */
export type RowStatus = (typeof rowStatuses)[number];

export type Direction = 'in' | 'out';

/**
 * A row as the file prints it, before anything is believed. Cells are trimmed text; wrapped details
 * are joined by one space. `page` counts from 1 (sheets for workbooks, 1 for CSV); `line` is the
 * row's ordinal on its page for PDFs and the physical line of the file for CSV.
 */
export interface CandidateRow {
  page: number;
  line: number;
  /** The text exactly as read, cells separated by ` | `, for people to compare with the paper. */
  raw: string;
  receipt: string;
  completionTime: string;
  details: string;
  status: string;
  paidIn: string;
  withdrawn: string;
  /** Undefined when the file has no Balance column at all; '' when the cell is blank. */
  balance: string | undefined;
  /** One signed amount column instead of paidIn/withdrawn (mapped CSVs only). */
  amount?: string;
  initiationTime?: string;
  reasonType?: string;
  otherParty?: string;
  linkedReceipt?: string;
  accountReference?: string;
  transactionType?: string;
  currency?: string;
}

export const rejectReasons = [
  'receipt-malformed',
  'time-malformed',
  'time-impossible',
  'time-out-of-range',
  'amount-malformed',
  'amount-both-columns',
  'amount-missing',
  'status-unknown',
  'balance-malformed',
  'text-not-storable',
  'currency-unsupported',
  'direction-contradicts-wording',
  'columns-missing',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** A candidate that could not be read; it is kept with its place and its text, never dropped. */
export interface RejectedRow {
  page: number;
  line: number;
  raw: string;
  reason: RejectReason;
  /** Names the cell and what was expected of it, in plain words. */
  detail: string;
}

/** An accepted row. Amounts are non-negative cents; exactly one of them is positive for money that moved. */
export interface StatementLine {
  /** Position among the accepted rows of the file, from 0, in file order. */
  ordinal: number;
  page: number;
  line: number;
  raw: string;
  receipt: string;
  completedAt: Instant;
  details: string;
  status: RowStatus;
  inCents: Cents;
  outCents: Cents;
  /** What a row that is not completed would have moved; such a row has zero in and out. */
  attemptedCents?: Cents;
  /** Undefined where the file prints none. Signed: an overdrawn account is negative. */
  balanceCents: Cents | undefined;
  /**
   * Which one of several equal rows this is: counts from 0 within (receipt, direction, amount) of
   * the file, so that two genuine equal rows survive and a re-upload adds nothing.
   */
  twin: number;
  reading: Reading;
  initiatedAt?: Instant;
  linkedReceipt?: string;
  accountReference?: string;
  /** The account inside the file this row belongs to (one export may hold several sub-accounts). */
  subAccount?: string;
}

export const channels = [
  'send-money',
  'receive-money',
  'paybill',
  'till',
  'pochi',
  'agent',
  'atm',
  'airtime',
  'bundles',
  'bank',
  'international',
  'other-network',
  'savings',
  'loan',
  'investment',
  'card',
  'business-payment',
  'settlement',
  'reversal',
  'charge',
  'other',
] as const;
/** The rail the money used. */
export type Channel = (typeof channels)[number];

/** Why we believe what we say about a row: the phrase that matched and what it decided. */
export interface Reading {
  /** Catalogue type, for example `fee.send`, `loan.fuliza.draw`, `paybill`, `till`, `receive`. */
  purpose: string;
  channel: Channel;
  /** Direction by wording; undefined where only the column can tell. */
  wordingDirection: Direction | undefined;
  counterparty: Counterparty | undefined;
  isFee: boolean;
  /** Moves between the owner's own pockets (savings, investments): neither income nor spending. */
  isOwnMoney: boolean;
  /** Loan principal drawn or repaid: neither income nor spending. */
  isLoanPrincipal: boolean;
  isFulizaFunded: boolean;
  /** `certain` when a catalogue phrase matched, `low` for the fallback by column. */
  confidence: 'certain' | 'likely' | 'low';
  /** One sentence: which phrase matched and what follows from it. */
  reason: string;
}

export interface Counterparty {
  kind: 'person' | 'business' | 'agent' | 'bank' | 'operator' | 'own-account' | 'unknown';
  name: string | undefined;
  /** As printed, masked or not: `0712***678`. */
  msisdn: string | undefined;
  /** Pay bill, till or agent number. */
  shortcode: string | undefined;
  accountReference: string | undefined;
  /**
   * Stable key to group rows of one counterparty: upper-case name without branch numbers for a
   * business, and last three digits of the number plus name for a person.
   */
  key: string | undefined;
}

/** What the file prints about itself; every figure that is not printed is undefined. */
export interface PrintedFacts {
  format: StatementFormat;
  customerName: string | undefined;
  /** MSISDN or shortcode as printed. */
  accountNumber: string | undefined;
  accountName: string | undefined;
  periodFrom: BusinessDate | undefined;
  periodTo: BusinessDate | undefined;
  requestedOn: BusinessDate | undefined;
  summary: readonly SummaryRow[];
  totalInCents: Cents | undefined;
  totalOutCents: Cents | undefined;
  openingCents: Cents | undefined;
  closingCents: Cents | undefined;
  verificationCode: string | undefined;
  /** False when the file has no Balance column. */
  hasBalanceColumn: boolean;
  /** Balances of the newer export run per sub-account, so the chain holds only within one account. */
  balancesPerSubAccount: boolean;
  pageCount: number;
}

export interface SummaryRow {
  label: string;
  inCents: Cents;
  outCents: Cents;
}

export const checkNames = [
  'row-count',
  'summary-total',
  'opening-closing',
  'balance-chain',
  'period',
  'receipt-dates',
  'duplicate-receipts',
] as const;
export type CheckName = (typeof checkNames)[number];

/** Points at the paper: the page and line of a row and its receipt. */
export interface RowPointer {
  page: number;
  line: number;
  receipt: string;
}

export interface ProofCheck {
  name: CheckName;
  /** `not-printed` when the file gives nothing to check against: shown, never silently green. */
  outcome: 'passed' | 'failed' | 'not-printed' | 'noted';
  /** Figures in words: what was expected, what was found, the difference to the cent. */
  detail: string;
  /** The same in Swahili; missing in proofs of before there was one. */
  detailSw?: string;
  rows: readonly RowPointer[];
}

export const tamperSignals = [
  'producer-unusual',
  'modified-after-creation',
  'incremental-update',
  'fonts-mixed-in-amounts',
  'objects-anomalous',
  'balance-column-missing',
  'balance-chain-broken',
  'summary-mismatch',
  'receipt-date-mismatch',
  'receipt-amount-conflict',
  'row-order-broken',
  'active-content',
] as const;
export type TamperSignal = (typeof tamperSignals)[number];

export interface TamperFinding {
  signal: TamperSignal;
  severity: 'note' | 'warning' | 'alarm';
  detail: string;
  detailSw?: string;
  rows: readonly RowPointer[];
}

export type Verdict = 'proven' | 'needsReview' | 'refused';

/** The result of proving: figures come from the rows, never from the printed summary. */
export interface ProofReport {
  verdict: Verdict;
  checks: readonly ProofCheck[];
  tamper: readonly TamperFinding[];
  rowCount: number;
  rejectCount: number;
  totalInCents: Cents;
  totalOutCents: Cents;
  openingCents: Cents | undefined;
  closingCents: Cents | undefined;
  firstAt: Instant | undefined;
  lastAt: Instant | undefined;
}

export const fileProblems = [
  'empty-file',
  'unsupported-type',
  'file-too-large',
  'password-needed',
  'password-wrong',
  'malformed-pdf',
  'malformed-workbook',
  'malformed-csv',
  'too-complex',
  'too-many-pages',
  'too-many-rows',
  'no-text-layer',
  'unknown-layout',
  'encoding',
  'columns',
  'mapping-needed',
  'dates-ambiguous',
  'password-expired',
  'abandoned',
] as const;
/** Why a whole file was refused or has to wait for a person. */
export type FileProblem = (typeof fileProblems)[number];

/** What pdf-parse and a scan of the bytes tell about a PDF beyond its text. */
export interface PdfEvidence {
  producer: string | undefined;
  creator: string | undefined;
  /** ISO instants; undefined when absent or unreadable. */
  createdAt: Instant | undefined;
  modifiedAt: Instant | undefined;
  isEncrypted: boolean;
  isLinearized: boolean;
  /** Number of bodies appended after the first (linearization does not count). */
  incrementalUpdates: number;
  hasActiveContent: boolean;
  /** Fonts by name with how many amount cells use them; more than one is unusual. */
  amountFonts: readonly { font: string; cells: number }[];
}

/** How a foreign CSV is read; remembered per source by the fingerprint of its header. */
export interface ColumnMapping {
  /** Rows before the header, counted from the top of the file. */
  headerRow: number;
  delimiter: ',' | ';' | '\t' | '|';
  dateOrder: 'day-first' | 'month-first' | 'year-first';
  columns: {
    completionTime: string;
    /** Some banks print the time of day apart from the date. */
    timeOfDay?: string;
    details: string;
    receipt?: string;
    paidIn?: string;
    withdrawn?: string;
    /** One signed amount column instead of two. */
    amount?: string;
    balance?: string;
    status?: string;
    counterparty?: string;
    accountReference?: string;
  };
  /** For a single amount column: what a minus sign means. */
  signRule: 'negative-is-out' | 'negative-is-in';
}
