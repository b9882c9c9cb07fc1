/** Tables of other sources: proposes how to read them, and reads them once a person has agreed. */
import { maskCardNumbers } from '../../domain/card-number.ts';
import {
  createMappedReader,
  isCarriedBalance,
  proposeMapping,
  validateMapping,
} from '../../domain/statements/mapping.ts';
import type { MappingProposal } from '../../domain/statements/mapping-proposal.ts';
import { emptyFacts, readPreamble } from '../../domain/statements/printed.ts';
import type { CandidateRow, ColumnMapping, PrintedFacts } from '../../domain/statements/terms.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import type { TableEvent, TableRecord } from './read-table.ts';
import { createRowSink, type RowSink } from './row-sink.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import { tellRow } from '../../domain/statements/row-phrases.ts';

const previewRows = 20;
const leastColumns = 3;

/**
 * Frames for a table without a header we know: a preview with a proposed mapping, then
 * `mapping-needed`; or `columns`/`unknown-layout` when there is nothing to map. `rows` are the first
 * rows of the file; the proposal's `headerRow` counts in them.
 */
export function offerMapping(
  rows: readonly string[][],
  delimiter: ColumnMapping['delimiter'] = ',',
): ReaderFrame[] {
  const found = findForeignHeader(rows, delimiter);
  if (!found) {
    return [needs('unknown-layout', tellFile('no-table'))];
  }
  const { header, headerRow, sample, proposal } = found;
  const repeated = repeatedHeadings(header);
  if (repeated.length > 0) {
    return [needs('columns', tellFile('columns-repeated', { columns: repeated.join(', ') }))];
  }
  const preview: ReaderFrame = {
    t: 'preview',
    header,
    rows: sample.slice(0, previewRows).map(withoutCardNumbers),
    source: { headerRow, delimiter },
    ...(proposal && { proposed: proposal.mapping }),
    reasons: [...(proposal?.reasons ?? [])],
  };
  return [preview, needs('mapping-needed', tellFile('mapping-needed'))];
}

/** Samples are shown to people, so the rule for kept texts holds for them too. */
export function withoutCardNumbers(cells: readonly string[]): string[] {
  return cells.map((cell) => maskCardNumbers(cell).text);
}

interface ForeignHeader {
  header: string[];
  headerRow: number;
  sample: string[][];
  proposal: MappingProposal | undefined;
}

/** The first row that a mapping can be proposed for, else the first of the widest rows. */
function findForeignHeader(
  rows: readonly string[][],
  delimiter: ColumnMapping['delimiter'],
): ForeignHeader | undefined {
  for (const [headerRow, header] of rows.entries()) {
    const sample = rows.slice(headerRow + 1);
    const proposal = proposeMapping(header, sample, { headerRow, delimiter });
    if (proposal) return { header, headerRow, sample, proposal };
  }
  const widths = rows.map((row) => row.filter((cell) => cell.trim() !== '').length);
  const widest = Math.max(0, ...widths);
  const at = widths.indexOf(widest);
  const header = rows[at];
  if (!header || widest < leastColumns) return undefined;
  return { header, headerRow: at, sample: rows.slice(at + 1), proposal: undefined };
}

function repeatedHeadings(header: readonly string[]): string[] {
  const names = header.map((cell) => cell.trim().toLowerCase());
  return header.filter((_, at) => names[at] !== '' && names.indexOf(names[at] ?? '') !== at);
}

/** Reads a table through a mapping; in mode inspect only its first rows, without a report. */
export async function* readMappedTable(
  events: AsyncIterable<TableEvent>,
  request: ReaderRequest & { mapping: ColumnMapping },
): AsyncGenerator<ReaderFrame, void, void> {
  const reader: MappedReader = { request, above: [], table: undefined };
  for await (const event of events) {
    if (!event.ok) {
      yield needs(event.problem, event.detail);
      return;
    }
    for (const record of event.records) {
      for (const frame of takeRecord(reader, record)) {
        yield frame;
        if (frame.t === 'needs') return;
      }
      if (hasSeenEnough(reader)) break;
    }
    if (hasSeenEnough(reader)) break;
  }
  const { table } = reader;
  yield* table ? lastFrames(table, request) : [needs('columns', tellFile('headerless-end'))];
}

interface MappedReader {
  request: ReaderRequest & { mapping: ColumnMapping };
  /** Rows above the header. */
  above: TableRecord[];
  /** Undefined until the header has come. */
  table: MappedTable | undefined;
}

function hasSeenEnough({ request, table }: MappedReader): boolean {
  return request.mode === 'inspect' && table !== undefined && table.sink.count >= previewRows;
}

function takeRecord(reader: MappedReader, record: TableRecord): ReaderFrame[] {
  const { request, above, table } = reader;
  if (table) {
    if (record.page !== table.page) return [];
    addMapped(table, record);
    return table.sink.take();
  }
  if (above.length < request.mapping.headerRow) {
    above.push(record);
    return [];
  }
  const valid = validateMapping(request.mapping, record.cells);
  if (!valid.ok) return [needs('columns', valid.refusal.message)];
  reader.table = openMapped(record, above, request);
  return [{ t: 'facts', facts: reader.table.facts }];
}

interface MappedTable {
  page: number;
  width: number;
  facts: PrintedFacts;
  sink: RowSink;
  read: (cells: readonly string[], line: number) => CandidateRow;
}

function openMapped(
  header: TableRecord,
  above: readonly TableRecord[],
  { mapping, now, maxRows }: ReaderRequest & { mapping: ColumnMapping },
): MappedTable {
  const facts: PrintedFacts = {
    ...emptyFacts('mapped-csv'),
    ...readPreamble(above.map((record) => record.cells)),
    hasBalanceColumn: mapping.columns.balance !== undefined,
  };
  const { dateOrder, signRule } = mapping;
  return {
    page: header.page,
    width: header.cells.length,
    facts,
    sink: createRowSink({ facts, now, maxRows, dateOrder, signRule }),
    read: createMappedReader(mapping, header.cells),
  };
}

function addMapped(table: MappedTable, record: TableRecord): void {
  const { cells, line } = record;
  if (cells.every((cell) => cell.trim() === '')) return;
  if (cells.slice(table.width).some((cell) => cell.trim() !== '')) {
    const detail = tellRow('cells-misfit', { found: cells.length, expected: table.width });
    table.sink.refuse(
      { page: record.page, line, raw: cells.join(' | ') },
      'columns-missing',
      detail,
    );
    return;
  }
  const candidate = { ...table.read(cells, line), page: record.page };
  // A balance carried over moves no money and is no row of its own.
  if (!isCarriedBalance(candidate)) table.sink.add(candidate);
}

function lastFrames(table: MappedTable, request: ReaderRequest): ReaderFrame[] {
  const frames = table.sink.finish({ pages: 1, facts: table.facts });
  return request.mode === 'inspect' ? frames.filter((frame) => frame.t !== 'report') : frames;
}
