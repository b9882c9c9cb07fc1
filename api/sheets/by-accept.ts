/** Whether a list is asked for as a page of JSON or as a file, by the Accept header (RFC 9110). */
import type { Request } from 'express';

/** What of a list somebody wants; a page for whoever does not say. */
export function wantedOf(request: Request): 'page' | 'sheet' | 'neither' {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*') return 'page';
  // Who names a format asks the address of the file; a list has no such field and says so.
  if (/[?&]format=/.test(request.url)) return 'page';
  const type = request.accepts(['application/json', 'text/csv']);
  if (type === false) return 'neither';
  return type === 'text/csv' ? 'sheet' : 'page';
}
