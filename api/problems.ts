/**
 * Every way the API can say no, in one table (RFC 9457). `code` is the stable name; `cause` and
 * `fix` are what `/problems/{code}` shows to whoever dereferences the `type` of an answer.
 */
import { ledgerProblems } from './ledger/problems.ts';
import { collectionProblems } from './collections/problems.ts';
import { breachProblems } from './breaches/problems.ts';
import { flagProblems } from './flags/problems.ts';
import { payoutProblems } from './disbursements/problems.ts';
import { statementUndoProblems } from './statements/problems.ts';
import { downloadProblems } from './downloads/problems.ts';
import { rowChangeProblems } from './row-changes/problems.ts';
import { shownNumberProblems } from './shown-numbers/problems.ts';
import { savedViewProblems } from './saved-views/problems.ts';
import { tenantProblems } from './tenants/problems.ts';
import { requestProblems } from './request-problems.ts';
import { authProblems } from './auth/problem-entries.ts';
import type { FileProblem } from '../domain/statements/terms.ts';

export interface CatalogueEntry {
  status: number;
  title: string;
  cause: string;
  fix: string;
}

const stateProblems = {
  'idempotency-in-progress': {
    status: 409,
    title: 'The same request is still running',
    cause: 'Another request with this idempotency key has not finished.',
    fix: 'Wait for the time in Retry-After and repeat it.',
  },
  'not-waiting': {
    status: 409,
    title: 'Nobody is waiting for this',
    cause: 'The statement is not at the step this decision belongs to.',
    fix: 'Read the statement; `waitingFor` says which decision it needs, if any.',
  },
  'shortcode-exists': {
    status: 409,
    title: 'This shortcode is there already',
    cause: 'The business has added this paybill or till number before.',
    fix: 'Change the one that exists; its credentials can be renewed.',
  },
  'callback-decided': {
    status: 409,
    title: 'This callback is not set aside any more',
    cause: 'Somebody else has decided about it, or it was never set aside.',
    fix: 'Read the list again.',
  },
  'cannot-cancel': {
    status: 409,
    title: 'This work cannot be cancelled any more',
    cause: 'It has finished, or it has begun to post and will complete.',
    fix: 'Undo the statement instead, once it is posted.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    cause: 'The quota of this business, of this caller or of this address is used up for now.',
    fix: 'Wait for the time in Retry-After; RateLimit says what is left.',
  },
  overloaded: {
    status: 503,
    title: 'Too busy right now',
    cause: 'This process has more work than it can finish in time.',
    fix: 'Send the request again after the time in Retry-After.',
  },
  throttled: {
    status: 429,
    title: 'Too many attempts',
    cause: 'There were several failed attempts in a short time.',
    fix: 'Wait for the time in Retry-After.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    cause: 'The request was fine; we failed, and it has been recorded under the request id.',
    fix: 'Try again; if it happens again, report the request id.',
  },
  unavailable: {
    status: 503,
    title: 'Not available for the moment',
    cause: 'Something this operation depends on cannot be reached; nothing was half done.',
    fix: 'Try again after the time in Retry-After.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const fileProblemEntries = {
  'empty-file': {
    status: 422,
    title: 'The file is empty',
    cause: 'The file has no bytes.',
    fix: 'Download the statement again and send the new copy.',
  },
  'unsupported-type': {
    status: 415,
    title: 'This kind of file cannot be read',
    cause: 'By its content the file is neither a PDF, a CSV nor an Excel workbook.',
    fix: 'Send the statement as Safaricom gave it: PDF, CSV, XLSX or XLS.',
  },
  'file-too-large': {
    status: 413,
    title: 'The file is too large',
    cause:
      'PDFs and workbooks of statements are limited to 20 MB, CSV files to 64 MB, receipts on a transaction to 5 MB.',
    fix: 'Ask for a shorter period, split the file, or send a smaller picture.',
  },
  'password-needed': {
    status: 422,
    title: 'The file is locked',
    cause: 'The PDF asks for a password, and none was given.',
    fix: 'Send the password Safaricom sent by SMS (often the ID number).',
  },
  'password-wrong': {
    status: 422,
    title: 'The password is wrong',
    cause: 'The PDF does not open with this password.',
    fix: 'Check the password in the SMS that came with the statement.',
  },
  'malformed-pdf': {
    status: 422,
    title: 'The PDF is damaged',
    cause: 'The file ends early or its structure is broken.',
    fix: 'Download the statement again.',
  },
  'malformed-workbook': {
    status: 422,
    title: 'The workbook is damaged',
    cause: 'The file starts like an Excel workbook but cannot be opened as one.',
    fix: 'Download it again, or save it as XLSX without a password and send that.',
  },
  'malformed-csv': {
    status: 422,
    title: 'The CSV is damaged',
    cause: 'The rows cannot be told apart, for example because a quote is never closed.',
    fix: 'Export the file again.',
  },
  'too-complex': {
    status: 422,
    title: 'The file takes too much work to read',
    cause: 'Reading it would need more time or memory than one file is allowed.',
    fix: 'Download the statement again as Safaricom gives it; do not merge or re-print it.',
  },
  'too-many-pages': {
    status: 422,
    title: 'The file has too many pages',
    cause: 'Statements are limited to 500 pages.',
    fix: 'Ask for a shorter period.',
  },
  'too-many-rows': {
    status: 422,
    title: 'The file has too many rows',
    cause: 'Statements are limited to 250,000 rows.',
    fix: 'Ask for a shorter period.',
  },
  'no-text-layer': {
    status: 422,
    title: 'The PDF is a picture',
    cause: 'The pages are scans or photos without text.',
    fix: 'Send the original PDF, not a scan of it.',
  },
  'unknown-layout': {
    status: 422,
    title: 'This is not a statement we know',
    cause: 'The text follows none of the layouts M-PESA prints.',
    fix: 'Check that it is an M-PESA statement in English, or send the CSV or Excel export instead.',
  },
  encoding: {
    status: 422,
    title: 'The text encoding cannot be read',
    cause: 'The file is neither UTF-8, UTF-16 nor Windows-1252 text.',
    fix: 'Save it as UTF-8 and send it again.',
  },
  columns: {
    status: 422,
    title: 'The columns do not fit',
    cause: 'Columns are missing, repeated or not allowed; the detail lists them.',
    fix: 'Export the file again with the columns named in the detail.',
  },
  'mapping-needed': {
    status: 422,
    title: 'The columns have to be matched first',
    cause: 'The table comes from a source we have not read before.',
    fix: 'Say which column means what; the answer is remembered.',
  },
  'dates-ambiguous': {
    status: 422,
    title: 'The dates can be read in two ways',
    cause: 'No row tells whether the day or the month comes first.',
    fix: 'Choose the order of dates in the column mapping.',
  },
  'password-expired': {
    status: 422,
    title: 'Nobody gave the password in time',
    cause: 'The file waited seven days for its password.',
    fix: 'Send the file again together with the password.',
  },
  'proof-failed': {
    status: 422,
    title: 'The statement does not add up',
    cause: 'What was read contradicts what the file prints about itself.',
    fix: 'Download the statement again; if it fails again, look at the checks it failed.',
  },
  'review-refused': {
    status: 422,
    title: 'A person refused the statement',
    cause: 'It was waiting for a review, and the decision was to refuse it.',
    fix: 'Read the reason; upload the file again if the decision was a mistake.',
  },
  abandoned: {
    status: 422,
    title: 'Nobody decided in time',
    cause: 'The statement waited seven days for a decision.',
    fix: 'Send the file again.',
  },
} as const satisfies Record<FileProblem | 'proof-failed' | 'review-refused', CatalogueEntry>;

export const catalogue = {
  ...authProblems,
  ...requestProblems,
  ...stateProblems,
  ...payoutProblems,
  ...statementUndoProblems,
  ...ledgerProblems,
  ...tenantProblems,
  ...collectionProblems,
  ...savedViewProblems,
  ...downloadProblems,
  ...flagProblems,
  ...breachProblems,
  ...rowChangeProblems,
  ...shownNumberProblems,
  ...fileProblemEntries,
} as const;
export type ProblemCode = keyof typeof catalogue;

/** One field that is not right; `pointer` is a JSON pointer into the part of the request named. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header';
  pointer: string;
  detail: string;
}

/** A refusal on its way out: returned by handlers, never thrown by them. */
export interface Problem {
  problem: ProblemCode;
  detail: string;
  /** The same in Swahili; null where it is the cause in the catalogue, or nobody said it in Swahili. */
  detailSw: string | null;
  errors: readonly FieldError[];
  headers: Readonly<Record<string, string>>;
}

/** Builds a problem; the detail defaults to the cause in the catalogue. */
export function problem(
  code: ProblemCode,
  more: Partial<Pick<Problem, 'detail' | 'detailSw' | 'errors' | 'headers'>> = {},
): Problem {
  return {
    problem: code,
    detail: more.detail ?? catalogue[code].cause,
    detailSw: more.detailSw ?? null,
    errors: more.errors ?? [],
    headers: more.headers ?? {},
  };
}

/** What is wrong with one field of the body; `pointer` is a JSON pointer into it (RFC 6901). */
export function wrongField(pointer: string, detail: string): Problem {
  return problem('validation-failed', { errors: [{ in: 'body', pointer, detail }] });
}

/** Carries a problem out of streams and middleware, where nothing can be returned. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(carried: Problem) {
    super(carried.problem);
    this.problem = carried;
  }
}

/** True for codes of the catalogue, so that a path segment can be looked up in it. */
export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(catalogue, text);
}
