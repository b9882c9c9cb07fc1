/** Statement ingestion: reading, storing, the whole path, and the figures on the first screen. */
import type { Bench } from './gate.ts';
import { overviewGates } from './ingestion/overview.ts';
import { readingGates } from './ingestion/reading.ts';
import { wholePathGates } from './ingestion/whole-path.ts';

export const ingestion: Bench = {
  reading: readingGates,
  'whole-path': wholePathGates,
  overview: overviewGates,
};
