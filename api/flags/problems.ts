/** The ways changes of flags can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const flagProblems = {
  'flag-request-needed': {
    status: 409,
    title: 'A second operator has to agree to this change',
    cause: 'In this environment flags change only by a request that somebody else applies.',
    fix: 'Ask for the change with POST /v1/platform/flag-requests.',
  },
  'flag-request-not-open': {
    status: 409,
    title: 'This request is not open any more',
    cause: 'It was decided, taken back, or nobody decided about it in time.',
    fix: 'Read the requests again; if the change is still wanted, ask for it anew.',
  },
  'flag-request-outdated': {
    status: 409,
    title: 'A flag changed since this was asked for',
    cause: 'What the request shows as before is no longer so. It has ended without any effect.',
    fix: 'Look at the flag as it is now and ask for the change anew.',
  },
} as const satisfies Record<string, CatalogueEntry>;
