/**
 * Reads a statement PDF page by page. Rows come from the drawn table where there is one and from
 * the places of the text otherwise; either way the rows are counted a second time in the plain
 * text, and a difference reaches the proof.
 */
import { candidateFromCells } from '../../domain/statements/columns.ts';
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import type { FileProblem, PrintedFacts } from '../../domain/statements/terms.ts';
import { needs } from './frames.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';
import { DamagedPage, maxItemsPerPage, openPdf, type PdfFile } from './pdf-document.ts';
import { pdfEvidence, scanPdfBytes, type ByteEvidence } from './pdf-evidence.ts';
import { findHeader, type PrintedHeader } from './pdf-columns.ts';
import { readPdfFacts, verificationCode } from './pdf-facts.ts';
import { visualLines, type VisualLine } from './pdf-lines.ts';
import { createPageReader } from './pdf-pages.ts';
import { append, type PageRow } from './pdf-positioned.ts';
import { createRowSink, type RowSink } from './row-sink.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import { tellRow } from '../../domain/statements/row-phrases.ts';

/** The detail table of a statement begins within this many pages. */
const pagesToHeader = 3;
/** Reads a PDF; the last frame is `report`, `facts` (mode inspect) or `needs`. */
export async function* readPdf(
  bytes: Buffer,
  request: ReaderRequest,
): AsyncGenerator<ReaderFrame, void, void> {
  const scan = scanPdfBytes(bytes);
  if (scan.streamFault) {
    yield scan.streamFault === 'giant' ? tooMuchPacked() : damaged();
    return;
  }
  const opened = await openPdf(bytes, request.password);
  if (!opened.ok) {
    yield needs(opened.problem, opened.detail);
    return;
  }
  try {
    yield* readFile(opened.file, scan, request);
  } catch (error) {
    if (!(error instanceof DamagedPage)) throw error;
    yield damaged();
  } finally {
    await opened.file.close();
  }
}

const damaged = () => needs('malformed-pdf', tellFile('pdf-damaged'));
const tooMuchPacked = () => needs('too-complex', tellFile('part-giant'));

async function* readFile(
  file: PdfFile,
  scan: ByteEvidence,
  request: ReaderRequest,
): AsyncGenerator<ReaderFrame, void, void> {
  if (file.pageCount > request.maxPages) {
    yield needs(
      'too-many-pages',
      tellFile('pages-many', { found: file.pageCount, limit: request.maxPages }),
    );
    return;
  }
  const start = await findStart(file);
  if ('problem' in start) {
    yield needs(start.problem, start.detail);
    return;
  }
  const facts = readPdfFacts(start.header, start.above, file.pageCount);
  const code = start.pages.map(verificationCode).find((found) => found !== undefined);
  const known: PrintedFacts = { ...facts, verificationCode: facts.verificationCode ?? code };
  yield { t: 'facts', facts: known, evidence: pdfEvidence(file, scan, new Map()) };
  if (request.mode === 'inspect') return;
  yield* readRows({ file, scan, request, start, facts: known });
}

interface Start {
  header: RecognisedHeader;
  printed: PrintedHeader;
  /** Page of the header, from 1; pages before it hold no rows. */
  page: number;
  /** Lines above the header, from the beginning of the file. */
  above: VisualLine[];
  /** Lines of the pages looked at so far. */
  pages: VisualLine[][];
}

/** Looks for the header of the detail table on the first pages. */
async function findStart(file: PdfFile): Promise<Start | { problem: FileProblem; detail: string }> {
  const pages: VisualLine[][] = [];
  const above: VisualLine[] = [];
  for (let page = 1; page <= Math.min(pagesToHeader, file.pageCount); page += 1) {
    const lines = await linesOf(file, page);
    if (!lines) return tooMuchText(page);
    pages.push(lines);
    const printed = findHeader(lines);
    if (printed && !printed.recognised.ok) {
      return { problem: 'columns', detail: printed.recognised.refusal.message };
    }
    if (printed?.recognised.ok) {
      above.push(...lines.slice(0, printed.from));
      return { header: printed.recognised.value, printed, page, above, pages };
    }
    above.push(...lines);
  }
  if (pages.every((lines) => lines.length === 0)) {
    return {
      problem: 'no-text-layer',
      detail: tellFile('pictures'),
    };
  }
  return { problem: 'unknown-layout', detail: tellFile('layout-unknown') };
}

/** The lines of a page, or undefined when it holds more text than any statement. */
async function linesOf(file: PdfFile, page: number): Promise<VisualLine[] | undefined> {
  const items = await file.textOf(page);
  return items.length > maxItemsPerPage ? undefined : visualLines(items);
}

function tooMuchText(page: number): Extract<ReaderFrame, { t: 'needs' }> {
  return needs('too-complex', tellFile('page-dense', { page }));
}

interface Reading {
  file: PdfFile;
  scan: ByteEvidence;
  request: ReaderRequest;
  start: Start;
  facts: PrintedFacts;
}

async function* readRows(reading: Reading): AsyncGenerator<ReaderFrame, void, void> {
  const { file, scan, request, start } = reading;
  const { now, maxRows } = request;
  const sink = createRowSink({ facts: reading.facts, now, maxRows });
  const reader = createPageReader(file, start.header, start.printed.cells);
  let facts = reading.facts;
  // A row is complete only when the next one begins, because a page may break it.
  let open: OpenRow | undefined;
  for (let page = start.page; page <= file.pageCount; page += 1) {
    const lines = start.pages[page - 1] ?? (await linesOf(file, page));
    if (!lines) {
      yield tooMuchText(page);
      return;
    }
    facts = { ...facts, verificationCode: facts.verificationCode ?? verificationCode(lines) };
    open = addPage({ ...(await reader.read(page, lines)), page }, { open, sink, start });
    yield* sink.take();
    yield { t: 'progress', pages: page, rows: sink.count };
  }
  if (open) addRow(open, sink, start);
  const evidence = pdfEvidence(file, scan, reader.amountFonts);
  yield* sink.finish({
    pages: file.pageCount,
    facts,
    evidence,
    countedInText: reader.countedInText,
  });
}

interface OpenRow {
  cells: string[];
  page: number;
  line: number;
}

/** Adds the rows of a page except the last, which stays open; returns it. */
function addPage(
  read: { continued: string[] | undefined; rows: PageRow[]; page: number },
  state: { open: OpenRow | undefined; sink: RowSink; start: Start },
): OpenRow | undefined {
  let { open } = state;
  if (read.continued && open) append(open.cells, read.continued);
  else if (read.continued) {
    const raw = read.continued.join(' | ');
    const detail = tellRow('row-headless');
    state.sink.refuse({ page: read.page, line: 0, raw }, 'columns-missing', detail);
  }
  for (const [index, row] of read.rows.entries()) {
    if (open) addRow(open, state.sink, state.start);
    open = { cells: row.cells, page: read.page, line: index + 1 };
  }
  return open;
}

function addRow(row: OpenRow, sink: RowSink, start: Start): void {
  sink.add(candidateFromCells(start.header.columns, row));
}
