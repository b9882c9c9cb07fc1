/** Records of a separated-values text, with the physical line each begins on, as a bounded stream. */
import { parse, CsvError } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import type { DecodedPiece } from './text-encoding.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvRecord {
  /** Line of the file the record begins on, from 1. */
  line: number;
  cells: string[];
}

export type CsvEvent =
  | { ok: true; record: CsvRecord }
  | { ok: false; problem: 'malformed-csv' | 'encoding'; detail: string };

/** Longest record, quotes and all; a real row has a few hundred characters. */
const maxRecordCharacters = 64 * 1024;

/** Quotes inside an unquoted cell are taken as they are; blank lines are skipped. */
const rules = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  info: true,
  max_record_size: maxRecordCharacters,
} as const;

/** The first records of a text, at most `count`; none when the text breaks the rules of CSV. */
export function openingRecords(text: string, delimiter: Delimiter, count: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  try {
    parseAtOnce(text, {
      ...rules,
      record_delimiter: [...rules.record_delimiter],
      info: false,
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
  return { line: lastLine - broken, cells };
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
  const parser = parse({ ...rules, record_delimiter, delimiter, from_line: fromLine });
  let undecodable: CsvEvent | undefined;
  let lastLine = 1;
  const feed = async (): Promise<void> => {
    for await (const piece of text) {
      if (!piece.ok) {
        undecodable = { ok: false, problem: 'encoding', detail: piece.detail };
        break;
      }
      if (!parser.write(piece.text)) await new Promise((resolve) => parser.once('drain', resolve));
      if (parser.destroyed) return;
    }
    parser.end();
  };
  const feeding = feed().catch((fault: Error) => parser.destroy(fault));
  try {
    for await (const { record, info } of parser) {
      const cells: string[] = record;
      lastLine = info.lines;
      yield { ok: true, record: toRecord(cells, info.lines) };
    }
    await feeding;
    if (undecodable) yield undecodable;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield { ok: false, problem: 'malformed-csv', detail: whatIsWrong(error, lastLine) };
  }
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
