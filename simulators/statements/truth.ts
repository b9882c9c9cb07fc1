/** What a generated file says, so that readers can be checked against it to the cent. */
import type {
  CheckName,
  FileProblem,
  RejectReason,
  RowStatus,
  StatementFormat,
  TamperSignal,
  Verdict,
} from '../../domain/statements/terms.ts';
import type { Cents } from '../../domain/money.ts';
import type { BusinessDate, Instant } from '../../domain/time.ts';

export const layoutNames = [
  'personal-a',
  'personal-b',
  'till',
  'classic-csv',
  'classic-xlsx',
  'classic-xls',
  'newer-csv',
  'newer-xlsx',
  'bank-csv',
] as const;
export type LayoutName = (typeof layoutNames)[number];

export interface TruthAccount {
  kind: 'personal' | 'till' | 'paybill' | 'bank';
  /** As printed: MSISDN for a person, shortcode or account number otherwise. */
  number: string;
  name: string;
}

export interface TruthRow {
  receipt: string;
  completedAt: Instant;
  /** The details as one line: wrapped cells joined by one space. */
  details: string;
  status: RowStatus;
  inCents: Cents;
  outCents: Cents;
  /** What is printed on a row that is not completed; such rows move nothing. */
  attemptedCents?: Cents;
  /** Null where the file prints none. */
  balanceCents: Cents | null;
  /** Catalogue type of the details, for example `send`, `fee.send`, `loan.fuliza.draw`. */
  purpose: string;
  /** Receipt of the payment this charge or overdraft belongs to. */
  parentReceipt?: string;
}

/** A printed row that no reader may accept. */
export interface TruthReject {
  receipt: string;
  reason: RejectReason;
}

export interface TruthMutation {
  name: string;
  affectedReceipts: string[];
  expectation: {
    verdict: Verdict;
    /** Checks that must not pass. */
    checks: CheckName[];
    /** Tamper signals that must be among those found. */
    signals: TamperSignal[];
    /** Set when the whole file must be refused for this reason. */
    problem?: FileProblem;
  };
}

export interface StatementTruth {
  layout: LayoutName;
  format: StatementFormat;
  account: TruthAccount;
  period: { from: BusinessDate; to: BusinessDate };
  /** Readable rows in file order; `rejects` come on top of it. */
  rowCount: number;
  /** In file order, newest first, except where a mutation changed the order. */
  rows: TruthRow[];
  rejects: TruthReject[];
  /** Sums over the completed rows of `rows`: other statuses move no money. */
  totals: { inCents: Cents; outCents: Cents };
  /** Balance before the oldest row of the clean window. */
  openingCents: Cents;
  /** Balance after the newest row of the clean window. */
  closingCents: Cents;
  verificationCode?: string;
  pageCount: number;
  mutations: TruthMutation[];
}
