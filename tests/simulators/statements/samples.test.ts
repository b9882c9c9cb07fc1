import { sampleStatements } from '../../../simulators/statements/samples.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';

const samples = sampleStatements();

test('the samples show every layout family, a locked file and bad rows', () => {
  const layouts = samples.map((sample) => sample.options.layout);
  expect(layouts).toEqual(
    expect.arrayContaining([
      'personal-a',
      'personal-b',
      'till',
      'classic-csv',
      'newer-xlsx',
      'bank-csv',
    ]),
  );
  expect(samples.filter((sample) => sample.options.password !== undefined)).toHaveLength(1);
  expect(new Set(samples.map((sample) => sample.fileName)).size).toBe(samples.length);
});

test.each(samples)('$fileName can be made, always the same', async ({ options }) => {
  const [first, second] = [await generateStatement(options), await generateStatement(options)];
  expect(first.truth).toEqual(second.truth);
  expect(first.truth.rowCount).toBeGreaterThan(100);
});

test('the two personal samples are one wallet and share their rows', async () => {
  const [a, b] = samples.map(({ options }) => generateStatement(options));
  const [first, second] = [await a, await b];
  const receipts = new Set(first?.truth.rows.map((row) => row.receipt));
  expect(second?.truth.account).toEqual(first?.truth.account);
  expect(second?.truth.rows.every((row) => receipts.has(row.receipt))).toBe(true);
});

test('the sample with bad rows has two of them and one edited amount', async () => {
  const sample = samples.find(
    ({ options }) => options.mutations?.includes('bad-row-date') === true,
  );
  const { truth } = await generateStatement(sample?.options ?? { layout: 'till' });
  expect(truth.rejects).toHaveLength(2);
  expect(truth.mutations.map((mutation) => mutation.name)).toContain('edited-amount');
});
