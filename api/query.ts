/** Reads the query string into flat names and texts: `amountCents[gte]` is one name. */
import { problem, ProblemError } from './problems.ts';

/** Name to text; throws `ProblemError` when a name is repeated or the encoding is broken. */
export function readQuery(url: string): Record<string, string> {
  const start = url.indexOf('?');
  if (start < 0) return {};
  const query = url.slice(start + 1);
  try {
    decodeURIComponent(query.replaceAll('+', ' '));
  } catch {
    throw new ProblemError(problem('malformed-request', { detail: 'The query is not UTF-8.' }));
  }
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (values.has(name)) throw new ProblemError(repeated(name));
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

function repeated(name: string) {
  const detail = 'is given more than once; use a comma-separated list';
  return problem('validation-failed', { errors: [{ in: 'query', pointer: `/${name}`, detail }] });
}
