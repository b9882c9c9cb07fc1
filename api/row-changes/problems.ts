/** The ways changes of rows can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const rowChangeProblems = {
  'row-changed-meanwhile': {
    status: 409,
    title: 'Somebody changed this row a moment ago',
    cause: 'Its category is no longer the one you saw.',
    fix: 'Look at it again, then choose.',
  },
} as const satisfies Record<string, CatalogueEntry>;
