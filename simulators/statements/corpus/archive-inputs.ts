/** Empty, oversized and disguised files, and archives that are bombs or traps. */
import { gzipSync } from 'node:zlib';
import { generateStatement } from '../statement.ts';
import type { BadInput, BadInputExpectation } from './bad-input.ts';
import { latin1, text } from './bad-input.ts';
import { deflatedRaw } from './flate-bomb.ts';
import { csvText, honestRows, smallRecords } from './small-export.ts';
import { zipFile } from './zip-file.ts';
import type { ZipEntry } from './zip-file.ts';

const megabyte = 1024 * 1024;
const wrongType: BadInputExpectation = { problems: ['unsupported-type'] };
const badArchive: BadInputExpectation = {
  problems: ['unsupported-type', 'malformed-workbook', 'too-complex', 'file-too-large'],
};

function file(
  id: string,
  fileName: string,
  input: { bytes: BadInput['bytes']; expect: BadInputExpectation },
): BadInput {
  return { id, name: fileName.replaceAll('.', '-'), fileName, ...input };
}

const sizes: readonly BadInput[] = [
  file('S1', 'empty.pdf', { bytes: text(''), expect: { problems: ['empty-file'] } }),
  file('S1', 'empty.csv', { bytes: text(''), expect: { problems: ['empty-file'] } }),
  file('S2', 'over-the-cap.pdf', {
    bytes: async () => padded('%PDF-1.4\n', 20 * megabyte + 1),
    expect: { problems: ['file-too-large'] },
  }),
  file('S2', 'over-the-cap.csv', {
    bytes: async () => padded(csvText(smallRecords(honestRows(3))), 64 * megabyte + 1),
    expect: { problems: ['file-too-large'] },
  }),
];

function padded(head: string, size: number): Uint8Array {
  const bytes = Buffer.alloc(size, '\n');
  bytes.write(head, 'latin1');
  return new Uint8Array(bytes);
}

const disguises: readonly BadInput[] = [
  file('S3', 'program.pdf', {
    bytes: latin1(`MZ\x90\x00\x03${'\0'.repeat(59)}This program cannot be run`),
    expect: wrongType,
  }),
  file('S3', 'web-page.pdf', {
    bytes: text('<!doctype html><title>%PDF-1.4</title><p>M-PESA STATEMENT'),
    expect: wrongType,
  }),
  file('S3', 'picture.pdf', {
    bytes: latin1(`\x89PNG\r\n\x1a\n${'\0'.repeat(64)}`),
    expect: wrongType,
  }),
  file('S3', 'polyglot.pdf', {
    bytes: async () => zipFile([{ name: '%PDF-1.4.txt', data: Buffer.from('%PDF-1.4\n%%EOF') }]),
    expect: badArchive,
  }),
];

/** A workbook's parts with one of them replaced or added. */
function workbook(extra: readonly ZipEntry[]): Uint8Array {
  const part = (name: string, content: string): ZipEntry => ({ name, data: Buffer.from(content) });
  const taken = new Set(extra.map((entry) => entry.name));
  const parts = [
    part(
      '[Content_Types].xml',
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    ),
    part(
      'xl/workbook.xml',
      '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    ),
    part('xl/worksheets/sheet1.xml', '<worksheet/>'),
  ];
  return zipFile([...parts.filter((own) => !taken.has(own.name)), ...extra]);
}

const bombSize = 1024;

function bombEntry(): ZipEntry {
  const deflated = { bytes: deflatedRaw(bombSize, 0x20), size: bombSize * megabyte, check: 0 };
  return { name: 'xl/worksheets/sheet1.xml', data: Buffer.alloc(0), deflated };
}

const payload = Buffer.from('x');

const archives: readonly BadInput[] = [
  file('S30', 'export.csv.gz', {
    bytes: async () => new Uint8Array(gzipSync(csvText(smallRecords(honestRows(3))))),
    expect: wrongType,
  }),
  file('S30', 'gzip-bomb.csv', {
    bytes: async () => {
      const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
      return new Uint8Array(Buffer.concat([head, deflatedRaw(bombSize), Buffer.alloc(8)]));
    },
    expect: wrongType,
  }),
  file('S30', 'zip-bomb.xlsx', { bytes: async () => workbook([bombEntry()]), expect: badArchive }),
  file('S30', 'zip-slip.xlsx', {
    bytes: async () => workbook([{ name: '../../outside.xml', data: payload }]),
    expect: badArchive,
  }),
  file('S30', 'symbolic-link.xlsx', {
    bytes: async () =>
      workbook([{ name: 'xl/link', data: Buffer.from('/etc/hostname'), mode: 0o120777 }]),
    expect: badArchive,
  }),
  file('S30', 'nested.xlsx', {
    bytes: async () => workbook([{ name: 'xl/inner.zip', data: Buffer.from(workbook([])) }]),
    expect: badArchive,
  }),
  file('S30', 'many-entries.xlsx', {
    bytes: async () =>
      workbook(
        Array.from({ length: 65_000 }, (_, index) => ({ name: `xl/e${index}`, data: payload })),
      ),
    expect: badArchive,
  }),
  file('S30', 'not-a-workbook.zip', {
    bytes: async () => zipFile([{ name: 'notes.txt', data: payload }]),
    expect: badArchive,
  }),
  file('S30', 'workbook-named-pdf.pdf', {
    bytes: async () =>
      (await generateStatement({ layout: 'newer-xlsx', rows: 20, months: 1 })).bytes,
    expect: { verdicts: ['proven'], rowCount: 20 },
  }),
];

/** Files whose size, type or packing is the problem. */
export const archiveInputs: readonly BadInput[] = [...sizes, ...disguises, ...archives];
