/**
 * Rows in PostgreSQL's binary COPY format: a signature, then for each row the number of its values
 * and for each value its length and its bytes in network order.
 * Source: https://www.postgresql.org/docs/18/sql-copy.html, "Binary Format".
 */

/** Type of a column; COPY in this format converts nothing, so it must be the table's own. */
export type CopyType =
  'uuid' | 'integer' | 'bigint' | 'boolean' | 'text' | 'timestamptz' | 'bytea' | 'bigint[]';

/** `uuid`, `timestamptz` (ISO 8601) and each `bigint` of a list (decimal) are texts. */
export type CopyValue = string | number | boolean | null | Buffer | readonly string[];

/**
 * Rows in one growing piece of memory that is used again after `clear`: a file has hundreds of
 * thousands of rows, and pieces of each would outlive the young generation.
 */
export interface CopyRows {
  /** Adds one row, a value for each column. Throws on NUL and lone surrogates: reject them earlier. */
  add(row: readonly CopyValue[]): void;
  /** The whole message so far; valid until the next `add` or `clear`. */
  bytes(): Buffer;
  clear(): void;
}

const firstCapacityBytes = 256 * 1024;
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const trailerBytes = 2;
/** UTF-8 takes at most three bytes for each unit of a JavaScript string. */
const bytesPerUnitMax = 3;
/** Length of a value, or of a list of none. */
const bytesPerValueMax = 24;
const bytesPerListItem = 12;
const nullLength = -1;

/** No rows yet, of columns of these types. */
export function createCopyRows(types: readonly CopyType[]): CopyRows {
  let memory: Buffer = Buffer.alloc(firstCapacityBytes);
  signature.copy(memory);
  let used = signature.byteLength;
  return {
    add(row) {
      if (row.length !== types.length) throw new RangeError('a row has a value for each column');
      const needed = used + bytesAtMost(row);
      if (needed > memory.byteLength) memory = grown(memory, needed);
      let at = memory.writeInt16BE(row.length, used);
      for (let column = 0; column < row.length; column += 1) {
        at = writeValue({ memory, at, type: types[column] ?? 'text' }, row[column] ?? null);
      }
      used = at;
    },
    bytes() {
      memory.writeInt16BE(-1, used);
      return memory.subarray(0, used + trailerBytes);
    },
    clear() {
      used = signature.byteLength;
    },
  };
}

function bytesAtMost(row: readonly CopyValue[]): number {
  let bytes = trailerBytes + 2;
  for (const value of row) {
    bytes += bytesPerValueMax;
    if (typeof value === 'string') bytes += value.length * bytesPerUnitMax;
    else if (Buffer.isBuffer(value)) bytes += value.byteLength;
    else if (Array.isArray(value)) bytes += value.length * bytesPerListItem;
  }
  return bytes;
}

function grown(memory: Buffer, needed: number): Buffer {
  const larger = Buffer.alloc(Math.max(needed, 2 * memory.byteLength));
  memory.copy(larger);
  return larger;
}

interface Spot {
  memory: Buffer;
  at: number;
  type: CopyType;
}

/** Writes a value with its length; answers where the next one goes. */
function writeValue({ memory, at, type }: Spot, value: CopyValue): number {
  if (value === null) return memory.writeInt32BE(nullLength, at);
  const end = writeBytes({ memory, at: at + 4, type }, value);
  memory.writeInt32BE(end - at - 4, at);
  return end;
}

function writeBytes({ memory, at, type }: Spot, value: CopyValue): number {
  if (typeof value === 'string') {
    if (type === 'text') return at + writeText(memory, at, value);
    if (type === 'uuid') return at + memory.write(value.replaceAll('-', ''), at, 'hex');
    if (type === 'timestamptz') return writeInteger(memory, at, microsecondsOf(value));
  } else if (typeof value === 'number') {
    if (type === 'integer') return memory.writeInt32BE(value, at);
    if (type === 'bigint') return writeInteger(memory, at, value);
  } else if (typeof value === 'boolean') {
    if (type === 'boolean') return memory.writeInt8(value ? 1 : 0, at);
  } else if (Buffer.isBuffer(value)) {
    if (type === 'bytea') return at + value.copy(memory, at);
  } else if (Array.isArray(value) && type === 'bigint[]') {
    return writeList(memory, at, value);
  }
  throw new TypeError(`a column of type ${type} cannot hold a ${typeof value}`);
}

function writeText(memory: Buffer, at: number, text: string): number {
  if (!text.isWellFormed()) throw new TypeError('text with a lone surrogate cannot be stored');
  if (text.includes('\0')) throw new TypeError('text with NUL cannot be stored');
  return memory.write(text, at, 'utf8');
}

const twoTo32 = 2 ** 32;

/** A safe integer as 64 bits; without BigInt, which would allocate for every amount. */
function writeInteger(memory: Buffer, at: number, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError('not a safe integer');
  const high = Math.floor(value / twoTo32);
  memory.writeInt32BE(high, at);
  return memory.writeUInt32BE(value - high * twoTo32, at + 4);
}

/** PostgreSQL counts microseconds from the year 2000. */
const epochMs = Date.UTC(2000, 0, 1);

function microsecondsOf(instant: string): number {
  return (Date.parse(instant) - epochMs) * 1_000;
}

const bigintOid = 20;

/** Dimensions, whether nulls occur, the type of the items; then count, first index and the items. */
function writeList(memory: Buffer, start: number, items: readonly string[]): number {
  let at = memory.writeInt32BE(items.length === 0 ? 0 : 1, start);
  at = memory.writeInt32BE(0, at);
  at = memory.writeInt32BE(bigintOid, at);
  if (items.length === 0) return at;
  at = memory.writeInt32BE(items.length, at);
  at = memory.writeInt32BE(1, at);
  for (const item of items) {
    at = memory.writeInt32BE(8, at);
    at = memory.writeBigInt64BE(BigInt(item), at);
  }
  return at;
}
