/** Statements of the generator that are locked, changed, cut or foreign. */
import type { MutationName } from '../mutations/catalogue.ts';
import type { StatementOptions } from '../options.ts';
import { generateStatement } from '../statement.ts';
import type { StatementTruth } from '../truth.ts';
import type { BadInput, BadInputExpectation } from './bad-input.ts';

const seed = 61;
const password = '290441';

function generated(
  id: string,
  input: {
    name: string;
    options: StatementOptions;
    password?: string;
    expect: BadInputExpectation;
  },
): BadInput {
  const { name, options, expect } = input;
  return {
    id,
    name,
    fileName: `${name}.${fileEnding(options)}`,
    bytes: async () => (await generateStatement(options)).bytes,
    ...(input.password !== undefined && { password: input.password }),
    expect,
  };
}

function fileEnding(options: StatementOptions): string {
  const [, ending] = options.layout.split('-');
  return ending === 'csv' || ending === 'xlsx' || ending === 'xls' ? ending : 'pdf';
}

const locked: StatementOptions = { layout: 'personal-a', seed, rows: 60, months: 1, password };

const lockedInputs: readonly BadInput[] = [
  generated('S4', {
    name: 'locked-without-password',
    options: locked,
    expect: { problems: ['password-needed'] },
  }),
  generated('S4', {
    name: 'locked-wrong-password',
    options: locked,
    password: '000000',
    expect: { problems: ['password-wrong'] },
  }),
  ...(['rc4-40', 'rc4-128', 'aes-128', 'aes-256'] as const).map((cipher) =>
    generated('S4', {
      name: `locked-${cipher}`,
      options: { ...locked, cipher },
      password,
      expect: { verdicts: ['proven'], rowCount: 60 },
    }),
  ),
];

const pdfBase: StatementOptions = { layout: 'personal-b', seed, rows: 180, months: 3 };

/** What the mutation itself says about the file. */
function changed(id: string, mutation: MutationName, options = pdfBase): BadInput {
  const name = `${mutation}-${options.layout}`;
  return generated(id, {
    name,
    options: { ...options, mutations: [mutation] },
    expect: expectations[mutation] ?? { verdicts: ['needsReview'] },
  });
}

const expectations: Partial<Record<MutationName, BadInputExpectation>> = {
  'active-content': { verdicts: ['proven'], rowCount: 180 },
  scanned: { problems: ['no-text-layer'] },
  'other-bank': { problems: ['unknown-layout'] },
  truncated: {
    problems: ['malformed-pdf', 'malformed-workbook', 'unsupported-type'],
    verdicts: ['needsReview'],
  },
  'overlapping-period': { verdicts: ['proven'] },
};

const csvBase: StatementOptions = { layout: 'classic-csv', seed, rows: 180, months: 3 };

/** Statements made and changed by the generator. */
export const generatedInputs: readonly BadInput[] = [
  ...lockedInputs,
  changed('S10', 'active-content'),
  changed('S12', 'scanned'),
  changed('S13', 'other-bank'),
  changed('S14', 'page-missing'),
  changed('S14', 'pages-swapped'),
  {
    id: 'S14',
    name: 'two-exports-in-one',
    fileName: 'two-exports-in-one.csv',
    bytes: async () => {
      const first = await generateStatement(csvBase);
      const second = await generateStatement({ ...csvBase, seed: seed + 1 });
      return new Uint8Array(Buffer.concat([first.bytes, second.bytes]));
    },
    expect: { problems: ['columns', 'malformed-csv'], verdicts: ['needsReview'] },
  },
  changed('S15', 'truncated'),
  changed('S15', 'truncated', csvBase),
  changed('S15', 'truncated', { ...csvBase, layout: 'newer-xlsx' }),
  changed('S15', 'truncated', { ...csvBase, layout: 'classic-xls' }),
  changed('S17', 'overlapping-period', csvBase),
  changed('S18', 'duplicate-receipt-other-amount', csvBase),
  changed('S23', 'edited-balance', csvBase),
];

/** Two files of one book whose windows overlap; the second shows shared rows unchanged. */
export async function overlappingPair(): Promise<{ bytes: Uint8Array; truth: StatementTruth }[]> {
  const first = await generateStatement(csvBase);
  const second = await generateStatement({ ...csvBase, mutations: ['overlapping-period'] });
  return [first, second];
}
