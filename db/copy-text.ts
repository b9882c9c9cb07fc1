/**
 * Rows in PostgreSQL's COPY text format. `\N` is null; backslash, tab, newline and carriage return
 * inside text are escaped; bytea is written in its hexadecimal form.
 */
export type CopyValue = string | number | boolean | null | Buffer | readonly string[];

const firstCapacityBytes = 256 * 1024;
/** UTF-8 takes at most three bytes for each unit of a JavaScript string. */
const bytesPerUnitMax = 3;

/**
 * Rows as COPY text in one growing piece of memory that is used again after `clear`: a file has
 * hundreds of thousands of rows, and strings of each would outlive the young generation.
 */
export interface CopyText {
  /** Throws on NUL and lone surrogates: reject them earlier. */
  add(row: readonly CopyValue[]): void;
  /** The rows so far; valid until the next `add` or `clear`. */
  bytes(): Buffer;
  clear(): void;
}

/** An empty text. */
export function createCopyText(): CopyText {
  let memory: Buffer = Buffer.allocUnsafe(firstCapacityBytes);
  let used = 0;
  return {
    add(row) {
      const line = `${row.map(encodeValue).join('\t')}\n`;
      const needed = used + line.length * bytesPerUnitMax;
      if (needed > memory.byteLength) memory = grown(memory, needed);
      used += memory.write(line, used, 'utf8');
    },
    bytes: () => memory.subarray(0, used),
    clear() {
      used = 0;
    },
  };
}

function grown(memory: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * memory.byteLength));
  memory.copy(larger);
  return larger;
}

function encodeValue(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return `{${value.join()}}`;
}

const special = /[\\\t\n\r\0\b\f\v]/;
const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

function escapeText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('text with a lone surrogate cannot be stored');
  if (!special.test(text)) return text;
  if (text.includes('\0')) throw new TypeError('text with NUL cannot be stored');
  return text.replace(/[\\\t\n\r\b\f\v]/g, (character) => escapes[character] ?? character);
}
