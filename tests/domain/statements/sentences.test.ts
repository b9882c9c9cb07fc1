/** What a proof says is said twice, with the same figures. */
import { cents } from '../../../domain/money.ts';
import * as checkSentences from '../../../domain/statements/check-sentences.ts';
import type { Sentence } from '../../../domain/sentence.ts';
import { elsewhereFinding, isElsewhereFinding } from '../../../domain/statements/tamper.ts';
import * as tamperSentences from '../../../domain/statements/tamper-sentences.ts';
import type { Instant } from '../../../domain/time.ts';

const sentences = { ...checkSentences, ...tamperSentences };
const [small, large] = [cents(12_345), cents(987_654_300)];
const [early, late] = ['2026-03-01T08:00:00.000Z', '2026-03-04T09:30:00.000Z'] as Instant[];
const at = (receipt: string) => ({ page: 1, line: 2, receipt });
const aBreak = (kind: 'balance' | 'between') => ({
  ...{ kind, rows: [at('TCA1B2C3D4'), at('TCA1B2C3D5')], expectedCents: small },
  ...{ foundCents: large, differenceCents: cents(987_641_955) },
});
const period = { from: '2026-03-01', to: undefined };

const told = {
  rowsWereLost: [1, 3].map((count) => sentences.rowsWereLost(count, 7)),
  rowsWereRejected: [1, 3].map((count) => sentences.rowsWereRejected(count, 1)),
  rowsWereSkipped: [1, 3].map((count) => sentences.rowsWereSkipped(count, 1)),
  allRowsWereRead: [1, 3].map(sentences.allRowsWereRead),
  noTotalIsPrinted: (['in', 'out'] as const).map(sentences.noTotalIsPrinted),
  totalAgrees: [sentences.totalAgrees('in', large)],
  totalDiffers: [sentences.totalDiffers('out', small, large)],
  rowsLead: [sentences.rowsLead(small, large)],
  rowsLeadElsewhere: [sentences.rowsLeadElsewhere(small, large)],
  balanceDiffers: [sentences.balanceDiffers('closing', small, large)],
  chainBreaks: [sentences.chainBreaks(2, [aBreak('balance'), aBreak('between')] as never)],
  chainHolds: [sentences.chainHolds(3, 4), sentences.chainHolds(1, 1)],
  rowsLieOutside: [1, 3].map((count) => sentences.rowsLieOutside(count, period)),
  rowsLieWithin: [1, 3].map((count) => sentences.rowsLieWithin(count, period)),
  receiptsOfAnotherDay: [sentences.receiptsOfAnotherDay(2)],
  receiptsAcrossMidnight: [sentences.receiptsAcrossMidnight(2)],
  receiptsOfTheDay: [sentences.receiptsOfTheDay(5)],
  madeWith: [sentences.madeWith('Editor 3')],
  changedLater: [sentences.changedLater(early as Instant, late as Instant)],
  madeBeforeItsEnd: [sentences.madeBeforeItsEnd(early as Instant, late as Instant)],
  changesWereAppended: [sentences.changesWereAppended(2)],
  fontsAreMixed: [sentences.fontsAreMixed([{ font: 'Arial', cells: 90 }])],
  amountsElsewhere: [
    sentences.amountsElsewhere(2, {
      ...{ receipt: 'TCA1B2C3D4', amountCents: small, otherAmountCents: large },
    }),
  ],
} satisfies Record<string, Sentence[]>;

const isSentence = (value: unknown): value is Sentence => Object.hasOwn(Object(value), 'sw');
const constants = [...Object.values(sentences), ...Object.values(sentences.signs)].filter(
  isSentence,
);
const figures = (text: string) => [...text.matchAll(/[\d.,:-]*\d/g)].map(([found]) => found).sort();

test('every sentence that is made of figures has an example here', () => {
  const makers = Object.entries(sentences).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  );
  expect(Object.keys(told).sort()).toEqual(makers.sort());
});

test.each([...constants, ...Object.values(told).flat()])('$en', ({ en, sw }) => {
  expect(sw).not.toBe(en);
  expect(sw).toMatch(/[.]$/);
  expect(figures(sw)).toEqual(figures(en));
});

test('the finding about other statements is known again, and no other one for it', () => {
  const conflict = { ...at('TCA1B2C3D4'), amountCents: small, otherAmountCents: large };
  const found = elsewhereFinding([conflict]);
  const within = { signal: 'receipt-amount-conflict', severity: 'alarm', rows: [] } as const;

  expect(found).toMatchObject({ rows: [at('TCA1B2C3D4')], severity: 'alarm' });
  expect(found && isElsewhereFinding(found)).toBe(true);
  const detail = tamperSentences.signs.amountConflict.en;
  expect(isElsewhereFinding({ ...within, detail })).toBe(false);
  expect(elsewhereFinding([])).toBeUndefined();
});
