/** The ways saved views can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const savedViewProblems = {
  'view-name-taken': {
    status: 409,
    title: 'Another view has this name',
    cause: 'Each of your saved views has a name of its own.',
    fix: 'Choose another name, or delete the other view first.',
  },
  'too-many-views': {
    status: 409,
    title: 'There are too many saved views',
    cause: 'A person keeps at most 50 views in a business.',
    fix: 'Delete one that is not used any more.',
  },
} as const satisfies Record<string, CatalogueEntry>;
