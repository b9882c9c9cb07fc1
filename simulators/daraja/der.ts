/** As much of the Distinguished Encoding Rules of ASN.1 as one certificate needs. */

function encode(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export function sequence(...parts: Buffer[]): Buffer {
  return encode(0x30, Buffer.concat(parts));
}

export function setOf(...parts: Buffer[]): Buffer {
  return encode(0x31, Buffer.concat(parts));
}

/** A whole number from 0 to 127. */
export function integer(value: number): Buffer {
  return encode(0x02, Buffer.from([value]));
}

export function utf8(text: string): Buffer {
  return encode(0x0c, Buffer.from(text, 'utf8'));
}

/** `YYMMDDHHmmssZ` */
export function utcTime(text: string): Buffer {
  return encode(0x17, Buffer.from(text, 'ascii'));
}

export function bitString(bytes: Buffer): Buffer {
  return encode(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

/** An explicitly tagged part of a structure. */
export function tagged(number: number, part: Buffer): Buffer {
  return encode(0xa0 + number, part);
}

/** Dotted text → object identifier. */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...others.flatMap(base128)];
  return encode(0x06, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
