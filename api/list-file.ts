/** Lists that are uploaded, of payouts, requests or customers: a CSV or a workbook becomes a table of texts. */
import { read, type CellObject } from '@e965/xlsx';
import { parse } from 'csv-parse/sync';
import type { Request } from 'express';
import { z } from 'zod';
import { zipProblem } from '../activities/parser/zip-directory.ts';
import { pointerToCard } from '../domain/card-number.ts';
import { batchRowsMax } from '../domain/disbursements/batch-rows.ts';
import { openDigest } from './content-digest.ts';
import { problem, ProblemError, type Problem } from './problems.ts';
import { refuseCard } from './refuse-card.ts';
import type { Call } from './route.ts';

const fileBytes = z.string().meta({ format: 'binary' });

/** The media types a route that takes a list declares. */
export const listUpload = {
  'text/csv': fileBytes,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': fileBytes,
  'application/octet-stream': fileBytes,
};

/** What can be wrong with a list before anybody looks at its rows. */
export const listProblems = [
  'empty-file',
  'encoding',
  'malformed-csv',
  'malformed-workbook',
  'file-too-large',
  'unsupported-type',
  'request-timeout',
  'columns',
] as const;

const bytesMax = 2_000_000;
const arrivalMs = 30_000;
/** The names of columns, the rows, and one more so that too many are noticed. */
const rowsMax = batchRowsMax + 2;

export interface ListFile {
  source: 'csv' | 'xlsx';
  table: string[][];
}

/** The table of the file in the body of a request, or why it cannot be read. */
export async function readListFile({ request, ...call }: Call): Promise<ListFile | Problem> {
  const digest = openDigest(request);
  if ('problem' in digest) return digest;
  const bytes = await readBody(request);
  digest.add(bytes);
  const mismatch = digest.mismatch();
  if (mismatch !== undefined) return mismatch;
  if (bytes.length === 0) return problem('empty-file');
  const isZip = bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'));
  const file = isZip ? readWorkbook(bytes) : readCsv(bytes);
  if ('problem' in file) return file;
  const card = pointerToCard(file.table);
  // As a pointer into the table: the first number is the row, the second the column, from 0.
  if (card === undefined) return file;
  const { dependencies, requestId, route: operation } = call;
  return refuseCard({ dependencies, operation, requestId }, card);
}

function readCsv(bytes: Buffer): ListFile | Problem {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return problem('encoding');
  }
  if (text.includes('\0')) return problem('unsupported-type');
  try {
    const [opening = ''] = text.split(/\r?\n/, 1);
    const delimiter = [';', '\t'].find((mark) => opening.includes(mark)) ?? ',';
    const table: string[][] = parse(text, {
      ...{ delimiter, bom: true, relax_column_count: true, skip_empty_lines: true },
      ...{ max_record_size: 16_384, to: rowsMax },
    });
    return { source: 'csv', table };
  } catch {
    return problem('malformed-csv');
  }
}

/** At most two megabytes, looked at before it is unpacked, first sheet only. */
function readWorkbook(bytes: Buffer): ListFile | Problem {
  const danger = zipProblem(bytes);
  if (danger !== undefined) return problem('malformed-workbook', { detail: `${danger}.` });
  try {
    const book = read(bytes, {
      ...{ type: 'buffer', dense: true, cellFormula: false, cellHTML: false, cellText: false },
      sheetRows: rowsMax,
    });
    const [name = ''] = book.SheetNames;
    const rows: (CellObject | undefined)[][] = book.Sheets[name]?.['!data'] ?? [];
    const table = Array.from(rows, (row) => Array.from(row ?? [], cellText));
    return { source: 'xlsx', table };
  } catch {
    return problem('malformed-workbook');
  }
}

function cellText(cell: CellObject | undefined): string {
  return cell?.v === undefined || cell.t === 'e' || cell.t === 'z' ? '' : String(cell.v);
}

/** Collects the body by events, so that a refusal can still be answered. */
function readBody(request: Request): Promise<Buffer> {
  if (Number(request.get('content-length') ?? 0) > bytesMax) {
    return Promise.reject(new ProblemError(tooLarge()));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (refusal: Problem) => {
      clearTimeout(deadline);
      request.pause().removeAllListeners('data');
      reject(new ProblemError(refusal));
    };
    const deadline = setTimeout(() => refuse(problem('request-timeout')), arrivalMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytesMax) return refuse(tooLarge());
      chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(deadline);
      resolve(Buffer.concat(chunks));
    });
    request.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
  });
}

function tooLarge(): Problem {
  return problem('file-too-large', { detail: 'A payout list has at most 2 MB.' });
}
