import { CFB, utils, write, type WorkBook } from '@e965/xlsx';
import { problemInSwahili } from '../../../domain/statements/in-swahili.ts';
import { readBytes } from './samples.ts';

const header = [
  'Receipt No',
  'Completion Time',
  'Details',
  'Transaction Status',
  'Paid In (KSHs)',
  'Withdrawn (KSHs)',
  'Balance (KSHs)',
];
const details = 'Pay Bill from 2547****678 - JANE Acc. 1';
/** 14 November 2026, 09:35:41 and 08:00:00, as spreadsheets count that begin with 1900. */
const serials = [46340 + 34_541 / 86_400, 46340 + 1 / 3] as const;

type Cell = string | number | { v: number; t: 'n'; z: string };

function table(times: readonly Cell[], balances: readonly Cell[] = [300.5, 100.5]): Cell[][] {
  return [
    header,
    ['UKE7Q2X9LM', times[0] ?? '', details, 'Completed', 200, 0, balances[0] ?? ''],
    ['UKE7Q2X9LN', times[1] ?? '', details, 'Completed', 50.5, 0, balances[1] ?? ''],
  ];
}

const texts = ['14/11/2026 09:35:41', '14/11/2026 08:00:00'];

function book(sheets: readonly Cell[][][]): WorkBook {
  const made = utils.book_new();
  for (const cells of sheets) utils.book_append_sheet(made, utils.aoa_to_sheet(cells));
  return made;
}

function bytesOf(made: WorkBook, bookType: 'xlsx' | 'biff8' | 'biff5' = 'xlsx'): Uint8Array {
  const bytes: unknown = write(made, { type: 'buffer', bookType });
  if (!(bytes instanceof Uint8Array)) throw new Error('the workbook was not written as bytes');
  return new Uint8Array(bytes);
}

/** Day numbers as cells that show them as dates. */
function shown(numbers: readonly number[]): Cell[] {
  return numbers.map((v) => ({ v, t: 'n', z: 'dd/mm/yyyy hh:mm:ss' }));
}

const asWritten = [
  ['2026-11-14T06:35:41.000Z', 20_000, 30_050],
  ['2026-11-14T05:00:00.000Z', 5_050, 10_050],
];

async function rowsOf(bytes: Uint8Array, kind: 'xlsx' | 'xls' = 'xlsx') {
  const whole = await readBytes(bytes, kind);
  expect([whole.problem, whole.rejects]).toEqual([undefined, []]);
  return whole.lines.map((line) => [line.completedAt, line.inCents, line.balanceCents]);
}

describe('dates of a workbook', () => {
  test.each([
    ['xlsx', 'xlsx'],
    ['biff8', 'xls'],
    ['biff5', 'xls'],
  ] as const)('that counts from 1904 are the days they show (%s)', async (bookType, kind) => {
    const made = book([table(shown(serials.map((serial) => serial - 1462)))]);
    made.Workbook = { WBProps: { date1904: true } };

    expect(await rowsOf(bytesOf(made, bookType), kind)).toEqual(asWritten);
  });

  test('that counts from 1900 are as well', async () => {
    expect(await rowsOf(bytesOf(book([table(shown(serials))])))).toEqual(asWritten);
  });
});

describe('figures of a workbook', () => {
  test('with the trace of a sum far behind the cents are the cents', async () => {
    const strayed = [300.50000000000006, 100.50000000000001];

    expect(await rowsOf(bytesOf(book([table(texts, strayed)])))).toEqual(asWritten);
  });

  test('with a third of a cent are refused', async () => {
    const whole = await readBytes(bytesOf(book([table(texts, [300.503, 100.5])])), 'xlsx');

    expect(whole.rejects.map(({ reason }) => reason)).toEqual(['balance-malformed']);
  });
});

describe('hidden sheets', () => {
  test('count no row twice', async () => {
    const made = book([table(texts), table(texts)]);
    made.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };

    expect(await rowsOf(bytesOf(made))).toEqual(asWritten);
  });

  test('are read where no other has a statement', async () => {
    const made = book([[['Cover'], ['See the next sheet']], table(texts)]);
    made.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };

    expect(await rowsOf(bytesOf(made))).toEqual(asWritten);
  });
});

describe('a locked workbook of the old kind', () => {
  test('is refused with what to do, in both languages', async () => {
    const whole = await readBytes(locked(bytesOf(book([table(texts)]), 'biff8')), 'xls');

    expect(whole.problem).toEqual({
      problem: 'malformed-workbook',
      detail: 'The workbook is locked with a password; save it without one.',
    });
    expect(problemInSwahili(whole.problem?.detail ?? '')).toMatch(/nenosiri/);
  });
});

/** Puts the record that says a stream is enciphered behind its first ([MS-XLS] 2.4.117). */
function locked(bytes: Uint8Array): Uint8Array {
  const file = CFB.read(Buffer.from(bytes), { type: 'buffer' });
  const entry = CFB.find(file, '/Workbook');
  if (!entry) throw new Error('no stream of that name');
  const stream = Buffer.from(entry.content);
  const begin = 4 + stream.readUInt16LE(2);
  const filePass = Buffer.from([0x2f, 0, 6, 0, 0, 0, 0x34, 0x12, 0x78, 0x56]);
  entry.content = Buffer.concat([stream.subarray(0, begin), filePass, stream.subarray(begin)]);
  return new Uint8Array(Buffer.from(CFB.write(file, { type: 'buffer' })));
}

describe('a workbook of another source', () => {
  const bank: Cell[][] = [
    ['Benki ya Mfano'],
    ['Tarehe', 'Maelezo', 'Imeingia', 'Imetoka', 'Salio'],
    ['14/11/2026', 'MPESA PAYBILL 522522', '200.00', '', '300.50'],
    ['13/11/2026', 'ADA', '', '50.00', '100.50'],
  ];

  test('says where its table begins, also where nothing can be proposed', async () => {
    const whole = await readBytes(bytesOf(book([bank])), 'xlsx', { mode: 'inspect' });

    expect(whole.problem?.problem).toBe('mapping-needed');
    expect(whole.preview).toMatchObject({
      header: bank[1],
      source: { headerRow: 1, delimiter: ',' },
    });
    expect(whole.preview?.proposed).toBeUndefined();
  });

  test('is read as a person says', async () => {
    const columns = { completionTime: 'Tarehe', details: 'Maelezo', balance: 'Salio' };
    const whole = await readBytes(bytesOf(book([bank])), 'xlsx', {
      mapping: {
        ...{ headerRow: 1, delimiter: ',', dateOrder: 'day-first', signRule: 'negative-is-out' },
        columns: { ...columns, paidIn: 'Imeingia', withdrawn: 'Imetoka' },
      },
    });

    expect(whole.lines.map(({ inCents, outCents }) => inCents - outCents)).toEqual([
      20_000, -5_000,
    ]);
  });
});
