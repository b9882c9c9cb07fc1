import { mutationNames, mutations } from '../../../simulators/statements/mutations/catalogue.ts';
import type { MutationName } from '../../../simulators/statements/mutations/catalogue.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import type { GeneratedStatement } from '../../../simulators/statements/statement.ts';
import { layoutNames } from '../../../simulators/statements/truth.ts';
import type { LayoutName, StatementTruth, TruthRow } from '../../../simulators/statements/truth.ts';
import { judgeStatement } from './judge-statement.ts';
import { readPdfs } from './read-pdfs.ts';

const base = { seed: 71, rows: 220, months: 3 };
const pdfs: readonly LayoutName[] = ['personal-a', 'personal-b', 'till'];
/** What only a look at the bytes can tell; the domain learns it from the reader. */
const fileSignals = new Set<string>([
  'producer-unusual',
  'modified-after-creation',
  'incremental-update',
  'active-content',
  'fonts-mixed-in-amounts',
]);

function layoutsOf(name: MutationName): LayoutName[] {
  const allowed: readonly LayoutName[] = mutations[name].layouts;
  return layoutNames.filter((layout) => allowed.includes(layout));
}

/** A bank's file needs its columns mapped before it can be judged. */
const judged = mutationNames().flatMap((name) =>
  layoutsOf(name)
    .filter((layout) => layout !== 'bank-csv')
    .map((layout) => [name, layout] as const),
);

describe('the proof of a mutated statement', () => {
  let statements: GeneratedStatement[] = [];
  let readings: ReturnType<typeof readPdfs> = [];

  beforeAll(async () => {
    statements = await Promise.all(
      judged.map(([name, layout]) => generateStatement({ ...base, layout, mutations: [name] })),
    );
    readings = readPdfs(statements.filter((_, index) => isPdf(index)));
  }, 240_000);

  const isPdf = (index: number): boolean => pdfs.includes(judged[index]?.[1] ?? 'classic-csv');
  const readingOf = (index: number) =>
    isPdf(index) ? readings[judged.slice(0, index).filter((_, at) => isPdf(at)).length] : undefined;

  test.each(judged.map(([name, layout], index) => ({ name, layout, index })))(
    'comes out as $name of $layout announces',
    ({ index }) => {
      const statement = statements[index];
      if (statement === undefined) throw new Error('not generated');
      const { truth } = statement;
      const expectation = truth.mutations[0]?.expectation;
      if (expectation?.problem !== undefined) return expectUnreadable(truth, readingOf(index));
      const { report, lines, rejects } = judgeStatement(statement, readingOf(index));
      const failed = report.checks.filter(({ outcome }) => outcome === 'failed');
      expect(report.verdict).toBe(expectation?.verdict);
      expect(failed.map((check) => check.name).toSorted()).toEqual(expectation?.checks.toSorted());
      const expected = expectation?.signals.filter((signal) => !fileSignals.has(signal)) ?? [];
      expect(report.tamper.map(({ signal }) => signal).toSorted()).toEqual(expected.toSorted());
      expect(rejects.map(({ reason }) => reason)).toEqual(
        truth.rejects.map(({ reason }) => reason),
      );
      expect(lines.map(figuresOfLine)).toEqual(truth.rows.map(figuresOfTruth));
    },
  );
});

function expectUnreadable(
  truth: StatementTruth,
  reading: ReturnType<typeof readPdfs>[number] | undefined,
): void {
  expect(truth.rows).toEqual([]);
  expect(truth.mutations[0]?.expectation.verdict).toBe('refused');
  const text = reading?.lines
    .filter((line) => !/^-- \d+ of \d+ --$/.test(line))
    .join('')
    .trim();
  if (truth.mutations[0]?.name === 'truncated') expect(reading?.error ?? 'workbook').toBeTruthy();
  else expect(/M-?PESA/.test(text ?? '')).toBe(false);
}

function figuresOfLine(line: ReturnType<typeof judgeStatement>['lines'][number]): unknown[] {
  const { receipt, completedAt, details, status, inCents, outCents, balanceCents, reading } = line;
  return [
    receipt,
    completedAt,
    details,
    status,
    inCents,
    outCents,
    balanceCents ?? null,
    reading.purpose,
  ];
}

function figuresOfTruth(row: TruthRow): unknown[] {
  const { receipt, completedAt, details, status, inCents, outCents, balanceCents, purpose } = row;
  return [receipt, completedAt, details.trim(), status, inCents, outCents, balanceCents, purpose];
}

