/** CSV for spreadsheets: text of strangers must never act as a formula there. */
import { stringify } from 'csv-stringify/sync';

/** A leading `'` keeps spreadsheets from running a text as a formula. */
export function guarded(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

/** Lines of RFC 4180; a guarded cell is quoted as well. Guard the texts before. */
export function csvLines(records: string[][]): string {
  return stringify(records, { record_delimiter: '\r\n', quoted_match: /^'/ });
}

/** Makes Excel read the file as UTF-8. */
export const byteOrderMark = '\ufeff';
