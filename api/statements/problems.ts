import type { CatalogueEntry } from '../problems.ts';

/** Why a statement cannot be taken back, or a row of it cannot be decided about. */
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
  'reject-settled': {
    status: 409,
    title: 'This row was taken in already',
    cause: 'A run has taken in what was decided about the row, so it stays as it is.',
    fix: 'Undo the statement and upload it again to decide anew.',
  },
  'row-unreadable': {
    status: 422,
    title: 'The row cannot be read as it was typed',
    cause: 'A cell does not follow the grammar of statements; the detail names it.',
    fix: 'Compare the cell with the paper and type it again.',
  },
  'nothing-decided': {
    status: 409,
    title: 'There is nothing to take in',
    cause: 'No row was typed in or skipped since the last time.',
    fix: 'Decide about a row first.',
  },
} as const satisfies Record<string, CatalogueEntry>;
