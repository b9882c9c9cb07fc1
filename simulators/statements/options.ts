/** What can be asked of the generator, and what is filled in when it is not. */
import { addDays, businessDate, daysBetween } from '../../domain/time.ts';
import type { BusinessDate } from '../../domain/time.ts';
import type { Cipher, CsvShape } from './draft.ts';
import type { MutationName } from './mutations/catalogue.ts';
import type { LayoutName } from './truth.ts';

export interface StatementOptions {
  layout: LayoutName;
  /** Everything invented follows from it; 1 when not given. */
  seed?: number;
  /** Printed rows of the book's months, exactly; 200 when not given. */
  rows?: number;
  /** Length of the book; 6 when not given. */
  months?: number;
  /** First day of the book, `YYYY-MM-DD`; 2025-01-01 when not given. */
  from?: BusinessDate;
  /** Prints only these days of the book; two windows of one book share identical rows. */
  window?: { from: BusinessDate; to: BusinessDate };
  /** Locks a PDF. */
  password?: string;
  cipher?: Cipher;
  mutations?: readonly MutationName[];
  /** False leaves out the drawn cell borders of a PDF. */
  borders?: boolean;
  balanceColumn?: boolean;
  /** Whether failed and cancelled attempts are part of the book; by the layout when not given. */
  failures?: boolean;
  /** Whose account an organisation export shows; `paybill` when not given. Tills have no account references. */
  organisation?: 'paybill' | 'till';
  csv?: Partial<CsvShape>;
  bankShape?: 'equity' | 'kcb';
  /** Whose personal account it is; invented when not given. */
  holderName?: string;
}

export interface CompleteOptions extends Omit<StatementOptions, 'csv'> {
  seed: number;
  rows: number;
  from: BusinessDate;
  /** Last day of the book. */
  to: BusinessDate;
  days: number;
  cipher: Cipher;
  mutations: readonly MutationName[];
  borders: boolean;
  balanceColumn: boolean;
  organisation: 'paybill' | 'till';
  csv: CsvShape;
  bankShape: 'equity' | 'kcb';
}

const plainCsv: CsvShape = { encoding: 'utf-8', hasBom: false, delimiter: ',', lineEnding: '\n' };
const mostRows = 1_000_000;

/** Fills in what was not given; throws a RangeError naming an option that makes no sense. */
export function completeOptions(options: StatementOptions): CompleteOptions {
  const { seed = 1, rows = 200, months = 6, from = businessDate('2025-01-01') } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number');
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > mostRows) {
    throw new RangeError(`rows must be a whole number from 0 to ${mostRows}`);
  }
  if (!Number.isSafeInteger(months) || months < 1 || months > 60) {
    throw new RangeError('months must be a whole number from 1 to 60');
  }
  const to = addDays(addMonths(from, months), -1);
  return {
    ...options,
    seed,
    rows,
    from,
    to,
    days: daysBetween(from, to) + 1,
    cipher: options.cipher ?? 'aes-128',
    mutations: options.mutations ?? [],
    borders: options.borders ?? true,
    balanceColumn: options.balanceColumn ?? true,
    organisation: options.organisation ?? 'paybill',
    csv: { ...plainCsv, ...options.csv },
    bankShape: options.bankShape ?? 'equity',
  };
}

/** The same day `months` later; the end of a shorter month for its last days. */
function addMonths(date: BusinessDate, months: number): BusinessDate {
  const [year = '', month = '', day = ''] = date.split('-');
  const index = Number(year) * 12 + Number(month) - 1 + months;
  const first = `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
  const last = new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
  return businessDate(`${first}-${String(Math.min(Number(day), last)).padStart(2, '0')}`);
}
