/** CSV files that are oddly encoded, oddly headed, oddly shaped or carry odd characters. */
import type { BadInput, BadInputExpectation } from './bad-input.ts';
import { latin1, text } from './bad-input.ts';
import { csvText, honestRows, smallHeader, smallRecords } from './small-export.ts';
import type { SmallRow } from './small-export.ts';

const honest = smallRecords(honestRows(8));
const plain = csvText(honest);
const fine: BadInputExpectation = { verdicts: ['proven'], rowCount: 8 };
const fineOrRefused: BadInputExpectation = { ...fine, problems: ['encoding'] };
const columnsRefused: BadInputExpectation = { problems: ['columns'] };

function csv(
  id: string,
  name: string,
  input: { bytes: BadInput['bytes']; expect: BadInputExpectation },
): BadInput {
  return { id, name, fileName: `${name}.csv`, ...input };
}

function accented(): string {
  return csvText(
    smallRecords([
      { details: 'Pay Bill from 25471****678 - ANDRÉ ZOË Acc. INV-1' },
      ...honestRows(7),
    ]),
  );
}

function utf16be(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(`\ufeff${content}`, 'utf16le').swap16());
}

const encodings: readonly BadInput[] = [
  csv('S24', 'utf8-bom', { bytes: text(`\ufeff${accented()}`), expect: fine }),
  csv('S24', 'utf16le-bom', {
    bytes: async () => new Uint8Array(Buffer.from(`\ufeff${accented()}`, 'utf16le')),
    expect: fineOrRefused,
  }),
  csv('S24', 'utf16be-bom', { bytes: async () => utf16be(accented()), expect: fineOrRefused }),
  csv('S24', 'latin1', { bytes: latin1(accented()), expect: fineOrRefused }),
  csv('S24', 'carriage-returns', { bytes: text(csvText(honest, '\r')), expect: fine }),
  csv('S24', 'mixed-line-endings', {
    bytes: text(
      plain
        .split('\n')
        .map((line, index) => line + ['\n', '\r\n', '\r'][index % 3])
        .join(''),
    ),
    expect: { ...fine, problems: ['malformed-csv'] },
  }),
];

function withHeader(change: (header: string[]) => string[]): BadInput['bytes'] {
  return text(csvText([change([...smallHeader]), ...honest.slice(1)]));
}

/** Moves the columns of every record. */
function reordered(): string[][] {
  return honest.map(([receipt = '', time = '', ...rest]) => [...rest.toReversed(), time, receipt]);
}

const headers: readonly BadInput[] = [
  csv('S25', 'duplicate-header', {
    bytes: withHeader((cells) => cells.with(6, 'Paid In (KSHs)')),
    expect: columnsRefused,
  }),
  csv('S25', 'missing-header', {
    bytes: text(csvText(honest.map((cells) => cells.toSpliced(3, 1)))),
    expect: columnsRefused,
  }),
  csv('S25', 'extra-column', {
    bytes: text(csvText(honest.map((cells, row) => [...cells, row === 0 ? 'Branch' : 'Kasarani']))),
    expect: fine,
  }),
  csv('S25', 'reordered-columns', { bytes: text(csvText(reordered())), expect: fine }),
  csv('S25', 'localised-header', {
    bytes: withHeader(() => [
      'Nambari',
      'Wakati',
      'Maelezo',
      'Hali',
      'Zilizoingia',
      'Zilizotoka',
      'Salio',
    ]),
    expect: { problems: ['columns', 'mapping-needed', 'unknown-layout'] },
  }),
  csv('S28', 'prototype-header', {
    bytes: withHeader((cells) => [...cells, '__proto__']),
    expect: columnsRefused,
  }),
  csv('S28', 'constructor-header', {
    bytes: withHeader((cells) => [...cells, 'constructor']),
    expect: columnsRefused,
  }),
];

const megabyte = 1024 * 1024;
const tooMuch: BadInputExpectation = {
  problems: [
    'malformed-csv',
    'too-complex',
    'columns',
    'mapping-needed',
    'unknown-layout',
    'too-many-rows',
  ],
};

const shapes: readonly BadInput[] = [
  csv('S26', 'unclosed-quote', {
    bytes: text(plain.replace('Pay Bill from', '"Pay Bill from')),
    expect: { problems: ['malformed-csv'] },
  }),
  csv('S26', 'field-of-50-megabytes', {
    bytes: async () =>
      new Uint8Array(
        Buffer.concat([Buffer.from(`${plain}UCE7Q2XC01,`), Buffer.alloc(50 * megabyte, 'x')]),
      ),
    expect: { ...tooMuch, verdicts: ['needsReview'] },
  }),
  csv('S26', 'ten-thousand-columns', {
    bytes: async () => {
      const wide = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',');
      return new Uint8Array(Buffer.from(`${wide}\n${wide}\n`));
    },
    expect: tooMuch,
  }),
  csv('S26', 'million-empty-lines', {
    bytes: async () => new Uint8Array(Buffer.from(plain + '\n'.repeat(1_000_000))),
    expect: { ...fine, problems: ['malformed-csv', 'too-many-rows'] },
  }),
];

function withRow(row: SmallRow): string {
  return csvText(smallRecords([row, ...honestRows(7)]));
}

function payer(name: string): string {
  return withRow({ details: `Pay Bill from 25471****678 - ${name} Acc. INV-1` });
}

const characters: readonly BadInput[] = [
  csv('S27', 'nul-bytes', {
    bytes: text(payer('WAN\0JIKU')),
    expect: { verdicts: ['needsReview'], rejects: ['text-not-storable'], rowCount: 7 },
  }),
  csv('S27', 'lone-surrogate', {
    bytes: async () => new Uint8Array(Buffer.from(`\ufeff${payer('WAN\ud800JIKU')}`, 'utf16le')),
    expect: {
      problems: ['encoding'],
      verdicts: ['needsReview'],
      rejects: ['text-not-storable'],
      rowCount: 7,
    },
  }),
  csv('S27', 'right-to-left-override', { bytes: text(payer('WAN\u202eUKIJ')), expect: fine }),
  csv('S27', 'zero-width', { bytes: text(payer('WAN\u200bJIKU')), expect: fine }),
  csv('S27', 'homoglyphs', { bytes: text(payer('W\u0410NJIKU')), expect: fine }),
  ...[
    '=HYPERLINK("http://127.0.0.1:9","x")',
    "=cmd|' /C calc'!A0",
    '+254',
    '-1+1',
    '@SUM(1)',
    '\tTAB',
    '\rCR',
  ].map((formula, index) =>
    csv('S29', `formula-${index + 1}`, { bytes: text(payer(formula)), expect: fine }),
  ),
  csv('S32', 'card-number', {
    bytes: text(
      withRow({ details: 'Pay Bill from 25471****678 - WANJIKU DOE Acc. 4111111111111111' }),
    ),
    expect: { ...fine, maskedCards: 1 },
  }),
];

/** Odd text files. */
export const textInputs: readonly BadInput[] = [...encodings, ...headers, ...shapes, ...characters];
