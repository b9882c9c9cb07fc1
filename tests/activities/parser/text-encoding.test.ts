import { decodeText, detectEncoding } from '../../../activities/parser/text-encoding.ts';

/** Decodes `bytes` cut into pieces of `size`; the text, or why there is none. */
async function decoded(bytes: Buffer, size: number): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
  }
  let text = '';
  for await (const piece of decodeText(pieces(), () => detectEncoding(bytes, true))) {
    if (!piece.ok) return `refused: ${piece.detail}`;
    text += piece.text;
  }
  return text;
}

const sample = 'Jina,Kiasi\nANDRÉ ZOË,1 000\nKŪRIA ☕ 😀,2\n';

test.each([1, 2, 3, 7, 64])(
  'text cut into pieces of %i bytes comes out as it went in',
  async (size) => {
    expect(await decoded(Buffer.from(sample), size)).toBe(sample);
    expect(await decoded(Buffer.from(`\ufeff${sample}`), size)).toBe(sample);
    expect(await decoded(Buffer.from(`\ufeff${sample}`, 'utf16le'), size)).toBe(sample);
    expect(await decoded(Buffer.from(`\ufeff${sample}`, 'utf16le').swap16(), size)).toBe(sample);
  },
);

test('a file that is plain for long and then windows-1252 is read as that', async () => {
  const plain = 'a,b\n'.repeat(100);
  async function* pieces(): AsyncGenerator<Buffer, void, void> {
    yield Buffer.from(plain);
    yield Buffer.from('caf\u00e9', 'latin1');
    yield Buffer.from(' au lait', 'latin1');
  }
  let text = '';
  for await (const piece of decodeText(pieces(), () => 'utf-8'))
    text += piece.ok ? piece.text : '!';
  expect(text).toBe(`${plain}café au lait`);
});

test('a file that is UTF-8 first and something else later is refused, never garbled', async () => {
  async function* pieces(): AsyncGenerator<Buffer, void, void> {
    yield Buffer.from('café,1\n');
    yield Buffer.from('caf\u00e9,2\n', 'latin1');
  }
  const endings: boolean[] = [];
  for await (const piece of decodeText(pieces(), () => 'utf-8')) endings.push(piece.ok);
  expect(endings).toEqual([true, false]);
});

test('half a UTF-16 character becomes NUL, which no row may hold', async () => {
  expect(await decoded(Buffer.from('\ufeffab\ud800cd', 'utf16le'), 3)).toBe('ab\0cd');
});
