import type { CatalogueEntry } from '../problems.ts';

/** Why a statement cannot be taken back. */
export const statementUndoProblems = {
  'cannot-undo': {
    status: 409,
    title: 'This statement cannot be undone now',
    cause: 'Only a posted statement can be undone, and only once.',
    fix: 'Read the statement; `canUndo` says when it is possible.',
  },
  'money-was-used': {
    status: 409,
    title: 'Money of this statement was given to somebody',
    cause: 'Only this statement told of payments that were allocated, or that paid a request.',
    fix: 'Take the payments named in the detail back to the desk, or correct the books by hand.',
  },
} as const satisfies Record<string, CatalogueEntry>;
