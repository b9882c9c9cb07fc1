/** A fetch that asks again where asking again can do no harm. */

export interface Patience {
  /** How often a request is sent at most. */
  tries: number;
  /** The longest wait before another try, in milliseconds. */
  waitMaxMs: number;
  fetch: typeof fetch;
  wait: (milliseconds: number) => Promise<void>;
  newKey: () => string;
}

const usual: Patience = {
  tries: 4,
  waitMaxMs: 30_000,
  fetch: (...asked) => globalThis.fetch(...asked),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  newKey: () => crypto.randomUUID(),
};

const passing = new Set([429, 502, 503, 504]);
const firstWaitMs = 250;

/**
 * Gives every POST an `Idempotency-Key`, so that it has one effect however often it is sent, and
 * repeats what was not answered, or answered with "later" (429, 502, 503, 504): after the time that
 * `Retry-After` names, otherwise after a wait that doubles. The last answer or failure is passed on.
 */
export function patientFetch(chosen: Partial<Patience> = {}): typeof fetch {
  const patience = { ...usual, ...chosen };
  return async (input, init) => {
    const request = new Request(input, init);
    const isPost = request.method === 'POST';
    if (isPost && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', patience.newKey());
    }
    const isRepeatable = isPost || ['GET', 'HEAD', 'DELETE'].includes(request.method);
    const tries = isRepeatable ? patience.tries : 1;
    for (let left = tries - 1, waitMs = firstWaitMs; ; left -= 1, waitMs *= 2) {
      const answer = await attempt(patience, request, left);
      if (answer !== undefined && (left === 0 || !passing.has(answer.status))) return answer;
      const askedMs = retryAfterMs(answer?.headers.get('retry-after'));
      if (answer !== undefined && askedMs !== undefined && askedMs > patience.waitMaxMs) {
        return answer;
      }
      await answer?.body?.cancel();
      await patience.wait(Math.min(askedMs ?? waitMs, patience.waitMaxMs));
    }
  };
}

/** Undefined when nobody answered and there are tries left. */
async function attempt(
  patience: Patience,
  request: Request,
  left: number,
): Promise<Response | undefined> {
  try {
    return await patience.fetch(request.clone());
  } catch (error) {
    if (left === 0 || request.signal.aborted) throw error;
    return undefined;
  }
}

/** `Retry-After` in seconds; a date is not what this API sends. */
function retryAfterMs(value: string | null | undefined): number | undefined {
  return /^\d{1,6}$/.test(value ?? '') ? Number(value) * 1_000 : undefined;
}
