/** The ways money out can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const payoutProblems = {
  'payout-not-waiting': {
    status: 409,
    title: 'Nobody is waiting for this',
    cause: 'The payout was decided before, has expired, or is already being sent.',
    fix: 'Read it again; its status says where it is.',
  },
  'batch-not-waiting': {
    status: 409,
    title: 'The batch is not at that step',
    cause: 'It was decided before, is running, or has ended.',
    fix: 'Read it again; its status says what can be done with it.',
  },
  'shortcode-unusable': {
    status: 409,
    title: 'This shortcode cannot pay now',
    cause: 'It is paused.',
    fix: 'Choose another shortcode, or have it resumed in the settings.',
  },
  'change-not-waiting': {
    status: 409,
    title: 'This change is not waiting for a decision',
    cause: 'It was decided before, or needed no second person.',
    fix: 'Read the limits; they list every change with its state.',
  },
  'refund-too-large': {
    status: 422,
    title: 'More than was received',
    cause: 'All refunds of a payment together may not exceed what was received.',
    fix: 'Read the detail for what is left, and ask for that at most.',
  },
  'cannot-refund': {
    status: 409,
    title: 'This payment cannot be given back',
    cause: 'Only a payment that was received can be given back.',
    fix: 'Read the collection; its status and receipt say whether money arrived.',
  },
  'payout-not-unknown': {
    status: 409,
    title: 'M-PESA still has the word about this payout',
    cause: 'It has ended, or M-PESA is still being asked about it.',
    fix: 'Read the payout; wait until it needs attention.',
  },
  'payout-not-returnable': {
    status: 409,
    title: 'This payout cannot come back',
    cause: 'It was not paid, or it is itself a refund, a reversal or a tax.',
    fix: 'Read the payout; only one that was paid to somebody can be given back by M-PESA.',
  },
  'return-too-large': {
    status: 422,
    title: 'More than was paid',
    cause: 'What comes back of a payout cannot be more than what was paid.',
    fix: 'Look at the amount of the reversal on the portal.',
  },
  'receipt-known': {
    status: 409,
    title: 'This receipt is known already',
    cause: 'The receipt is that of the payout itself, or its money was credited before.',
    fix: 'Use the receipt of the reversal; if its money waits on the desk, decide about it there.',
  },
  'own-request': {
    status: 403,
    title: 'Somebody else has to agree',
    cause: 'Whoever asks for money never agrees to it.',
    fix: 'Ask a colleague who may approve payouts.',
  },
  'fresh-mfa-needed': {
    status: 403,
    title: 'Show your second factor first',
    cause: 'This needs a second factor shown within the last five minutes.',
    fix: 'Confirm with your second factor, then try again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
