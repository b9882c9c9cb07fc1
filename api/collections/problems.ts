/** The ways money in can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const collectionProblems = {
  'shortcode-not-ready': {
    status: 409,
    title: 'This shortcode cannot collect now',
    cause: 'It is paused, or its credentials have not been given yet.',
    fix: 'Resume it or give its credentials in the settings, or choose another shortcode.',
  },
  'already-asked': {
    status: 409,
    title: 'The same money is asked of this phone already',
    cause: 'An equal request is undecided, or its prompt may still be on the phone.',
    fix: 'Look at the request that `detail` names. Leave `unlessOpen` out to ask all the same.',
  },
  'cannot-close': {
    status: 409,
    title: 'This collection cannot be closed by hand',
    cause: 'It has ended, or it is still asked about.',
    fix: 'Wait for its end, or cancel it; `isHandedOver` says when it can be closed.',
  },
  'reference-taken': {
    status: 409,
    title: 'Another customer has this reference',
    cause: 'References are compared without case, spaces, punctuation and look-alike characters.',
    fix: 'Choose a reference that differs in more than that.',
  },
  'customer-in-credit': {
    status: 409,
    title: 'This customer has money with you',
    cause: 'What they have in credit would be out of sight.',
    fix: 'Pay it back or decide that it was earned, then put them away.',
  },
  'link-not-open': {
    status: 409,
    title: 'This link takes no payment any more',
    cause: 'It was paid, closed, or its time is over.',
    fix: 'Ask whoever sent it for a new one.',
  },
  'prompt-under-way': {
    status: 409,
    title: 'Somebody is being asked for this already',
    cause: 'A prompt for all that is open is on another phone; two of them could both be paid.',
    fix: 'Wait a minute for its end, then ask again.',
  },
  'link-of-invoice': {
    status: 409,
    title: 'This link belongs to an invoice',
    cause: 'An invoice is paid through it, and takes payments as long as it is open.',
    fix: 'Void the invoice; that closes its link.',
  },
  'invoice-not-open': {
    status: 409,
    title: 'This invoice is not open any more',
    cause: 'Money was paid on it, may still be paid by a prompt, or it is void.',
    fix: 'Read the invoice: `payments` says what was paid. Send another one where more is owed.',
  },
  'batch-not-draft': {
    status: 409,
    title: 'This batch is not waiting to be sent',
    cause: 'It was sent or cancelled before, or has no row that can be sent.',
    fix: 'Read the batch; its rows say what became of each.',
  },
  'not-allocatable': {
    status: 409,
    title: 'This money cannot go there',
    cause: 'It was allocated before, is less than what is asked, or the target takes none.',
    fix: 'Read the payment again; `leftCents` is what can still be allocated.',
  },
  'allocation-gone': {
    status: 409,
    title: 'This allocation cannot be taken back',
    cause: 'It was taken back before, or its money has been spent since.',
    fix: 'Read the payment again; its allocations say where its money is.',
  },
} as const satisfies Record<string, CatalogueEntry>;
