/** Records of a separated-values text, with the physical line each begins on, as a bounded stream. */
import { finished } from 'node:stream/promises';
import { parse, CsvError, type Parser } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import type { DecodedPiece } from './text-encoding.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvRecord {
  /** A text has no pages but this one. */
  page: 1;
  /** Line of the file the record begins on, from 1. */
  line: number;
  cells: string[];
}

/** Records come as many at a time as a piece of the text holds: waiting for each one costs more than reading it. */
export type CsvEvent =
  | { ok: true; records: CsvRecord[] }
  | { ok: false; problem: 'malformed-csv' | 'encoding'; detail: string };

/** Longest record, quotes and all; a real row has a few hundred characters. */
const maxRecordCharacters = 64 * 1024;

/** Quotes inside an unquoted cell are taken as they are; blank lines are skipped. */
const rules = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: maxRecordCharacters,
} as const;

/** The first records of a text, at most `count`; none when the text breaks the rules of CSV. */
export function openingRecords(text: string, delimiter: Delimiter, count: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  try {
    parseAtOnce(text, {
      ...rules,
      record_delimiter: [...rules.record_delimiter],
      delimiter,
      to: count,
      on_record: (cells: string[], context) => {
        records.push(toRecord(cells, context.lines));
        return null;
      },
    });
    return records;
  } catch {
    return [];
  }
}

function toRecord(cells: string[], lastLine: number): CsvRecord {
  const broken = cells.reduce((sum, cell) => sum + lineBreaks(cell), 0);
  return { page: 1, line: lastLine - broken, cells };
}

/**
 * Splits decoded text into records, from a line on: csv-parse is slow for records that are not as
 * long as the first, so the lines above a header are better left out. Ends with a refused event when
 * the text is not decodable, a quotation mark stays open or a record is absurdly long.
 */
export async function* csvRecords(
  text: AsyncIterable<DecodedPiece>,
  delimiter: Delimiter,
  fromLine = 1,
): AsyncGenerator<CsvEvent, void, void> {
  const record_delimiter = [...rules.record_delimiter];
  let records: CsvRecord[] = [];
  let lastLine = 1;
  const keep = (cells: string[], { lines }: { lines: number }): null => {
    lastLine = lines;
    records.push(toRecord(cells, lines));
    return null;
  };
  const options = { ...rules, record_delimiter, delimiter, from_line: fromLine };
  const parser = parse({ ...options, on_record: keep });
  // Whoever writes is told; without a listener the same fault would end the process.
  parser.on('error', () => {});
  const take = (): CsvEvent => {
    const taken = records;
    records = [];
    return { ok: true, records: taken };
  };
  try {
    for await (const piece of text) {
      if (!piece.ok) {
        yield { ok: false, problem: 'encoding', detail: piece.detail };
        return;
      }
      await written(parser, piece.text);
      yield take();
    }
    await ended(parser);
    yield take();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield { ok: false, problem: 'malformed-csv', detail: whatIsWrong(error, lastLine) };
  } finally {
    parser.destroy();
  }
}

/** Resolves when the piece is split; rejects with what is wrong with it. */
function written(parser: Parser, piece: string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(piece, (fault) => (fault ? reject(fault) : resolve()));
  });
}

/** Resolves when what was left over is split. */
async function ended(parser: Parser): Promise<void> {
  parser.end();
  await finished(parser, { readable: false });
}

function lineBreaks(cell: string): number {
  let breaks = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks += 1;
  return breaks;
}

function whatIsWrong(error: CsvError, lastLine: number): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return tellFile('quote-open', { line: lastLine });
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return tellFile('record-long', { line: lastLine, limit: maxRecordCharacters });
  }
  return tellFile('csv-rules', { line: lastLine });
}
