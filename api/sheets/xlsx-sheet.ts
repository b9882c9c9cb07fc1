/**
 * An XLSX workbook with one sheet, written piece by piece: the file is a ZIP of XML parts, and the
 * sheet is deflated while its rows come in, so that an export of any length takes little memory.
 */
import { crc32, createDeflateRaw } from 'node:zlib';
import { amountText, type Cell, type Sheet } from './cells.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const office = 'http://schemas.openxmlformats.org';
const packageTypes = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const main = `${office}/spreadsheetml/2006/main`;
const relations = `${office}/officeDocument/2006/relationships`;

const fixedParts: readonly (readonly [string, string])[] = [
  [
    '[Content_Types].xml',
    `<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${packageTypes}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${packageTypes}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${packageTypes}.styles+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    'xl/styles.xml',
    `<styleSheet xmlns="${main}"><fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  ],
];

/** The bytes of the workbook in pieces. */
export async function* xlsxSheet<Row>(
  sheet: Sheet<Row>,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Buffer> {
  const zip = new ZipWriter();
  for (const [name, xml] of fixedParts) yield* zip.entry(name, once(declaration + xml));
  yield* zip.entry('xl/workbook.xml', once(declaration + workbookXml(sheet.name)));
  yield* zip.entry('xl/worksheets/sheet1.xml', sheetXml(sheet, batches));
  yield zip.directory();
}

function workbookXml(name: string): string {
  return `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* sheetXml<Row>(
  sheet: Sheet<Row>,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const view = `<sheetViews><sheetView workbookViewId="0">${frozen}</sheetView></sheetViews>`;
  const header = sheet.columns.map(([title]) => textCell(title, ' s="1"')).join('');
  yield `${declaration}<worksheet xmlns="${main}">${view}<sheetData><row>${header}</row>`;
  for await (const batch of batches)
    yield batch.map((row) => rowXml(sheet.columns.map(([, cell]) => cell(row)))).join('');
  yield '</sheetData></worksheet>';
}

function rowXml(cells: readonly Cell[]): string {
  return `<row>${cells.map(cellXml).join('')}</row>`;
}

function cellXml(cell: Cell): string {
  if (cell === undefined) return '<c/>';
  if ('text' in cell) return textCell(cell.text);
  return `<c s="2"><v>${amountText(cell.amountCents)}</v></c>`;
}

function textCell(value: string, style = ''): string {
  return `<c t="inlineStr"${style}><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

/** XML 1.0 has no place at all for control characters and lone surrogates. */
function escaped(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

interface ZipEntry {
  name: Buffer;
  offset: number;
  checksum: number;
  packedBytes: number;
  plainBytes: number;
}

const versionNeeded = 20;
const methodDeflate = 8;
/** Bit 3: sizes follow the data, because they are not known before it; bit 11: names are UTF-8. */
const flags = 0x0808;
/** 1 January 1980 at midnight: equal exports are equal bytes. */
const dosDate = 0x0021;

/** The ZIP container (PKWARE APPNOTE 4.3), as far as a workbook below 4 GB needs it. */
class ZipWriter {
  readonly #entries: ZipEntry[] = [];
  #offset = 0;

  async *entry(name: string, texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
    const entry: ZipEntry = {
      name: Buffer.from(name),
      offset: this.#offset,
      checksum: 0,
      packedBytes: 0,
      plainBytes: 0,
    };
    yield this.#counted(localHeader(entry));
    for await (const packed of deflated(texts, entry)) {
      entry.packedBytes += packed.length;
      yield this.#counted(packed);
    }
    yield this.#counted(numbers([0x08074b50, 4], ...sizesOf(entry)));
    this.#entries.push(entry);
  }

  directory(): Buffer {
    const records = Buffer.concat(this.#entries.map(centralHeader));
    const count = this.#entries.length;
    const end = numbers(
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [count, 2],
      [count, 2],
      [records.length, 4],
      [this.#offset, 4],
      [0, 2],
    );
    return Buffer.concat([records, end]);
  }

  #counted(bytes: Buffer): Buffer {
    this.#offset += bytes.length;
    return bytes;
  }
}

async function* deflated(texts: AsyncIterable<string>, entry: ZipEntry): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 6 });
  const feeding = feed(deflate, texts, entry);
  feeding.catch((error: unknown) => deflate.destroy(error instanceof Error ? error : undefined));
  for await (const packed of deflate) yield Buffer.from(packed);
  await feeding;
}

async function feed(
  deflate: NodeJS.WritableStream,
  texts: AsyncIterable<string>,
  entry: ZipEntry,
): Promise<void> {
  for await (const text of texts) {
    const bytes = Buffer.from(text);
    entry.checksum = crc32(bytes, entry.checksum);
    entry.plainBytes += bytes.length;
    if (!deflate.write(bytes)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  deflate.end();
}

type Field = readonly [value: number, bytes: 2 | 4];

function localHeader(entry: ZipEntry): Buffer {
  const sizes: Field[] = [
    [0, 4],
    [0, 4],
    [0, 4],
  ];
  const lengths: Field[] = [
    [entry.name.length, 2],
    [0, 2],
  ];
  return Buffer.concat([numbers([0x04034b50, 4], ...method, ...sizes, ...lengths), entry.name]);
}

function centralHeader(entry: ZipEntry): Buffer {
  const start: Field[] = [
    [0x02014b50, 4],
    [versionNeeded, 2],
  ];
  const lengths: Field[] = [
    [entry.name.length, 2],
    [0, 2],
    [0, 2],
  ];
  const place: Field[] = [
    [0, 2],
    [0, 2],
    [0, 4],
    [entry.offset, 4],
  ];
  const fields = numbers(...start, ...method, ...sizesOf(entry), ...lengths, ...place);
  return Buffer.concat([fields, entry.name]);
}

const method: readonly Field[] = [
  [versionNeeded, 2],
  [flags, 2],
  [methodDeflate, 2],
  [0, 2],
  [dosDate, 2],
];

function sizesOf(entry: ZipEntry): Field[] {
  return [
    [entry.checksum, 4],
    [entry.packedBytes, 4],
    [entry.plainBytes, 4],
  ];
}

function numbers(...fields: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((length, [, size]) => length + size, 0));
  let at = 0;
  for (const [value, size] of fields) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}
