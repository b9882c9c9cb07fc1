/** The sample files of a first start: half a year of one small trader and of her own wallet. */
import { businessDate } from '../../domain/time.ts';
import type { StatementOptions } from './options.ts';

export interface SampleStatement {
  /** Name of the file as a person would have saved it. */
  fileName: string;
  /** One sentence about what the sample shows. */
  shows: string;
  options: StatementOptions;
}

const from = businessDate('2026-05-01');
const months = 6;
const owner = { seed: 2026, holderName: 'NJERI WAMBUI KAMANDE' };

const samples: readonly SampleStatement[] = [
  {
    fileName: 'Mpesa_Statement_May_to_Oct_2026.pdf',
    shows: 'A locked personal statement with overdrafts repaid out of order.',
    options: {
      layout: 'personal-a',
      ...owner,
      rows: 640,
      months,
      from,
      failures: false,
      password: '290441',
      cipher: 'aes-128',
      mutations: ['fuliza-out-of-order'],
    },
  },
  {
    fileName: 'M-PESA_Statement_Aug_to_Oct_2026.pdf',
    shows: 'The same wallet in the other layout, overlapping the last three months.',
    options: {
      layout: 'personal-b',
      ...owner,
      rows: 640,
      months,
      from,
      failures: false,
      window: { from: businessDate('2026-08-01'), to: businessDate('2026-10-31') },
    },
  },
  {
    fileName: 'Till_5512908_Statement.pdf',
    shows: 'A till of the business app with charges and withdrawals to the bank.',
    options: { layout: 'till', seed: 11, rows: 900, months, from },
  },
  {
    fileName: 'ORG_600984_Utility_Account_Completed.csv',
    shows: 'The classic portal export of a pay bill with invoice numbers, some mistyped.',
    options: { layout: 'classic-csv', seed: 12, rows: 2400, months, from },
  },
  {
    fileName: 'Statements for 600984.xlsx',
    shows: 'The newer portal export as a workbook, with settlement sweeps.',
    options: { layout: 'newer-xlsx', seed: 13, rows: 1200, months, from },
  },
  {
    fileName: 'Bank_0112277345_2026.csv',
    shows: 'A bank statement that needs its columns mapped once.',
    options: { layout: 'bank-csv', seed: 14, rows: 420, months, from },
  },
  {
    fileName: 'Mpesa_Statement_with_bad_rows.pdf',
    shows: 'Two unreadable rows and an edited amount, named to the row and the cent.',
    options: {
      layout: 'personal-b',
      seed: 15,
      rows: 260,
      months: 3,
      from,
      mutations: ['bad-row-date', 'bad-row-amount', 'edited-amount'],
    },
  },
];

/** The samples in the order in which they are best tried; always the same. */
export function sampleStatements(): readonly SampleStatement[] {
  return samples;
}
