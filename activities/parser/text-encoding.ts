/** Which encoding a text file is in, and its text piece by piece without ever guessing silently. */
import { StringDecoder } from 'node:string_decoder';
import { tellFile } from '../../domain/statements/file-phrases.ts';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Bytes that windows-1252 leaves undefined; a file that has them is in something else. */
const undefined1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/**
 * The encoding of a text that begins with `bytes`: by byte order mark, by the zeros of UTF-16, as
 * UTF-8 when it is valid, else windows-1252. `binary` when it is no text; `unreadable` when it is
 * text in an encoding we do not know. Zero bytes here and there are left to be rejected by row.
 */
export function detectEncoding(
  bytes: Buffer,
  isWhole: boolean,
): TextEncoding | 'binary' | 'unreadable' {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return isUtf8(bytes, isWhole) ? 'utf-8' : 'unreadable';
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const utf16 = utf16ByZeros(bytes);
  if (utf16) return utf16;
  if (controlShare(bytes) > 0.02) return 'binary';
  if (isUtf8(bytes, isWhole)) return 'utf-8';
  return bytes.some((byte) => undefined1252.has(byte)) ? 'unreadable' : 'windows-1252';
}

function isUtf8(bytes: Buffer, isWhole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

/** Latin text in UTF-16 without a mark has a zero in nearly every second byte. */
function utf16ByZeros(bytes: Buffer): TextEncoding | undefined {
  const zeros = [0, 0];
  const length = Math.min(bytes.byteLength, 4096) & ~1;
  for (let at = 0; at < length; at += 1) {
    if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const half = length / 2;
  if (half < 4) return undefined;
  if (odd > half * 0.7 && even < half * 0.1) return 'utf-16le';
  return even > half * 0.7 && odd < half * 0.1 ? 'utf-16be' : undefined;
}

function controlShare(bytes: Buffer): number {
  let controls = 0;
  for (const byte of bytes) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  }
  return controls / bytes.byteLength;
}

export type DecodedPiece = { ok: true; text: string } | { ok: false; detail: string };

/**
 * Decodes a whole text file piece by piece; a byte order mark is dropped. When a text that began as
 * plain ASCII turns out not to be UTF-8 it is windows-1252 from there on; when valid UTF-8 is
 * followed by bytes that are not, or bytes exist in no known encoding, the last piece is refused.
 */
export async function* decodeText(
  chunks: AsyncIterable<Buffer>,
  sniff: (head: Buffer) => TextEncoding | 'binary' | 'unreadable',
): AsyncGenerator<DecodedPiece, void, void> {
  let decode: Decoder | undefined;
  for await (const chunk of chunks) {
    if (decode === undefined) {
      const encoding = sniff(chunk);
      if (encoding === 'binary' || encoding === 'unreadable') {
        yield {
          ok: false,
          detail: tellFile('encoding-unreadable'),
        };
        return;
      }
      decode = decoders[encoding]();
    }
    const piece = decode(chunk, false);
    yield piece;
    if (!piece.ok) return;
  }
  if (decode) yield decode(Buffer.alloc(0), true);
}

type Decoder = (chunk: Buffer, isLast: boolean) => DecodedPiece;

const decoders: Record<TextEncoding, () => Decoder> = {
  'utf-8': utf8Decoder,
  'utf-16le': () => utf16Decoder(false),
  'utf-16be': () => utf16Decoder(true),
  'windows-1252': windowsDecoder,
};

function utf8Decoder(): Decoder {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let windows: Decoder | undefined;
  let isAscii = true;
  // The bytes of a character cut by the end of a piece, as long as all before it was ASCII.
  let cut: Buffer = Buffer.alloc(0);
  return (chunk, isLast) => {
    if (windows) return windows(chunk, isLast);
    try {
      const text = decoder.decode(chunk, { stream: !isLast });
      const joined = Buffer.concat([cut, chunk]);
      cut = Buffer.alloc(0);
      if (isAscii) isAscii = isAsciiOnly(text);
      if (isAscii) cut = Buffer.from(joined.subarray(text.length));
      return { ok: true, text };
    } catch {
      if (!isAscii) {
        return { ok: false, detail: tellFile('encoding-mixed') };
      }
      windows = windowsDecoder();
      return windows(Buffer.concat([cut, chunk]), isLast);
    }
  };
}

function isAsciiOnly(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function windowsDecoder(): Decoder {
  const decoder = new TextDecoder('windows-1252');
  return (chunk) => {
    const at = chunk.findIndex((byte) => undefined1252.has(byte));
    if (at < 0) return { ok: true, text: decoder.decode(chunk) };
    return {
      ok: false,
      detail: tellFile('encoding-unusual'),
    };
  };
}

/** Half a character becomes NUL, so that the row that holds it is rejected and no other. */
function utf16Decoder(isBigEndian: boolean): Decoder {
  const decoder = new StringDecoder('utf16le');
  let odd: Buffer = Buffer.alloc(0);
  let isFirst = true;
  return (chunk, isLast) => {
    const joined = Buffer.concat([odd, chunk]);
    const even = joined.byteLength & ~1;
    odd = Buffer.from(joined.subarray(even));
    if (isLast && odd.byteLength > 0) {
      return { ok: false, detail: tellFile('encoding-cut') };
    }
    const units = Buffer.from(joined.subarray(0, even));
    if (isBigEndian) units.swap16();
    const text = decoder.write(units) + (isLast ? decoder.end() : '');
    const withoutMark = isFirst ? text.replace(/^\ufeff/, '') : text;
    if (text.length > 0) isFirst = false;
    return { ok: true, text: withoutMark.replace(/\p{Surrogate}/gu, '\0') };
  };
}
