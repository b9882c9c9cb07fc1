/** The ways taking a list along can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const downloadProblems = {
  'too-many-to-print': {
    status: 422,
    title: 'Too many rows for a PDF',
    cause: 'A PDF holds at most 5,000 rows.',
    fix: 'Choose a shorter period, or take the rows as CSV or Excel.',
  },
} as const satisfies Record<string, CatalogueEntry>;
