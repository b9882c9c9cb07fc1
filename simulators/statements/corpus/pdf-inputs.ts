/** PDFs that are bombs, circles, fragments or carriers of something to run. */
import { deflateSync } from 'node:zlib';
import { generateStatement } from '../statement.ts';
import type { BadInput, BadInputExpectation } from './bad-input.ts';
import { deflated, deflatedTwice } from './flate-bomb.ts';
import { catalog, helvetica, onePage, page, pdfOf, showText } from './pdf-objects.ts';
import type { PdfObject } from './pdf-objects.ts';

/** Refusals a PDF without a readable statement may end in. */
const unusable: BadInputExpectation = {
  problems: ['malformed-pdf', 'no-text-layer', 'unknown-layout', 'too-complex'],
};

function pdf(
  id: string,
  name: string,
  input: { objects: () => readonly PdfObject[]; expect: BadInputExpectation },
): BadInput {
  const bytes = async (): Promise<Uint8Array> => new Uint8Array(pdfOf(input.objects()));
  return { id, name, fileName: `${name}.pdf`, bytes, expect: input.expect };
}

function withContent(content: PdfObject, resources = ''): readonly PdfObject[] {
  return [catalog, onePage, page(resources), content, helvetica];
}

/** Forms that draw each other ten times over, nine levels deep. */
function billionDraws(): readonly PdfObject[] {
  const levels = 9;
  const first = 6;
  const forms = Array.from({ length: levels }, (_, level): PdfObject => {
    const isLast = level === levels - 1;
    const dictionary =
      '/Type /XObject /Subtype /Form /BBox [0 0 9 9]' +
      (isLast ? '' : ` /Resources << /XObject << /X ${first + level + 1} 0 R >> >>`);
    return { dictionary, stream: Buffer.from(isLast ? '0 0 1 1 re f' : '/X Do '.repeat(10)) };
  });
  const content: PdfObject = { dictionary: '', stream: Buffer.from('/X Do '.repeat(10)) };
  return [...withContent(content, `/XObject << /X ${first} 0 R >>`), ...forms];
}

/** A Type 3 font whose only glyph is drawn with the font itself. */
function selfDrawnFont(): readonly PdfObject[] {
  const font =
    '<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 ' +
    '/LastChar 97 /Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> ' +
    '/Resources << /Font << /F1 5 0 R >> >> >>';
  const glyph: PdfObject = { dictionary: '', stream: Buffer.from('BT /F1 9 Tf (a) Tj ET') };
  return [catalog, onePage, page(), showText('aaa'), font, glyph];
}

/** A font matrix with a piece of program in it; an unguarded renderer would run it. */
function scriptedFontMatrix(): readonly PdfObject[] {
  const font =
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FontMatrix ' +
    '[0.001 0 0 0.001 0 (0\\); globalThis.daftariMarker = true; //)] >>';
  return [catalog, onePage, page(), showText('marker'), font];
}

function manyPages(count: number): readonly PdfObject[] {
  const kids = Array.from({ length: count }, (_, index) => `${index + 4} 0 R`).join(' ');
  const leaf = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>';
  return [
    catalog,
    `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`,
    helvetica,
    ...Array<string>(count).fill(leaf),
  ];
}

function manyTextOperators(count: number): readonly PdfObject[] {
  const lines = Array.from(
    { length: count },
    (_, index) => `1 0 0 1 ${index % 500} ${index % 800} Tm (x${index % 97}) Tj`,
  );
  const stream = deflateSync(Buffer.from(`BT /F1 6 Tf\n${lines.join('\n')}\nET`));
  return withContent({ dictionary: '/Filter /FlateDecode', stream });
}

const structural: readonly BadInput[] = [
  pdf('S5', 'giant-content', {
    objects: () => withContent({ dictionary: '/Filter /FlateDecode', stream: deflated(256, 0x20) }),
    expect: unusable,
  }),
  pdf('S5', 'billion-draws', { objects: billionDraws, expect: unusable }),
  pdf('S6', 'circular-page-tree', {
    objects: () => [
      catalog,
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>',
    ],
    expect: unusable,
  }),
  pdf('S6', 'cyclic-form', {
    objects: () => [
      ...withContent({ dictionary: '', stream: Buffer.from('/X Do') }, '/XObject << /X 6 0 R >>'),
      {
        dictionary:
          '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>',
        stream: Buffer.from('/X Do'),
      },
    ],
    expect: unusable,
  }),
  pdf('S6', 'cyclic-type3-font', { objects: selfDrawnFont, expect: unusable }),
  pdf('S8', 'ten-thousand-pages', {
    objects: () => manyPages(10_000),
    expect: { problems: ['too-many-pages'] },
  }),
  pdf('S8', 'million-text-operators', {
    objects: () => manyTextOperators(1_000_000),
    expect: { problems: ['too-complex', 'unknown-layout', 'too-many-rows'] },
  }),
  pdf('S9', 'flate-bomb-in-bomb', {
    objects: () =>
      withContent({
        dictionary: '/Filter [/FlateDecode /FlateDecode]',
        stream: deflatedTwice(1024),
      }),
    expect: unusable,
  }),
  pdf('S11', 'font-matrix-script', { objects: scriptedFontMatrix, expect: unusable }),
];

