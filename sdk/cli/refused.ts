/** What the API said instead of doing it, in words for a terminal. */
import type { Problem } from '../index.ts';
import { exitCodes, type ExitCode } from './command.ts';

export class Refused extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(sentencesOf(problem));
    this.status = problem.status;
    this.problem = problem;
  }

  /** What an error of the library holds, when it is a problem of the API. */
  static from(error: unknown): Refused | undefined {
    return isProblem(error) ? new Refused(error) : undefined;
  }

  /** A key that is not known is no answer to the wish; neither is a server that is away. */
  get exitCode(): ExitCode {
    const isNoAnswer = this.status === 401 || this.status >= 500;
    return isNoAnswer ? exitCodes.failed : exitCodes.refused;
  }
}

/** `detail`, the fields it is about, and what to look up or to quote. */
function sentencesOf({ title, detail, code, errors = [], requestId, type }: Problem): string {
  const fields = errors.map(
    ({ pointer, detail: wrong }) => `  ${pointer.replace(/^\//, '') || 'the request'}: ${wrong}`,
  );
  const what = detail === '' ? title : detail;
  const then = ways.get(code);
  const way = then === undefined ? [] : [`  ${then}`];
  return [`${what} (${code})`, ...fields, ...way, `  ${type}`, `  request ${requestId}`].join('\n');
}

/** What to do where the wish itself was right; a terminal cannot ask for a second factor. */
const ways: ReadonlyMap<string, string> = new Map([
  [
    'step-up-required',
    'use an API key with the scope of this, or do it on the dashboard, which asks for the factor',
  ],
]);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
}

/** What was asked for; throws `Refused`, or the fault when nobody answered. */
export async function answered<Data>(asked: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error } = await asked;
  if (data !== undefined && data !== null) return data;
  const refused = Refused.from(error) ?? error;
  if (refused instanceof Error) throw refused;
  throw new Error('what answers there is no Daftari');
}

function isProblem(error: unknown): error is Problem {
  const { code, status, detail } = Object(error);
  return typeof code === 'string' && typeof status === 'number' && typeof detail === 'string';
}
