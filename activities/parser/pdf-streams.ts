/**
 * Looks whether packed text unpacks to what was packed. pdf.js unpacks what it can, leaves out the
 * rest and compares no checksum, so a damaged page lost rows, or showed others, without a word. What
 * is encrypted cannot be looked at from outside; there damage makes a text that pdf.js cannot decode.
 */
import { constants, inflateSync } from 'node:zlib';

/** Text of a whole page is a hundredth of this. */
const unpackedMaxBytes = 32 * 1024 * 1024;
const longestDictionary = 2_048;

/** `broken`: does not unpack to what was packed; `giant`: unpacks to more than any page holds. */
export type StreamFault = 'broken' | 'giant';

/** The first fault of a packed stream of an unencrypted PDF, pictures and fonts apart. */
export function findStreamFault(bytes: Buffer): StreamFault | undefined {
  if (bytes.includes('/Encrypt')) return undefined;
  let at = bytes.indexOf('stream');
  while (at >= 0) {
    const start = startAfter(bytes, at + 'stream'.length);
    const found = bytes.indexOf('endstream', start);
    const end = found < 0 ? bytes.length : found;
    const fault = isPackedText(bytes, at) ? unpackingFault(bytes.subarray(start, end)) : undefined;
    if (fault) return fault;
    at = bytes.indexOf('stream', end + 'endstream'.length);
  }
  return undefined;
}

/** Whether a stream is packed once, and is text or structure. */
function isPackedText(bytes: Buffer, keyword: number): boolean {
  const before = bytes.toString('latin1', Math.max(0, keyword - longestDictionary), keyword);
  const dictionary = before.slice(Math.max(0, before.lastIndexOf(' obj')));
  return packedOnce.test(dictionary) && !pictureOrFont.test(dictionary);
}

const packedOnce = /\/Filter\s*(?:\[\s*)?\/FlateDecode\s*[\]/>]/;
const pictureOrFont = /\/Image\b|\/Length1\b|\/Type1C|\/CIDFontType0C|\/OpenType/;

/** Data begin after the end of the line, which is CRLF or LF (ISO 32000-1, 7.3.8.1). */
function startAfter(bytes: Buffer, at: number): number {
  if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at + 2;
  return bytes[at] === 0x0a || bytes[at] === 0x0d ? at + 1 : at;
}

/** Text that merely ends early is left to pdf.js: some programs leave out the checksum at the end. */
function unpackingFault(packed: Buffer): StreamFault | undefined {
  try {
    inflateSync(packed, {
      maxOutputLength: unpackedMaxBytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return undefined;
  } catch (error) {
    const isGiant =
      error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isGiant ? 'giant' : 'broken';
  }
}