const statement = { layout: 'personal-b', seed: 51, rows: 120, months: 2 } as const;

async function cleanPdf(): Promise<Buffer> {
  return Buffer.from((await generateStatement(statement)).bytes);
}

function fragment(
  name: string,
  input: { change: (bytes: Buffer) => Buffer; expect: BadInputExpectation },
): BadInput {
  const bytes = async (): Promise<Uint8Array> => new Uint8Array(input.change(await cleanPdf()));
  return { id: 'S7', name, fileName: `${name}.pdf`, bytes, expect: input.expect };
}

/** Damage may be repaired by the reader, but then every row must be there. */
const repairedOrRefused: BadInputExpectation = {
  problems: ['malformed-pdf'],
  verdicts: ['proven'],
  rowCount: 120,
};

const fragments: readonly BadInput[] = [
  fragment('references-missing', {
    change: (bytes) => bytes.subarray(0, bytes.lastIndexOf('xref\n0 ')),
    expect: repairedOrRefused,
  }),
  fragment('references-shifted', {
    change: (bytes) =>
      Buffer.concat([bytes.subarray(0, 9), Buffer.from('% moved\n'), bytes.subarray(9)]),
    expect: repairedOrRefused,
  }),
  fragment('header-only', {
    change: (bytes) => bytes.subarray(0, 15),
    expect: { problems: ['malformed-pdf'] },
  }),
  fragment('noise-after-header', {
    change: (bytes) => Buffer.concat([bytes.subarray(0, 15), Buffer.alloc(4096, 0xa7)]),
    expect: { problems: ['malformed-pdf'] },
  }),
  fragment('catalog-gone', {
    change: (bytes) =>
      Buffer.from(bytes.toString('latin1').replaceAll('/Catalog', '/Katalog'), 'latin1'),
    expect: repairedOrRefused,
  }),
];

/** What a catalog may carry that wants to be run, opened or fetched. */
const carriers: readonly (readonly [string, string])[] = [
  ['launch-action', '/OpenAction << /S /Launch /F (calc.exe) >>'],
  ['uri-action', '/OpenAction << /S /URI /URI (http://127.0.0.1:9/fetched) >>'],
  ['additional-actions', '/AA << /WC << /S /JavaScript /JS (app.alert\\(1\\)) >> >>'],
  ['xfa-form', '/AcroForm << /Fields [] /XFA (<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>) >>'],
];

/** Puts an entry into the catalog in a second body, as an attacker would. */
function withCatalogEntry(bytes: Buffer, entry: string): Buffer {
  const source = bytes.toString('latin1');
  const [, number = '', dictionary = ''] =
    /(\d+) 0 obj\n<<\n(\/Type \/Catalog[\s\S]*?)>>\nendobj/.exec(source) ?? [];
  const trailer = /trailer\n<<\n([\s\S]*?)>>\nstartxref\n(\d+)/.exec(source);
  const object = `${number} 0 obj\n<<\n${dictionary}${entry}\n>>\nendobj\n`;
  const tail =
    `xref\n${number} 1\n${String(bytes.length).padStart(10, '0')} 00000 n \ntrailer\n<<\n` +
    `${trailer?.[1] ?? ''}/Prev ${trailer?.[2] ?? 0}\n>>\nstartxref\n${bytes.length + object.length}\n%%EOF\n`;
  return Buffer.concat([bytes, Buffer.from(object + tail, 'latin1')]);
}

const active: readonly BadInput[] = carriers.map(([name, entry]) => ({
  id: 'S10',
  name,
  fileName: `${name}.pdf`,
  bytes: async () => new Uint8Array(withCatalogEntry(await cleanPdf(), entry)),
  expect: { verdicts: ['proven'], rowCount: 120 },
}));

/** Hand-made and damaged PDFs. */
export const pdfInputs: readonly BadInput[] = [...structural, ...fragments, ...active];
