import { badInputs } from '../../../simulators/statements/corpus.ts';
import { overlappingPair } from '../../../simulators/statements/corpus/generated-inputs.ts';

const inputs = badInputs();
const large = new Set([
  'over-the-cap-csv',
  'million-text-operators',
  'many-entries-xlsx',
  'field-of-50-megabytes',
]);

test('every row of the list that is a file has an input', () => {
  const ids = new Set(inputs.map((input) => input.id));
  const aboutRequests = ['S16', 'S31'];
  const expected = Array.from({ length: 32 }, (_, index) => `S${index + 1}`);
  expect(expected.filter((id) => !ids.has(id))).toEqual(aboutRequests);
});

test('names are unique and every input says what may become of it', () => {
  expect(new Set(inputs.map((input) => input.name)).size).toBe(inputs.length);
  for (const { expect: allowed } of inputs) {
    const outcomes = [...(allowed.problems ?? []), ...(allowed.verdicts ?? [])];
    expect(outcomes.length).toBeGreaterThan(0);
  }
});

test.each(inputs.filter(({ name }) => !large.has(name)))('$id $name can be made', async (input) => {
  const bytes = await input.bytes();
  expect(bytes).toBeInstanceOf(Uint8Array);
  if (input.id !== 'S1') expect(bytes.length).toBeGreaterThan(10);
});

test('the bomb in a bomb is a few kilobytes', async () => {
  const bomb = inputs.find((input) => input.name === 'flate-bomb-in-bomb');
  expect((await bomb?.bytes())?.length).toBeLessThan(5000);
});

test('the overlapping pair shares rows and each has rows of its own', async () => {
  const [first, second] = await overlappingPair();
  const receipts = new Set(first?.truth.rows.map((row) => row.receipt));
  const shared = second?.truth.rows.filter((row) => receipts.has(row.receipt)) ?? [];
  expect(shared.length).toBeGreaterThan(20);
  expect(shared.length).toBeLessThan(second?.truth.rows.length ?? 0);
});
