/**
 * An XLSX workbook with one sheet, written piece by piece: the file is a ZIP of XML parts, and the
 * sheet is deflated while its rows come in, so that an export of any length takes little memory.
 */
import type { Language } from '../../domain/tenants/settings.ts';
import { amountText, cellsOf, titlesOf, type Cell, type Sheet } from './cells.ts';
import { zipped } from './zip-writer.ts';

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
export function xlsxSheet<Row>(
  sheet: Sheet<Row>,
  language: Language,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Buffer> {
  const parts = [...fixedParts, ['xl/workbook.xml', workbookXml(sheet.name[language])] as const];
  return zipped([
    ...parts.map(([name, xml]) => ({ name, pieces: () => once(declaration + xml) })),
    { name: 'xl/worksheets/sheet1.xml', pieces: () => sheetXml(sheet, language, batches) },
  ]);
}

function workbookXml(name: string): string {
  return `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* sheetXml<Row>(
  sheet: Sheet<Row>,
  language: Language,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const view = `<sheetViews><sheetView workbookViewId="0">${frozen}</sheetView></sheetViews>`;
  const header = titlesOf(sheet, language)
    .map((title) => textCell(title, ' s="1"'))
    .join('');
  yield `${declaration}<worksheet xmlns="${main}">${view}<sheetData><row>${header}</row>`;
  for await (const batch of batches) yield batch.map((row) => rowXml(cellsOf(sheet, row))).join('');
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
