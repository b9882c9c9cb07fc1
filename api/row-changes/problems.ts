/** The ways changes of rows can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const rowChangeProblems = {
  'row-changed-meanwhile': {
    status: 409,
    title: 'Somebody changed this row a moment ago',
    cause: 'Its category is no longer the one you saw.',
    fix: 'Look at it again, then choose.',
  },
  'row-is-split': {
    status: 409,
    title: 'This row is split into parts',
    cause: 'Its parts have categories of their own.',
    fix: 'Change its parts, or join them first.',
  },
  'parts-do-not-add-up': {
    status: 422,
    title: 'The parts are not the whole amount',
    cause: 'The parts of a transaction have to sum to its amount, to the cent.',
    fix: 'Change the amounts of the parts.',
  },
  'selection-changed': {
    status: 409,
    title: 'These are other rows than you saw',
    cause: 'The filter selects another number of rows by now, or a chosen row is gone.',
    fix: 'Look at the rows again, then choose.',
  },
  'selection-too-large': {
    status: 409,
    title: 'Too many rows for one change',
    cause: 'One change has at most 250,000 rows.',
    fix: 'Narrow the filter and change the rows in parts.',
  },
  'too-many-tags': {
    status: 409,
    title: 'Too many tags on one row',
    cause: 'A row has at most 20 tags.',
    fix: 'Take one off first.',
  },
  'not-a-receipt': {
    status: 415,
    title: 'This is no picture and no PDF',
    cause: 'By its content the file is neither a JPEG, a PNG, a WebP picture nor a PDF.',
    fix: 'Send a photo of the receipt, or its PDF.',
  },
  'too-many-attachments': {
    status: 409,
    title: 'Too many files on one transaction',
    cause: 'A transaction has at most 5 files.',
    fix: 'Take one off first.',
  },
  'attachments-full': {
    status: 409,
    title: 'There is no room for more receipts',
    cause: 'The files on the transactions of a business have at most 2 GB together.',
    fix: 'Take files off that nobody needs; their room is free a day later.',
  },
  'cannot-take-back': {
    status: 409,
    title: 'This change cannot be taken back',
    cause: 'It is still under way, or was taken back before.',
    fix: 'Look at the change; when it is done, try again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
