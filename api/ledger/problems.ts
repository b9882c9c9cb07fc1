/** Why the ledger says no to what a person wants to post. */
import type { CatalogueEntry } from '../problems.ts';

export const ledgerProblems = {
  'insufficient-funds': {
    status: 409,
    title: 'The account does not hold that much',
    cause: 'What the account holds, less what is reserved, is below the amount.',
    fix: 'Use a smaller amount, or wait until reserved money is free again.',
  },
  'already-reversed': {
    status: 409,
    title: 'This transaction was undone before',
    cause: 'A transaction has one opposite, and this one has it already.',
    fix: 'Read the transaction; `reversedBy` names its opposite.',
  },
  'account-closed': {
    status: 409,
    title: 'The account is closed',
    cause: 'Nothing is posted to an account after it was closed.',
    fix: 'Use another account.',
  },
  'request-not-waiting': {
    status: 409,
    title: 'This request was decided before',
    cause: 'It was posted, rejected or withdrawn, or nobody agreed to it in time.',
    fix: 'Read the request; ask again when the correction is still needed.',
  },
  'account-not-empty': {
    status: 409,
    title: 'The account is not empty',
    cause: 'It holds money, or money of it is reserved for a movement under way.',
    fix: 'Move what it holds, and wait until nothing is reserved.',
  },
  'account-needed': {
    status: 409,
    title: 'This account stays open',
    cause: 'It is the other side of money from outside or of corrections.',
    fix: 'Close accounts of customers or of shortcodes you no longer use.',
  },
  'line-watched': {
    status: 409,
    title: 'Another monitor watches this line',
    cause: 'Account, direction and amount are those of another monitor.',
    fix: 'Change that one, or choose another amount.',
  },
  'too-many-monitors': {
    status: 409,
    title: 'There are a hundred monitors already',
    cause: 'A business has at most a hundred of them.',
    fix: 'Remove one that is not needed.',
  },
  'not-own-request': {
    status: 403,
    title: 'Somebody else asked for this',
    cause: 'A request is taken back by whoever made it.',
    fix: 'Reject it instead.',
  },
  'already-requested': {
    status: 409,
    title: 'Somebody asked for this already',
    cause: 'The same is asked for, and waits for a second person.',
    fix: 'Have the waiting request decided.',
  },
} as const satisfies Record<string, CatalogueEntry>;
