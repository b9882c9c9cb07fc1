/** The ways in which changes of a business and its team are refused. */
import type { CatalogueEntry } from '../problems.ts';

export const tenantProblems = {
  'own-role': {
    status: 409,
    title: 'Nobody changes their own role',
    cause: 'The member is you.',
    fix: 'Ask another owner or administrator of the business.',
  },
  'last-owner': {
    status: 409,
    title: 'A business keeps at least one owner',
    cause: 'The member is the only owner.',
    fix: 'Make somebody else an owner first.',
  },
  'owners-only': {
    status: 403,
    title: 'Only an owner may do this',
    cause: 'The role of an owner is given, changed and taken by owners only.',
    fix: 'Ask an owner of the business.',
  },
  'limit-reached': {
    status: 409,
    title: 'The limit of the plan is reached',
    cause: 'The plan of the business does not include more of this.',
    fix: 'Remove something, or change the plan.',
  },
  'invitation-closed': {
    status: 410,
    title: 'This invitation is no longer good',
    cause: 'It was accepted, withdrawn or replaced, or its seven days are over.',
    fix: 'Ask for a new one.',
  },
  'invitation-other-address': {
    status: 403,
    title: 'This invitation is for another address',
    cause: 'It was sent to an e-mail address that is not yours.',
    fix: 'Sign in as the person who was invited, or ask for an invitation to your address.',
  },
  'invitation-has-account': {
    status: 409,
    title: 'This address has an account already',
    cause: 'The invited address belongs to somebody who can sign in.',
    fix: 'Sign in and accept the invitation then.',
  },
  'not-your-choice': {
    status: 409,
    title: 'This is not for the business to switch',
    cause: 'It is switched for everybody, or the plan does not include it.',
    fix: 'Change the plan, or ask support.',
  },
  'same-plan': {
    status: 409,
    title: 'The business has this plan already',
    cause: 'The plan asked for is the present one.',
    fix: 'Choose another plan.',
  },
  'tenant-suspended': {
    status: 403,
    title: 'The business is suspended',
    cause: 'It can look at everything and take it along, and change nothing, money least of all.',
    fix: 'Ask support to have it resumed.',
  },
  'export-under-way': {
    status: 409,
    title: 'An export is being made',
    cause: 'The last export of the business is not finished yet.',
    fix: 'Wait until it is ready, then fetch it or ask for another one.',
  },
  'download-not-ready': {
    status: 409,
    title: 'There is no file to fetch',
    cause: 'It is still being made, held more than its format can, or its time is over.',
    fix: 'Wait until it is ready, or ask for a new one.',
  },
  'downloads-under-way': {
    status: 409,
    title: 'Several files are being made for you',
    cause: 'Five of them are not ready yet.',
    fix: 'Wait until one is ready, or take one away.',
  },
  'export-not-ready': {
    status: 409,
    title: 'There is nothing to fetch',
    cause: 'The export is still being made, or its week is over and it was removed.',
    fix: 'Wait until it is ready, or ask for a new one.',
  },
  'name-differs': {
    status: 409,
    title: 'This is not the name of the business',
    cause: 'To close a business its name has to be typed exactly as it is.',
    fix: 'Type the name as the settings show it.',
  },
  'closing-under-way': {
    status: 409,
    title: 'The business is closing',
    cause: 'Somebody asked for it to be closed, and that is not over.',
    fix: 'Take the closing back first, or wait for its end.',
  },
  'tenant-not-empty': {
    status: 409,
    title: 'The business is not empty',
    cause: 'An archive is brought only into a business that has nothing yet.',
    fix: 'Open another business and bring the archive there.',
  },
  'import-under-way': {
    status: 409,
    title: 'An archive is being brought in',
    cause: 'The last archive is not read to its end, or another one took its place.',
    fix: 'Wait until it is done.',
  },
  'move-under-way': {
    status: 409,
    title: 'A change of plan is under way',
    cause: 'The last move is not finished: it is copying, or waits to be confirmed.',
    fix: 'Confirm it or go back, then ask again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
