/**
 * Reads rows of cells, from CSV or from sheets: finds the header below the preamble, reads the
 * printed facts above it, and hands every row after it to the sink. Cells are found by their
 * heading, never by position, and never through an object's property names.
 */
import { candidateFromCells, recogniseHeader } from '../../domain/statements/columns.ts';
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import { emptyFacts, readPreamble, readPrintedLine } from '../../domain/statements/printed.ts';
import type { ColumnMapping, FileProblem, PrintedFacts } from '../../domain/statements/terms.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import { offerMapping } from './foreign-csv.ts';
import { createRowSink, type RowSink } from './row-sink.ts';

export interface TableRecord {
  /** Sheet, from 1; 1 for text files. */
  page: number;
  /** Physical line of the file, or row of the sheet, from 1. */
  line: number;
  cells: string[];
}

export type TableEvent =
  | { ok: true; record: TableRecord }
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
  const table = createTableReader(request, delimiter);
  for await (const event of events) {
    const frames = event.ok ? table.add(event.record) : [needs(event.problem, event.detail)];
    yield* frames;
    if (frames.some((frame) => frame.t === 'needs')) return;
    if (table.isDone) break;
  }
  yield* table.finish();
}

interface TableReader {
  /** True when nothing more needs to be read (mode inspect has seen enough). */
  readonly isDone: boolean;
  add(record: TableRecord): ReaderFrame[];
  finish(): ReaderFrame[];
}

interface OpenTable {
  header: RecognisedHeader;
  headings: string[];
  facts: PrintedFacts;
  sink: RowSink;
}

function createTableReader(
  request: ReaderRequest,
  delimiter: ColumnMapping['delimiter'],
): TableReader {
  let table: OpenTable | undefined;
  let above: TableRecord[] = [];
  let pages = 1;
  const sample: string[][] = [];
  const isInspecting = request.mode === 'inspect';

  const addRow = (open: OpenTable, record: TableRecord): ReaderFrame[] => {
    if (isBlank(record) || isSameRow(record.cells, open.headings)) return [];
    if (isInspecting) {
      sample.push(record.cells);
      return [];
    }
    addToSink(open, record);
    const frames = open.sink.take();
    if (open.sink.count % progressRows === 0) {
      frames.push({ t: 'progress', pages, rows: open.sink.count });
    }
    return frames;
  };
  const lookForHeader = (record: TableRecord): ReaderFrame[] => {
    const recognised = recogniseHeader(record.cells);
    if (recognised === undefined) {
      above.push(record);
      return [];
    }
    if (!recognised.ok) return [needs('columns', recognised.refusal.message)];
    const header = recognised.value;
    if (table) {
      table = { ...table, header, headings: record.cells };
      return [];
    }
    const facts = factsFrom(header, above);
    const { now, maxRows } = request;
    table = { header, headings: record.cells, facts, sink: createRowSink({ facts, now, maxRows }) };
    above = [];
    return [{ t: 'facts', facts }];
  };

  return {
    get isDone() {
      const isUnknown = table === undefined && above.length >= maxPreambleRows;
      return isUnknown || (isInspecting && sample.length >= previewRows);
    },
    add(record) {
      if (record.cells.length > maxColumns) {
        return [needs('columns', `Row ${record.line} has ${record.cells.length} columns; at most ${maxColumns} are read.`)];
      }
      const isNewSheet = record.page !== pages;
      pages = record.page;
      if (isNewSheet && recogniseHeader(record.cells)) return lookForHeader(record);
      return table ? addRow(table, record) : lookForHeader(record);
    },
    finish() {
      if (!table) return offerMapping(above.map((record) => record.cells), delimiter);
      if (isInspecting) {
        return [{ t: 'preview', header: table.headings, rows: sample, reasons: [] }];
      }
      return table.sink.finish({ pages, facts: { ...table.facts, pageCount: pages } });
    },
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
  const { header, headings, sink } = table;
  const raw = record.cells.join(' | ');
  const extra = record.cells.slice(headings.length).some((cell) => cell.trim() !== '');
  const needed = Math.max(...header.columns.values()) + 1;
  if (extra || record.cells.length < Math.min(needed, headings.length)) {
    const detail = `The row has ${record.cells.length} cells and the header has ${headings.length}.`;
    sink.refuse({ page: record.page, line: record.line, raw }, 'columns-missing', detail);
    return;
  }
  sink.add(candidateFromCells(header.columns, { ...record, raw }));
}

function isBlank(record: TableRecord): boolean {
  return record.cells.every((cell) => cell.trim() === '');
}

function isSameRow(cells: readonly string[], other: readonly string[]): boolean {
  return cells.length === other.length && cells.every((cell, at) => cell === other[at]);
}
