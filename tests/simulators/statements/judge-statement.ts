import { read, utils } from '@e965/xlsx';
import { parse } from 'csv-parse/sync';
import { candidateFromCells, recogniseHeader } from '../../../domain/statements/columns.ts';
import type { ColumnMap } from '../../../domain/statements/columns.ts';
import {
  emptyFacts,
  readPreamble,
  readPrintedLine,
  readSummary,
} from '../../../domain/statements/printed.ts';
import { createProof } from '../../../domain/statements/proof.ts';
import { createLineNumbering, readRow } from '../../../domain/statements/rows.ts';
import type {
  CandidateRow,
  PrintedFacts,
  ProofReport,
  RejectedRow,
  StatementLine,
} from '../../../domain/statements/terms.ts';
import type { GeneratedStatement } from '../../../simulators/statements/statement.ts';
import type { PdfReading } from './read-pdfs.ts';

export interface Judgement {
  report: ProofReport;
  lines: StatementLine[];
  rejects: RejectedRow[];
}

/** Proves a generated statement with the domain's own code, from the text of its cells. */
export function judgeStatement(file: GeneratedStatement, pdf?: PdfReading): Judgement {
  const { format } = file.truth;
  const records = pdf?.tables.flatMap(detailTables) ?? exportRecords(file);
  const { candidates, preamble, columns, hasBalanceColumn } = candidatesIn(records);
  const facts: PrintedFacts = {
    ...emptyFacts(format),
    ...readPreamble(preamble),
    ...Object.assign({}, ...(pdf?.lines ?? []).map(readPrintedLine)),
    ...(pdf !== undefined && readSummary(pdf.tables.flatMap(summaryTables))),
    hasBalanceColumn,
  };
  expect(columns).toBeDefined();
  return prove(candidates, facts);
}

function prove(candidates: readonly CandidateRow[], facts: PrintedFacts): Judgement {
  const proof = createProof(facts);
  const number = createLineNumbering();
  const judged: Omit<Judgement, 'report'> = { lines: [], rejects: [] };
  const dateOrder = facts.format.startsWith('organisation') ? 'day-first' : 'year-first';
  for (const candidate of candidates) {
    const outcome = readRow(candidate, { format: facts.format, dateOrder });
    if (outcome.ok) {
      const line = number(outcome.line);
      judged.lines.push(line);
      proof.addLine(line);
    } else {
      judged.rejects.push(outcome.reject);
      proof.addReject(outcome.reject);
    }
  }
  return { ...judged, report: proof.finish({ candidateCount: candidates.length }) };
}

function candidatesIn(records: readonly (readonly string[])[]): {
  candidates: CandidateRow[];
  preamble: string[][];
  columns: ColumnMap | undefined;
  hasBalanceColumn: boolean;
} {
  const found = { candidates: new Array<CandidateRow>(), preamble: new Array<string[]>() };
  let columns: ColumnMap | undefined;
  let hasBalanceColumn = true;
  for (const [line, cells] of records.entries()) {
    const header = recogniseHeader(cells.map((cell) => cell.replace(/\s+/g, ' ')));
    if (header?.ok === true) {
      ({ columns, hasBalanceColumn } = header.value);
    } else if (columns === undefined) {
      found.preamble.push([...cells]);
    } else {
      addCandidate(
        found.candidates,
        candidateFromCells(columns, { cells: [...cells], page: 1, line }),
      );
    }
  }
  return { ...found, columns, hasBalanceColumn };
}

/** The rest of a row broken over two pages has no receipt and no time. */
function addCandidate(candidates: CandidateRow[], candidate: CandidateRow): void {
  const above = candidates.at(-1);
  const isRest = candidate.receipt === '' && candidate.completionTime === '';
  if (isRest && above !== undefined) above.details += ` ${candidate.details}`;
  else candidates.push(candidate);
}

function detailTables(table: string[][]): string[][] {
  return (table[0]?.length ?? 0) > 3 ? table : [];
}

function summaryTables(table: string[][]): string[][] {
  return table[0]?.length === 3 ? table : [];
}

/** Every record of an export as cells of text. */
export function exportRecords(file: GeneratedStatement): string[][] {
  if (file.fileName.endsWith('.csv')) {
    return parse(Buffer.from(file.bytes), { relax_column_count: true });
  }
  const book = read(file.bytes, { type: 'buffer' });
  const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
  return utils.sheet_to_json<string[]>(sheet, { header: 1, raw: false, defval: '' });
}
