import type { CatalogueEntry } from './problems.ts';

/** What can be wrong with a request before anybody looks at what it wants. */
export const requestProblems = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    cause: 'The bytes are not a well-formed HTTP request for this address.',
    fix: 'Compare the request with the example in /docs.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not acceptable JSON',
    cause: 'It does not parse, repeats a key, nests deeper than 32 levels or uses a reserved key.',
    fix: 'Send one UTF-8 JSON document with unique keys.',
  },
  'malformed-multipart': {
    status: 400,
    title: 'The upload cannot be read',
    cause: 'The multipart body has no boundary, is cut short, or has parts that do not belong.',
    fix: 'Send one part named `file` and, for a locked PDF, one named `password`.',
  },
  'digest-mismatch': {
    status: 400,
    title: 'The body is not what was sent',
    cause: 'The digest of the bytes that arrived is another one than Content-Digest names.',
    fix: 'Send it again; when it happens again, see that the digest is of the whole body as it travels.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not valid here',
    cause: 'It was altered, or belongs to another list, another filter or another tenant.',
    fix: 'Start again without `cursor` and follow `nextCursor` with the same filters.',
  },
  'idempotency-key-malformed': {
    status: 400,
    title: 'The idempotency key is missing or malformed',
    cause: 'Idempotency-Key must be 16 to 255 printable ASCII characters.',
    fix: 'Send a random UUID and repeat it when you repeat the request.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    cause: 'There is no access token, or it is expired, revoked or not one of ours.',
    fix: 'Get a token from POST /v1/sessions and send it as `Authorization: Bearer …`.',
  },
  forbidden: {
    status: 403,
    title: 'Your role does not allow this',
    cause: 'The role you hold in this business lacks the permission this operation names.',
    fix: 'Ask an owner of the business for a role that includes it.',
  },
  'source-not-allowed': {
    status: 403,
    title: 'Callbacks do not come from here',
    cause: 'The address you call from is not on the list of addresses that may send callbacks.',
    fix: 'Nothing to do for clients; operators find the list in CALLBACK_SOURCES.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    cause: 'Nothing of yours is at this address.',
    fix: 'Check the id; ids of other businesses look exactly like ids that do not exist.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    cause: 'This address exists but does not answer to this method.',
    fix: 'Use one of the methods in the Allow header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'No such representation',
    cause: 'The Accept header names no type this address can give.',
    fix: 'Ask for application/json, or text/csv where the documentation offers it.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    cause: 'The body came too slowly and the connection was closed.',
    fix: 'Try again on a faster connection.',
  },
  'upgrade-required': {
    status: 426,
    title: 'This version of WebSocket is not spoken here',
    cause: 'Sec-WebSocket-Version must be 13.',
    fix: 'Use a client that follows RFC 6455.',
  },
  'precondition-failed': {
    status: 412,
    title: 'It has changed since you read it',
    cause: 'The version in If-Match is not the current one; nothing was changed.',
    fix: 'Read it again, look at what changed, and decide again. The ETag of this answer is the current one.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    cause: 'JSON bodies are limited to 100 kB.',
    fix: 'Send less at a time.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The address is too long',
    cause: 'Path and query together are limited to 2 kB.',
    fix: 'Use fewer or shorter filters.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This kind of body is not accepted here',
    cause: 'The Content-Type or Content-Encoding is not one this operation reads.',
    fix: 'Send application/json in UTF-8, or the type named in the documentation.',
  },
  'validation-failed': {
    status: 422,
    title: 'Some fields are not valid',
    cause:
      'The request is well formed, but `errors` names fields that are not allowed or not right.',
    fix: 'Correct each field in `errors` and send it again.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'This idempotency key belongs to another request',
    cause: 'The key was used before with a different body.',
    fix: 'Use a new key for a new request.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    cause: 'All headers together are limited to 8 kB.',
    fix: 'Send fewer or shorter headers.',
  },
} as const satisfies Record<string, CatalogueEntry>;
