/** The ways showing a number can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const shownNumberProblems = {
  'no-number': {
    status: 409,
    title: 'There is no phone number here',
    cause: 'This money goes to a till, a pay bill or the tax office, or M-PESA told no number.',
    fix: 'Nothing is hidden: what is shown is all there is.',
  },
  'numbers-used-up': {
    status: 429,
    title: 'Enough numbers for this hour',
    cause: 'One person is shown at most 30 numbers in an hour.',
    fix: 'Wait for the time in Retry-After.',
  },
} as const satisfies Record<string, CatalogueEntry>;
