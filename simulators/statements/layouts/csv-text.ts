/** Text tables: quoting, separators, line endings and encodings. */
import type { CsvShape } from '../draft.ts';

/** Joins records into the bytes of a CSV file of the given shape, with a line ending after the last. */
export function csvBytes(records: readonly (readonly string[])[], shape: CsvShape): Uint8Array {
  const { delimiter, lineEnding } = shape;
  const lines = records.map((cells) =>
    cells.map((cell) => quoted(cell, delimiter)).join(delimiter),
  );
  return encode(lines.join(lineEnding) + lineEnding, shape);
}

/** Encodes a text; Windows-1252 covers Latin-1 only, which is all the generator writes. */
function encode(text: string, shape: Pick<CsvShape, 'encoding' | 'hasBom'>): Uint8Array {
  const marked = shape.hasBom ? `\ufeff${text}` : text;
  if (shape.encoding === 'utf-16le') return new Uint8Array(Buffer.from(marked, 'utf16le'));
  if (shape.encoding === 'windows-1252') return new Uint8Array(Buffer.from(text, 'latin1'));
  return new Uint8Array(Buffer.from(marked, 'utf8'));
}

function quoted(cell: string, delimiter: string): string {
  const needsQuotes =
    cell.includes(delimiter) || cell.includes('"') || cell.includes('\n') || cell.includes('\r');
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}
