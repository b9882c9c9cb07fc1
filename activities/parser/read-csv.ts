/** Reads separated values as a stream: encoding, delimiter, records, then the table in them. */
import { recogniseHeader } from '../../domain/statements/columns.ts';
import { csvRecords, openingRecords } from './csv-records.ts';
import type { CsvRecord, Delimiter } from './csv-records.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import { readMappedTable } from './foreign-csv.ts';
import { maxPreambleRows, readTable, type TableEvent } from './read-table.ts';
import { decodeText, detectEncoding, type DecodedPiece } from './text-encoding.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|'];
const sampleLines = 80;

/** A receipt at the beginning of a line inside a cell: a quotation mark swallowed whole rows. */
const swallowedRow = /[\r\n]"?[A-Z][A-Z0-9]{9}"?[,;\t|]/;

/** Reads a CSV file whose first piece holds its beginning; the last frame ends the reading. */
export async function* readCsv(
  file: AsyncIterable<Buffer>,
  request: ReaderRequest,
): AsyncGenerator<ReaderFrame, void, void> {
  const text = decodeText(file, (head) => detectEncoding(head, false));
  const first = await text.next();
  const opening = first.done === true || !first.value.ok ? '' : first.value.text;
  const delimiter = request.mapping?.delimiter ?? chooseDelimiter(opening);
  const beginning = openingRecords(opening, delimiter, maxPreambleRows);
  const at = beginning.findIndex((record) => recogniseHeader(record.cells) !== undefined);
  const above = request.mapping
    ? beginning.slice(0, request.mapping.headerRow)
    : beginning.slice(0, Math.max(0, at));
  const fromLine = beginning[above.length]?.line ?? 1;
  const events = tableEvents(resumed(first, text), { delimiter, above, fromLine });
  yield* request.mapping
    ? readMappedTable(events, { ...request, mapping: request.mapping })
    : readTable(events, request, delimiter);
}

async function* resumed(
  first: IteratorResult<DecodedPiece, void>,
  rest: AsyncIterable<DecodedPiece>,
): AsyncGenerator<DecodedPiece, void, void> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

interface CsvPlan {
  delimiter: Delimiter;
  /** Records above the header, read already. */
  above: readonly CsvRecord[];
  fromLine: number;
}

async function* tableEvents(
  text: AsyncIterable<DecodedPiece>,
  { delimiter, above, fromLine }: CsvPlan,
): AsyncGenerator<TableEvent, void, void> {
  yield { ok: true, records: [...above] };
  for await (const event of csvRecords(text, delimiter, fromLine)) {
    yield event;
    const swallower = event.ok ? event.records.find(hasSwallowed) : undefined;
    if (swallower === undefined) continue;
    const detail = tellFile('quote-swallows', { line: swallower.line });
    yield { ok: false, problem: 'malformed-csv', detail };
    return;
  }
}

function hasSwallowed({ cells }: CsvRecord): boolean {
  return cells.some((cell) => swallowedRow.test(cell));
}

/** The delimiter that shows a header we know, else the one that cuts most lines into equal parts. */
function chooseDelimiter(opening: string): Delimiter {
  const lines = opening.split(/\r\n|\n|\r/, sampleLines).map((line) => line.replaceAll('"', ''));
  const known = delimiters.find((delimiter) =>
    lines.some((line) => recogniseHeader(line.split(delimiter)) !== undefined),
  );
  if (known) return known;
  const scores = delimiters.map((delimiter) => regularity(lines, delimiter));
  return delimiters[scores.indexOf(Math.max(...scores))] ?? ',';
}

/** How many lines share the most common number of cells, weighted by that number. */
function regularity(lines: readonly string[], delimiter: Delimiter): number {
  const tally = new Map<number, number>();
  for (const line of lines) {
    const cells = line.split(delimiter).length;
    if (cells > 1) tally.set(cells, (tally.get(cells) ?? 0) + 1);
  }
  return Math.max(0, ...[...tally].map(([cells, count]) => count * Math.min(cells, 12)));
}
