/**
 * Reads rows of cells, from CSV or from sheets: finds the header below the preamble, reads the
 * printed facts above it, and hands every row after it to the sink. Cells are found by their
 * heading, never by position, and never through an object's property names.
 */
import { candidateFromCells, recogniseHeader } from '../../domain/statements/columns.ts';
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import { proposeMapping } from '../../domain/statements/mapping.ts';
import { emptyFacts, readPreamble, readPrintedLine } from '../../domain/statements/printed.ts';
import type { ColumnMapping, FileProblem, PrintedFacts } from '../../domain/statements/terms.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest, TableSource } from './frames.ts';
import { offerMapping, withoutCardNumbers } from './foreign-csv.ts';
import { createRowSink, type RowSink } from './row-sink.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import { tellRow } from '../../domain/statements/row-phrases.ts';

export interface TableRecord {
  /** Sheet, from 1; 1 for text files. */
  page: number;
  /** Physical line of the file, or row of the sheet, from 1. */
  line: number;
  cells: string[];
}

/** Rows in the order of the file, some at a time, or why there are no more. */
export type TableEvent =
  | { ok: true; records: readonly TableRecord[] }
  | { ok: false; problem: FileProblem; detail: string };

/** The header of a table begins within this many rows. */
export const maxPreambleRows = 60;
const maxColumns = 256;
const previewRows = 20;
const progressRows = 5_000;

/** Reads a whole table; the last frame is `report`, `preview` (mode inspect) or `needs`. */
export async function* readTable(
  events: AsyncIterable<TableEvent>,
  request: ReaderRequest,
  delimiter: ColumnMapping['delimiter'] = ',',
): AsyncGenerator<ReaderFrame, void, void> {
  const reader: TableReader = {
    request,
    delimiter,
    table: undefined,
    above: [],
    sample: [],
    pages: 1,
  };
  for await (const event of events) {
    if (!event.ok) {
      yield needs(event.problem, event.detail);
      return;
    }
    for (const record of event.records) {
      for (const frame of addRecord(reader, record)) {
        yield frame;
        if (frame.t === 'needs') return;
      }
      if (isDone(reader)) break;
    }
    if (isDone(reader)) break;
  }
  yield* finishTable(reader);
}

interface TableReader {
  request: ReaderRequest;
  delimiter: ColumnMapping['delimiter'];
  /** Undefined until the header is found. */
  table: OpenTable | undefined;
  /** Rows above the header. */
  above: TableRecord[];
  /** Rows for the preview of mode inspect. */
  sample: string[][];
  pages: number;
}

interface OpenTable {
  header: RecognisedHeader;
  headings: string[];
  /** Cells without which a row cannot be read. */
  neededCells: number;
  facts: PrintedFacts;
  sink: RowSink;
}

/** Nothing more needs to be read: no header where one should be, or mode inspect has seen enough. */
function isDone({ table, above, request, sample }: TableReader): boolean {
  if (!table) return above.length >= maxPreambleRows;
  return request.mode === 'inspect' && sample.length >= previewRows;
}

function addRecord(reader: TableReader, record: TableRecord): ReaderFrame[] {
  const { cells, line, page } = record;
  if (cells.length > maxColumns) {
    const detail = tellFile('columns-many', { line, found: cells.length, limit: maxColumns });
    return [needs('columns', detail)];
  }
  const isNewSheet = page !== reader.pages;
  reader.pages = page;
  const { table } = reader;
  if (!table || (isNewSheet && recogniseHeader(cells))) return lookForHeader(reader, record);
  return addRow(reader, table, record);
}

function lookForHeader(reader: TableReader, record: TableRecord): ReaderFrame[] {
  const recognised = recogniseHeader(record.cells);
  if (recognised === undefined) {
    reader.above.push(record);
    return [];
  }
  if (!recognised.ok) return [needs('columns', recognised.refusal.message)];
  const header = recognised.value;
  const headings = record.cells;
  const neededCells = Math.min(Math.max(...header.columns.values()) + 1, headings.length);
  const heading = { header, headings, neededCells };
  if (reader.table) {
    reader.table = { ...reader.table, ...heading };
    return [];
  }
  const facts = factsFrom(header, reader.above);
  const { now, maxRows } = reader.request;
  reader.table = { ...heading, facts, sink: createRowSink({ facts, now, maxRows }) };
  return [{ t: 'facts', facts }];
}

function addRow(reader: TableReader, table: OpenTable, record: TableRecord): ReaderFrame[] {
  if (isBlank(record) || isSameRow(record.cells, table.headings)) return [];
  if (reader.request.mode === 'inspect') {
    reader.sample.push(withoutCardNumbers(record.cells));
    return [];
  }
  addToSink(table, record);
  const frames = table.sink.take();
  const rows = table.sink.count;
  if (rows % progressRows === 0) frames.push({ t: 'progress', pages: reader.pages, rows });
  return frames;
}

function finishTable({
  table,
  above,
  delimiter,
  request,
  sample,
  pages,
}: TableReader): ReaderFrame[] {
  if (!table) {
    const cells = above.map((record) => record.cells);
    return offerMapping(cells, delimiter);
  }
  if (request.mode === 'inspect') {
    return [previewOf(table, sample, { headerRow: above.length, delimiter })];
  }
  return table.sink.finish({ pages, facts: { ...table.facts, pageCount: pages } });
}

/** What a person needs who has to say how its dates are read: the rest is known. */
function previewOf(table: OpenTable, rows: string[][], source: TableSource): ReaderFrame {
  const proposal = proposeMapping(table.headings, rows, source);
  return {
    ...{ t: 'preview', header: table.headings, rows, source },
    ...(proposal && { proposed: proposal.mapping }),
    reasons: [...(proposal?.reasons ?? [])],
  };
}

function factsFrom(header: RecognisedHeader, above: readonly TableRecord[]): PrintedFacts {
  const titles = above.flatMap((record) => record.cells.map(readPrintedLine));
  return {
    ...emptyFacts(header.format),
    ...Object.assign({}, ...titles),
    ...readPreamble(above.map((record) => record.cells)),
    hasBalanceColumn: header.hasBalanceColumn,
  };
}

function addToSink(table: OpenTable, record: TableRecord): void {
  const { header, headings, neededCells, sink } = table;
  const { cells, page, line } = record;
  const raw = cells.join(' | ');
  const hasExtra = cells.some((cell, at) => at >= headings.length && cell.trim() !== '');
  if (hasExtra || cells.length < neededCells) {
    const detail = tellRow('cells-misfit', { found: cells.length, expected: headings.length });
    sink.refuse({ page, line, raw }, 'columns-missing', detail);
    return;
  }
  sink.add(candidateFromCells(header.columns, { cells, page, line, raw }));
}

function isBlank(record: TableRecord): boolean {
  return record.cells.every((cell) => cell.trim() === '');
}

function isSameRow(cells: readonly string[], other: readonly string[]): boolean {
  return cells.length === other.length && cells.every((cell, at) => cell === other[at]);
}