describe('what a mutation changes', () => {
  const make = async (layout: LayoutName, ...names: MutationName[]): Promise<GeneratedStatement> =>
    generateStatement({ ...base, layout, mutations: names });
  const key = (row: TruthRow): string => JSON.stringify(row);

  /** Rows of the clean statement that are gone, and rows that are new. */
  async function difference(name: MutationName): Promise<{ gone: TruthRow[]; fresh: TruthRow[] }> {
    const clean = (await make('classic-csv')).truth.rows;
    const changed = (await make('classic-csv', name)).truth.rows;
    const [before, after] = [new Set(clean.map(key)), new Set(changed.map(key))];
    return {
      gone: clean.filter((row) => !after.has(key(row))),
      fresh: changed.filter((row) => !before.has(key(row))),
    };
  }

  test('an edited amount is one row with another amount and the old balance', async () => {
    const { gone, fresh } = await difference('edited-amount');
    expect([gone.length, fresh.length]).toEqual([1, 1]);
    const [before, after] = [gone[0], fresh[0]];
    expect(after?.balanceCents).toBe(before?.balanceCents);
    const amount = (row?: TruthRow): number => (row?.inCents ?? 0) + (row?.outCents ?? 0);
    expect(amount(after) - amount(before)).toBe(100_000);
  });

  test('an edited balance is one row with another balance and the old amount', async () => {
    const { gone, fresh } = await difference('edited-balance');
    expect(fresh).toEqual(
      gone.map((row) => ({ ...row, balanceCents: (row.balanceCents ?? 0) + 100_000 })),
    );
  });

  test('a removed row is gone and an inserted one is new', async () => {
    expect(await difference('removed-row')).toMatchObject({ gone: [expect.anything()], fresh: [] });
    expect(await difference('inserted-row')).toMatchObject({
      gone: [],
      fresh: [expect.anything()],
    });
  });

  test('a row that cannot be read is a reject and no row', async () => {
    const { truth } = await make(
      'classic-csv',
      'bad-row-date',
      'bad-row-amount',
      'both-columns-set',
    );
    expect(truth.rejects.map(({ reason }) => reason).toSorted()).toEqual([
      'amount-both-columns',
      'amount-malformed',
      'time-impossible',
    ]);
    expect(truth.rowCount).toBe(base.rows - 3);
    const receipts = new Set(truth.rows.map((row) => row.receipt));
    expect(truth.rejects.some(({ receipt }) => receipts.has(receipt))).toBe(false);
  });

  test('a duplicate receipt stands on two rows of one day with different amounts', async () => {
    const { truth } = await make('newer-csv', 'duplicate-receipt-other-amount');
    const [receipt] = truth.mutations[0]?.affectedReceipts ?? [];
    const rows = truth.rows.filter((row) => row.receipt === receipt);
    expect(rows).toHaveLength(2);
    expect(rows[0]?.inCents).not.toBe(rows[1]?.inCents);
  });

  test('a missing page takes its rows away, swapped pages change places', async () => {
    const clean = (await make('personal-a')).truth;
    const missing = (await make('personal-a', 'page-missing')).truth;
    const swapped = (await make('personal-a', 'pages-swapped')).truth;
    const gone = new Set(missing.mutations[0]?.affectedReceipts);
    expect(missing.pageCount).toBe(clean.pageCount - 1);
    expect(clean.rows.length - missing.rows.length).toBeGreaterThanOrEqual(gone.size);
    expect(swapped.rows).not.toEqual(clean.rows);
    expect(swapped.rows.map(key).toSorted()).toEqual(clean.rows.map(key).toSorted());
  });

  test('an update is a second body that leaves the first one as it was', async () => {
    const clean = Buffer.from((await make('personal-b')).bytes);
    const updated = Buffer.from((await make('personal-b', 'incremental-update')).bytes);
    expect(updated.subarray(0, clean.length).equals(clean)).toBe(true);
    const body = updated.subarray(clean.length).toString('latin1');
    expect(body).toMatch(/\d+ 0 obj[\s\S]*stream[\s\S]*\/Prev \d+[\s\S]*%%EOF\n$/);
  });

  test('a re-saved file names another program and a later date', async () => {
    const [reading] = readPdfs([await make('personal-a', 're-saved')]);
    expect(reading?.info['Producer']).toMatch(/LibreOffice/);
    expect(reading?.info['ModDate']).not.toBe(reading?.info['CreationDate']);
  });

  test('a script is among the names of the catalog', async () => {
    const { bytes } = await make('personal-a', 'active-content');
    expect(Buffer.from(bytes).toString('latin1')).toContain('/JavaScript');
  });

  test('several mutations change different rows', async () => {
    const { truth } = await make('classic-csv', 'edited-amount', 'edited-balance', 'removed-row');
    const touched = truth.mutations.flatMap((mutation) => mutation.affectedReceipts);
    expect(new Set(touched).size).toBe(3);
  });

  test.each([
    ['swapped-fuliza-columns', 'personal-a'],
    ['re-saved', 'classic-csv'],
    ['receipt-date-mismatch', 'bank-csv'],
    ['wrong-total', 'newer-xlsx'],
  ] as const)('%s is refused for %s', async (name, layout) => {
    await expect(make(layout, name)).rejects.toThrow(`${name} cannot be applied`);
  });

  test('a statement too short for a change says so', async () => {
    const short = generateStatement({
      layout: 'personal-a',
      rows: 5,
      mutations: ['pages-swapped'],
    });
    await expect(short).rejects.toThrow('fewer than 3 pages');
  });
});
