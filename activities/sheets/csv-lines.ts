/** Lines of the CSV files people download. */
import { stringify } from 'csv-stringify/sync';
import { csvDialect } from '../../domain/spreadsheet.ts';

/** Lines of RFC 4180. Guard the texts of strangers before, with `guarded`. */
export function csvLines(records: string[][]): string {
  return stringify(records, csvDialect);
}
