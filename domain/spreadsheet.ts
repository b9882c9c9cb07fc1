/** CSV for spreadsheets: text of strangers must never act as a formula there. */

/** A leading `'` keeps spreadsheets from running a text as a formula. */
export function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** RFC 4180 as options of csv-stringify; a guarded cell is quoted as well. */
export const csvDialect = { record_delimiter: '\r\n', quoted_match: /^'/ } as const;

/** Makes Excel read a file as UTF-8. */
export const byteOrderMark = '\ufeff';
