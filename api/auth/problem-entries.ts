/** Every way signing in, and proving it again, can be refused; part of the catalogue. */
export const authProblems = {
  'invalid-credentials': {
    status: 401,
    title: 'E-mail or password is wrong',
    cause: 'No account has this e-mail address together with this password.',
    fix: 'Check both and try again.',
  },
  'invalid-code': {
    status: 401,
    title: 'The code or passkey is not right',
    cause: 'It is wrong, was used before, or belongs to another moment or another person.',
    fix: 'Wait for the next code, or use a recovery code.',
  },
  'step-up-required': {
    status: 403,
    title: 'Show your second factor again',
    cause: 'This needs a second factor that was shown in the last five minutes.',
    fix: 'Use POST /v1/sessions/step-up, then repeat the request.',
  },
  'second-factor-missing': {
    status: 403,
    title: 'A second factor is needed',
    cause: 'A password alone is not enough here.',
    fix: 'Use the second factor of this account, or set one up.',
  },
  'origin-refused': {
    status: 403,
    title: 'This page may not do that',
    cause: 'The request did not come from a page of this installation.',
    fix: 'Send `X-Requested-By: daftari` from a page of the dashboard.',
  },
  'link-invalid': {
    status: 422,
    title: 'This link is not good any more',
    cause: 'It was used, it is too old, or a newer one was sent.',
    fix: 'Ask for a new link and use the newest mail.',
  },
  'already-set-up': {
    status: 409,
    title: 'That is set up already',
    cause: 'An authenticator app is in force, or this passkey is known.',
    fix: 'Remove the one that is there first.',
  },
  'key-in-address': {
    status: 400,
    title: 'A key does not belong into an address',
    cause:
      'Addresses are kept in logs and histories; a key that stood in one is no secret any more.',
    fix: 'Revoke that key, and send keys as `Authorization: Bearer …` only.',
  },
  'scope-refused': {
    status: 422,
    title: 'A key may not have this scope',
    cause: 'Your role does not hold it, or it always needs a person with a second factor.',
    fix: 'Choose scopes your own role holds.',
  },
  'sign-in-elsewhere-failed': {
    status: 401,
    title: 'The other service did not confirm who you are',
    cause: 'The sign-in there was cancelled, took too long, or its address is not confirmed.',
    fix: 'Try again, or sign in with your password.',
  },
} as const;
