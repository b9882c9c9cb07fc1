import { sniffStatement } from '../../../activities/parser/sniff.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import { classicCsv } from './samples.ts';

function sniff(content: string | Uint8Array, size?: number): unknown {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return sniffStatement(bytes.subarray(0, 65_536), size ?? bytes.byteLength);
}

const unsupported = { ok: false, problem: 'unsupported-type', detail: expect.any(String) };

describe('a file is what its bytes are', () => {
  test('a PDF header within the first kilobyte makes a PDF', () => {
    expect(sniff('%PDF-1.7\n')).toEqual({ ok: true, mediaKind: 'pdf' });
    expect(sniff(`${' '.repeat(1000)}%PDF-1.7\n`)).toEqual({ ok: true, mediaKind: 'pdf' });
    expect(sniff(`${' '.repeat(1030)}%PDF-1.7\n`)).not.toMatchObject({ mediaKind: 'pdf' });
  });

  test.each([
    ['a Windows program', 'MZ\x90\0%PDF-1.4'],
    ['a web page', '  <!doctype html><p>%PDF-1.4'],
    ['a picture', '\x89PNG\r\n\x1a\n%PDF-1.4'],
    ['an archive', 'PK\x03\x04%PDF-1.4'],
    ['a spreadsheet saved as a web page', '<html><table><tr><td>Receipt No.</td></tr></table>'],
    [
      'binary rubbish',
      Array.from({ length: 4096 }, (_, at) => String.fromCharCode((at * 7) % 256)).join(''),
    ],
  ])('%s is refused, whatever it carries', (_, content) => {
    expect(sniff(content)).toEqual(unsupported);
  });

  test.each(['classic-xlsx', 'newer-xlsx', 'classic-xls'] as const)(
    '%s is a workbook',
    async (layout) => {
      const { bytes } = await generateStatement({ layout, rows: 2_000 });
      expect(sniff(bytes)).toEqual({
        ok: true,
        mediaKind: layout.endsWith('xls') ? 'xls' : 'xlsx',
      });
    },
  );

  test('an OLE document that is no workbook is refused', async () => {
    const { bytes } = await generateStatement({ layout: 'classic-xls', rows: 10 });
    const other = Buffer.from(bytes);
    const name = Buffer.from('Workbook', 'utf16le');
    Buffer.from('Scribble', 'utf16le').copy(other, other.indexOf(name));
    expect(sniff(other)).toEqual(unsupported);
  });
});

describe('text', () => {
  test.each([
    ['utf-8', Buffer.from(classicCsv(3))],
    ['utf-8', Buffer.from(`\ufeff${classicCsv(3)}`)],
    ['utf-16le', Buffer.from(`\ufeff${classicCsv(3)}`, 'utf16le')],
    ['utf-16le', Buffer.from(classicCsv(3), 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${classicCsv(3)}`, 'utf16le').swap16()],
    ['windows-1252', Buffer.from(`${classicCsv(3)}caf\u00e9`, 'latin1')],
  ])('in %s is recognised', (encoding, bytes) => {
    expect(sniff(bytes)).toEqual({ ok: true, mediaKind: 'csv', encoding });
  });

  test('cut in the middle of a character at 64 kB is still UTF-8', () => {
    const bytes = Buffer.from(`x${'é'.repeat(40_000)}`);
    expect(sniff(bytes)).toEqual({ ok: true, mediaKind: 'csv', encoding: 'utf-8' });
  });

  test('in no known encoding is refused as such', () => {
    expect(sniff('name,amount\nx\x81\x8d,1')).toMatchObject({ ok: false, problem: 'encoding' });
  });
});

describe('size', () => {
  test('nothing is refused as empty', () => {
    expect(sniff('')).toMatchObject({ ok: false, problem: 'empty-file' });
  });

  test('one byte over the cap is refused, at the cap it is not', () => {
    const cap = 20 * 1024 * 1024;
    expect(sniff('%PDF-1.7', cap)).toMatchObject({ ok: true });
    expect(sniff('%PDF-1.7', cap + 1)).toMatchObject({ ok: false, problem: 'file-too-large' });
    expect(sniff('a,b\n', cap + 1)).toMatchObject({ ok: true, mediaKind: 'csv' });
    expect(sniff('a,b\n', 64 * 1024 * 1024 + 1)).toMatchObject({ problem: 'file-too-large' });
  });
});
