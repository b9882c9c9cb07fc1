import { classicCsv, classicHeader, classicRow, csvWithRows, readBytes } from './samples.ts';

const rows = Array.from({ length: 6 }, (_, number) => classicRow(number, 6));

test('the preamble is read by its labels, and the file is proven by its own figures', async () => {
  const whole = await readBytes(classicCsv(40), 'csv');
  expect(whole.facts).toMatchObject({
    format: 'organisation-classic',
    customerName: 'Example Traders Ltd',
    accountNumber: '600984',
    accountName: 'Utility Account',
    periodFrom: '2026-11-14',
    openingCents: 0,
    closingCents: 4_000,
    totalInCents: 4_000,
  });
  expect(whole.report?.verdict).toBe('proven');
});

test('every row says the line of the file it stands on', async () => {
  const whole = await readBytes(classicCsv(5), 'csv');
  expect(whole.lines.map((line) => line.line)).toEqual([8, 9, 10, 11, 12]);
});

test.each([
  ['a repeated column', classicHeader.replace('Balance Confirmed', 'Details'), 'Details'],
  ['a missing column', classicHeader.replace('Completion Time', 'Hour'), 'Completion Time'],
  ['a reserved column', classicHeader.replace('Reason Type', '__proto__'), '__proto__'],
  ['a reserved column', classicHeader.replace('Reason Type', 'constructor'), 'constructor'],
])('%s is refused by name', async (_, header, named) => {
  const whole = await readBytes(csvWithRows(rows, header), 'csv');
  expect(whole.problem).toEqual({ problem: 'columns', detail: expect.stringContaining(named) });
});

test('a quotation mark left open is refused with its line, and swallows no row', async () => {
  const broken = rows.with(2, (rows[2] ?? '').replace('Pay Bill', '"Pay Bill'));
  const open = await readBytes(csvWithRows(broken), 'csv');
  expect(open.problem?.problem).toBe('malformed-csv');
  const closedLater = broken.with(4, (rows[4] ?? '').replace('Acc. INV-4', 'Acc." INV-4'));
  const swallowed = await readBytes(csvWithRows(closedLater), 'csv');
  expect(swallowed.problem).toEqual({
    problem: 'malformed-csv',
    detail: expect.stringContaining('line 4'),
  });
});

test('a row with cells too many or too few is rejected in its place', async () => {
  const odd = rows.with(1, `${rows[1] ?? ''},surplus`).with(3, 'UKE0000003,14-11-2026 09:35:56,');
  const whole = await readBytes(csvWithRows(odd), 'csv');
  expect(whole.rejects).toEqual([
    expect.objectContaining({
      line: 3,
      reason: 'columns-missing',
      detail: 'The row has 15 cells and the header has 14.',
    }),
    expect.objectContaining({
      line: 5,
      reason: 'columns-missing',
      detail: 'The row has 3 cells and the header has 14.',
    }),
  ]);
  expect(whole.counts).toMatchObject({ candidates: 6, lines: 4, rejects: 2 });
});

test('a NUL byte rejects its row and no other', async () => {
  const odd = rows.with(2, (rows[2] ?? '').replace('WANJIKU', 'WAN\0JIKU'));
  const whole = await readBytes(csvWithRows(odd), 'csv');
  expect(whole.rejects.map((reject) => [reject.line, reject.reason])).toEqual([
    [4, 'text-not-storable'],
  ]);
  expect(whole.lines).toHaveLength(5);
});

test('dates whose order nothing decides are asked for', async () => {
  const bare = csvWithRows(
    [
      'XX00000001,05/06/2026 10:00:00,Pay Bill from 25471****678 - JANE Acc. 1,Completed,5.00,0.00,5.00',
      'XX00000002,04/06/2026 10:00:00,Pay Bill from 25471****678 - JANE Acc. 2,Completed,5.00,0.00,10.00',
    ],
    'Receipt No,Completion Time,Details,Transaction Status,Paid In (KSHs),Withdrawn (KSHs),Balance (KSHs)',
  );
  expect((await readBytes(bare, 'csv')).problem?.problem).toBe('dates-ambiguous');
});

test('prose is no statement', async () => {
  const whole = await readBytes('Dear customer\nthank you for your letter.\n'.repeat(40), 'csv');
  expect(whole.problem?.problem).toBe('unknown-layout');
});

test('names in other scripts and with controls of direction are kept as they are', async () => {
  const odd = rows.with(0, (rows[0] ?? '').replaceAll('WANJIKU', '\u202eWАNJIKU\u200b'));
  const whole = await readBytes(csvWithRows(odd), 'csv');
  expect(whole.lines[0]?.details).toContain('\u202eWАNJIKU\u200b');
});

test('a record without an end is refused by its length, and the reader lives to say so', async () => {
  const endless = rows.with(2, `"${'x'.repeat(3 * 1024 * 1024)}"`);
  const whole = await readBytes(csvWithRows(endless), 'csv');
  expect(whole.problem).toEqual({
    problem: 'malformed-csv',
    detail: expect.stringContaining('65536'),
  });
});
