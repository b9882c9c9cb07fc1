import { generateStatement } from '../../../simulators/statements/statement.ts';
import { layoutNames } from '../../../simulators/statements/truth.ts';

const size = { rows: 150, months: 2 };

describe.each(layoutNames)('%s', (layout) => {
  test('is the same file for the same options', async () => {
    const first = await generateStatement({ layout, seed: 21, ...size });
    const second = await generateStatement({ layout, seed: 21, ...size });
    expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true);
    expect(first.truth).toEqual(second.truth);
    expect(first.fileName).toBe(second.fileName);
  });

  test('is another account for another seed', async () => {
    const first = await generateStatement({ layout, seed: 21, ...size });
    const second = await generateStatement({ layout, seed: 22, ...size });
    expect(first.truth.rows).not.toEqual(second.truth.rows);
  });
});

describe('locked files', () => {
  test.each(['rc4-40', 'rc4-128'] as const)('are the same bytes with %s', async (cipher) => {
    const options = { layout: 'personal-a', seed: 21, ...size, password: '1', cipher } as const;
    const [first, second] = [await generateStatement(options), await generateStatement(options)];
    expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true);
  });

  test.each(['aes-128', 'aes-256'] as const)('say the same with %s', async (cipher) => {
    const options = { layout: 'personal-a', seed: 21, ...size, password: '1', cipher } as const;
    const [first, second] = [await generateStatement(options), await generateStatement(options)];
    expect(first.truth).toEqual(second.truth);
  });
});

test('mutations are chosen by the seed alone', async () => {
  const options = {
    layout: 'classic-csv',
    seed: 5,
    mutations: ['edited-amount', 'removed-row'],
  } as const;
  const [first, second] = [await generateStatement(options), await generateStatement(options)];
  expect(first.truth.mutations).toEqual(second.truth.mutations);
  expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true);
});

test.each([
  [{ rows: -1 }, 'rows'],
  [{ rows: 1.5 }, 'rows'],
  [{ months: 0 }, 'months'],
  [{ seed: Number.NaN }, 'seed'],
  [{ rows: 2_000_000 }, 'rows'],
])('options %j that make no sense are refused by name', async (wrong, name) => {
  await expect(generateStatement({ layout: 'personal-a', ...wrong })).rejects.toThrow(name);
});
