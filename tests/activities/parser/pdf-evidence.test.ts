import { pdfDate, scanPdfBytes } from '../../../activities/parser/pdf-evidence.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';

/** Cross-reference sections, each pointing at the one before it. */
function body(parts: readonly string[]): Buffer {
  let text = '%PDF-1.4\n';
  let previous: number | undefined;
  for (const part of parts) {
    text += part;
    const at = text.length;
    const link = previous === undefined ? '' : ` /Prev ${previous}`;
    text += `xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1${link} >>\nstartxref\n${at}\n%%EOF\n`;
    previous = at;
  }
  return Buffer.from(text, 'latin1');
}

test('a file as it was made has no incremental update', () => {
  expect(scanPdfBytes(body([''])).incrementalUpdates).toBe(0);
});

test('every body appended later counts as one update', () => {
  expect(scanPdfBytes(body(['', '% changed\n'])).incrementalUpdates).toBe(1);
  expect(scanPdfBytes(body(['', '% changed\n', '% again\n'])).incrementalUpdates).toBe(2);
});

test('the second section of a linearized file is no update, a third is', () => {
  const linear = '1 0 obj << /Linearized 1 /L 999 >> endobj\n';
  expect(scanPdfBytes(body([linear, '']))).toMatchObject({
    isLinearized: true,
    incrementalUpdates: 0,
  });
  expect(scanPdfBytes(body([linear, '', '% changed\n'])).incrementalUpdates).toBe(1);
});

test('sections that point at each other do not hang the scan', () => {
  const text = 'xref\n0 0\ntrailer\n<< /Prev 9 >>\nstartxref\n9\n%%EOF\n';
  expect(scanPdfBytes(Buffer.from(`%PDF-1.4\n${text}`)).incrementalUpdates).toBe(0);
});

test('an update that the generator appended is found', async () => {
  const clean = await generateStatement({ layout: 'personal-a', rows: 20 });
  const changed = await generateStatement({
    layout: 'personal-a',
    rows: 20,
    mutations: ['incremental-update'],
  });
  expect(scanPdfBytes(Buffer.from(clean.bytes)).incrementalUpdates).toBe(0);
  expect(scanPdfBytes(Buffer.from(changed.bytes)).incrementalUpdates).toBe(1);
});

test.each([
  ['/OpenAction << /S /JavaScript /JS (x) >>', true],
  ['/OpenAction << /S /URI /URI (http://example.org) >>', true],
  ['/OpenAction << /S /GoTo /D [1 0 R /Fit] >>', false],
  ['/OpenAction [1 0 R /Fit]', false],
  ['/A << /S /URI /URI (http://example.org) >>', false],
  ['/Names << /EmbeddedFiles 3 0 R >> /JSTOR', false],
  ['/Type /EmbeddedFile', true],
  ['/S /Launch', true],
])('%s is active content: %s', (entry, isActive) => {
  expect(scanPdfBytes(body([`1 0 obj << ${entry} >> endobj\n`])).hasActiveNames).toBe(isActive);
});

test('dates of the dictionary are read with their offset, and never guessed', () => {
  expect(pdfDate("D:20250228093541+03'00'")).toBe('2025-02-28T06:35:41.000Z');
  expect(pdfDate('D:20250228093541Z')).toBe('2025-02-28T09:35:41.000Z');
  expect(pdfDate('D:20250230093541Z')).toBeUndefined();
  expect(pdfDate('28 February 2025')).toBeUndefined();
  expect(pdfDate(undefined)).toBeUndefined();
});
