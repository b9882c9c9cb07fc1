/** What a call to Daraja can end in. Everything that is not a clear yes or no is `unknown`. */
export type Answer<Value> =
  | { kind: 'accepted'; value: Value }
  | {
      kind: 'rejected';
      /** Daraja's code, or one of ours: `wrong-keys`, `initiator-stopped`, `http-403`. */
      code: string;
      message: string;
      /** The same request may be made again later; nothing was processed. */
      isRetryable: boolean;
      /** Settings have to be changed before it can work. */
      isConfiguration: boolean;
    }
  | {
      /** It may or may not have been processed: ask, never send again. */
      kind: 'unknown';
      cause: 'timeout' | 'connection-lost' | 'malformed' | 'server-error' | 'duplicate';
      detail: string;
    }
  | {
      /** Not a byte of it left: it may be sent. */
      kind: 'not-sent';
      cause: 'refused-connection' | 'rate-limited' | 'token-unavailable';
      retryAfterMs?: number;
    };

export type Unanswered = Exclude<Answer<never>, { kind: 'accepted' }>;

export function rejected(
  code: string,
  message: string,
  flags: { isRetryable?: boolean; isConfiguration?: boolean } = {},
): Unanswered {
  const { isRetryable = false, isConfiguration = false } = flags;
  return { kind: 'rejected', code, message: message.slice(0, 200), isRetryable, isConfiguration };
}
