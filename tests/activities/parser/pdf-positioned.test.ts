import fc from 'fast-check';
import type { TextItem } from '../../../activities/parser/pdf-document.ts';
import { visualLines } from '../../../activities/parser/pdf-lines.ts';
import { readPositionedRows, type PageRows } from '../../../activities/parser/pdf-positioned.ts';
import { readDetails } from '../../../domain/statements/details.ts';

/** Columns of a till's statement without its type: two of them wrap. */
const xs = [30, 120, 240, 400, 520];
const amountXs = [580, 640, 700];
const rights = [630, 690, 750];
const detailsColumn = 2;

interface Row {
  details: readonly string[];
  party: readonly string[];
}

interface Form {
  size: number;
  /** Lines from baseline to baseline, in sizes of the type. */
  pitch: number;
  padding: number;
  align: 'top' | 'middle' | 'bottom';
  /** Points that wrapping cells are set lower than others. */
  drop: number;
  rows: readonly Row[];
  footer: boolean;
}

/** How much of the spare height of a row stands above a cell's text. */
const shares = { top: 0, middle: 0.5, bottom: 1 };

function cellsOf({ details, party }: Row, at: number): string[][] {
  const receipt = `TFU1AAAA${String(at).padStart(2, '0')}`;
  const amounts = at % 2 === 0 ? [['100.00'], [], ['350.00']] : [[], ['-50.00'], ['250.00']];
  return [[receipt], ['2025-06-30 10:00:00'], [...details], [...party], ['Completed'], ...amounts];
}

/** Prints the rows without borders, each cell's text where its row has it. */
function printed({ size, pitch, padding, align, drop, rows, footer }: Form): TextItem[] {
  const items: TextItem[] = [];
  let top = 0;
  for (const [at, row] of rows.entries()) {
    const cells = cellsOf(row, at);
    const height = Math.max(...cells.map((lines) => lines.length)) * pitch * size + 2 * padding;
    for (const [column, lines] of cells.entries()) {
      const spare = height - 2 * padding - lines.length * pitch * size;
      const lower = column === detailsColumn || column === detailsColumn + 1 ? drop : 0;
      const begin = top + padding + spare * shares[align] + lower;
      for (const [line, text] of lines.entries()) {
        const right = rights[column - xs.length];
        const x = xs[column] ?? (right ?? 0) - text.length * size * 0.5;
        const y = Number((begin + line * pitch * size + size * 0.8).toFixed(2));
        items.push({ text, x, right: right ?? x + text.length * size * 0.5, y, size, font: 'f' });
      }
    }
    top += height;
  }
  const y = top + size;
  if (footer) items.push({ text: 'Page 1 of 2', x: 30, right: 90, y, size, font: 'f' });
  return items;
}

function read(form: Form): PageRows {
  return readPositionedRows({
    lines: visualLines(printed(form)),
    places: {
      textEdges: xs.map((x, column) => ({ column, x })),
      amounts: amountXs.map((x, at) => ({ column: at + xs.length, x })),
    },
    columnCount: xs.length + amountXs.length,
    receiptColumn: 0,
    detailsColumn,
    isBelowHeader: true,
    isKnownWording: (details) => readDetails(details, { side: 'personal' }).confidence !== 'low',
  });
}

function truthOf({ rows }: Form): string[][] {
  return rows.map((row, at) => cellsOf(row, at).map((lines) => lines.join(' ')));
}

const known = fc.constantFrom(
  'Funds received from -',
  'Customer Transfer to -',
  'Merchant Payment to',
  'Pay Bill Online to 888880',
  'Airtime Purchase For Other',
);
const unknown = fc.constantFrom('Kununua bidhaa', 'Something new from', 'Malipo ya leo');
const more = fc.array(
  fc.constantFrom('512345 - DUKA LA JANE', 'NAIROBI WEST', '07******678 JANE'),
  {
    maxLength: 4,
  },
);
const party = fc.array(fc.constantFrom('JANE WANJIKU', 'KCB BANK', '512345'), { maxLength: 4 });

const rowOf = (begin: fc.Arbitrary<string>): fc.Arbitrary<Row> =>
  fc.record({ details: fc.tuple(begin, more).map(([one, rest]) => [one, ...rest]), party });

const formOf = (align: Form['align'], begin: fc.Arbitrary<string>): fc.Arbitrary<Form> =>
  fc.record({
    size: fc.constantFrom(6, 6.5, 7, 8, 9),
    pitch: fc.constantFrom(1.1, 1.2, 1.35, 1.5, 1.75),
    padding: fc.constantFrom(0, 0, 1, 2, 4),
    align: fc.constant(align),
    drop: fc.constant(0),
    rows: fc.array(rowOf(begin), { minLength: 1, maxLength: 25 }),
    footer: fc.boolean(),
  });

/** Some row has details of one line, which tell how much lower than their receipt they are set. */
function withDrop(form: Form): fc.Arbitrary<Form> {
  const rows = [['Airtime Purchase'], ...form.rows.map(({ details }) => details)];
  const alone = rows.map((details): Row => ({ details, party: [] }));
  return fc.constantFrom(1, 1.75).map((drop) => ({ ...form, drop, rows: alone }));
}

/** What only a wrapped party would tell has no words to be known by. */
function ledByDetails(form: Form): Form {
  const rows = form.rows.map(({ details, party: lines }) => ({
    details,
    party: lines.slice(0, details.length),
  }));
  return { ...form, rows };
}

const runs = { numRuns: 400, seed: 20250630 };

describe('rows printed without borders', () => {
  test('are told apart where cells stand in the middle of their rows, with and without a gap', () => {
    fc.assert(
      fc.property(formOf('middle', known), (form) => {
        expect(read(form).rows.map(({ cells }) => cells)).toEqual(truthOf(form));
      }),
      runs,
    );
  });

  test('are told apart in the middle also where details are set lower than their receipt', () => {
    fc.assert(
      fc.property(formOf('middle', known).chain(withDrop), (form) => {
        expect(read(form).rows.map(({ cells }) => cells)).toEqual(truthOf(form));
      }),
      runs,
    );
  });

  test('are told apart where cells stand at the bottom of their rows', () => {
    fc.assert(
      fc.property(formOf('bottom', known).map(ledByDetails), (form) => {
        expect(read(form).rows.map(({ cells }) => cells)).toEqual(truthOf(form));
      }),
      runs,
    );
  });

  test('are told apart where cells begin at the top of their rows, whatever their words', () => {
    fc.assert(
      fc.property(formOf('top', fc.oneof(known, unknown)), (form) => {
        expect(read(form).rows.map(({ cells }) => cells)).toEqual(truthOf(form));
      }),
      runs,
    );
  });

  test('in the middle are known by their places alone where the words say nothing', () => {
    const rows = [2, 1, 4, 3, 2].map((count, at) => ({
      details: Array.from({ length: count }, (_, line) => `Maneno ${at}.${line}`),
      party: [],
    }));
    const form: Form = {
      ...{ size: 6.5, pitch: 1.75, padding: 0, footer: true },
      align: 'middle',
      drop: 0,
      rows,
    };
    expect(read(form).rows.map(({ cells }) => cells)).toEqual(truthOf(form));
  });
});
