/** The reference for CSVs: every record as an object by csv-parse, and nothing else. Prints their number. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const records = createReadStream(process.argv[2] ?? '').pipe(
  parse({ bom: true, columns: true, from_line: 7, relax_column_count: true }),
);
let count = 0;
for await (const record of records) count += record ? 1 : 0;
console.log(count);
