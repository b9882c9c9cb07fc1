/**
 * Rows in PostgreSQL's COPY text format. `\N` is null; backslash, tab, newline and carriage return
 * inside text are escaped; bytea is written in its hexadecimal form.
 */
export type CopyValue = string | number | boolean | null | Buffer | readonly string[];

const rowsPerChunk = 500;

/** Encodes rows as chunks of COPY text. Throws on NUL and lone surrogates: reject them earlier. */
export function* copyText(rows: Iterable<readonly CopyValue[]>): Generator<string> {
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(row.map(encodeValue).join('\t'));
    if (lines.length === rowsPerChunk) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
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
