import {
  mutationNames,
  mutations,
  type MutationName,
} from '../../../simulators/statements/mutations/catalogue.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import type { LayoutName } from '../../../simulators/statements/truth.ts';
import { readBytes } from './samples.ts';
import { expectTruth } from './statement-truth.ts';

const kinds = {
  'personal-a': 'pdf',
  'personal-b': 'pdf',
  till: 'pdf',
  'classic-csv': 'csv',
  'newer-xlsx': 'xlsx',
} as const;

/** Changes of the page itself, which the reading without borders has to bear as well. */
const ofThePage: readonly MutationName[] = [
  'wrapped-details',
  'repeated-header',
  'page-break-inside-row',
  'mixed-fonts',
  'pages-swapped',
  'bad-row-amount',
];

interface Change {
  layout: keyof typeof kinds;
  name: MutationName;
  borders: boolean;
}

function changesOf(layout: keyof typeof kinds): Change[] {
  const fits = (name: MutationName): boolean => {
    const layouts: readonly LayoutName[] = mutations[name].layouts;
    return layouts.includes(layout);
  };
  // Money is changed alike in every PDF; of the till's statement only the page is another.
  const names = layout === 'till' ? ofThePage : mutationNames();
  const ruled = names.filter(fits).map((name) => ({ layout, name, borders: true }));
  if (kinds[layout] !== 'pdf') return ruled;
  return [...ruled, ...ofThePage.filter(fits).map((name) => ({ layout, name, borders: false }))];
}

const cases = (['personal-a', 'personal-b', 'till', 'classic-csv', 'newer-xlsx'] as const).flatMap(
  changesOf,
);

test.each(cases)(
  '$name in $layout (borders: $borders) is read truly and judged rightly',
  async (change) => {
    const { layout, name, borders } = change;
    const { bytes, truth } = await generateStatement({
      layout,
      rows: 500,
      mutations: [name],
      borders,
    });
    const whole = await readBytes(bytes, kinds[layout]);
    const expectation = truth.mutations[0]?.expectation;
    if (!expectation) throw new Error('the mutation expects nothing');
    if (expectation.problem !== undefined) {
      expect(whole.problem?.problem).toBe(expectation.problem);
      return;
    }
    expectTruth(whole, truth);
    expect(whole.report?.verdict).toBe(expectation.verdict);
    const passed = whole.report?.checks.filter((check) => check.outcome === 'passed') ?? [];
    for (const check of expectation.checks) {
      expect(passed.map(({ name: own }) => own)).not.toContain(check);
    }
    const signals = whole.report?.tamper.map((finding) => finding.signal);
    for (const signal of expectation.signals) expect(signals).toContain(signal);
  },
);
