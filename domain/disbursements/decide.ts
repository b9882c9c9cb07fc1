/**
 * What is known about a payout that was sent. Everything anybody said about it is kept, and the
 * standing follows from the whole of it in whatever order it came: the answer to our request, the
 * result callback, the time-out callback, and the answers to our questions.
 */
import type { RefusalCode } from './terms.ts';

/** How the provider's transaction status reads; `pending` stands for Initiated and Authorized. */
export type ProviderStatus =
  'completed' | 'pending' | 'cancelled' | 'declined' | 'expired' | 'not-found' | 'unreadable';

export type Evidence =
  /** The answer to our request. `unknown` stands for silence, a broken line or an unreadable answer. */
  | { source: 'answer'; answer: 'accepted' | 'duplicate' | 'unknown' }
  | { source: 'answer'; answer: 'rejected'; code: string }
  /** The result callback; `isDefinite` comes from the table of result codes. */
  | { source: 'result'; code: string; isDefinite: boolean; receipt: string | null }
  /** M-PESA gave up handing the request on; whether it was carried out stays open. */
  | { source: 'timeout' }
  /**
   * The answer to a transaction status query. `isSettled` says that it was asked long enough after
   * the sending for a request that was slow on its way to have arrived.
   */
  | { source: 'status'; status: ProviderStatus; receipt: string | null; isSettled: boolean }
  /** What two people found out after M-PESA gave no answer, such as on its portal. */
  | { source: 'person'; said: 'paid'; receipt: string }
  | { source: 'person'; said: 'not-paid' };

export type Standing =
  | { status: 'paid'; receipt: string; isDisputed: boolean }
  | { status: 'refused'; reason: RefusalCode; code: string | null }
  | { status: 'accepted' }
  | { status: 'unknown' };

/** How often the provider must say that it knows no such payment before that is believed. */
export const notFoundTimes = 2;

/** From here on after the sending such an answer counts: before, the request may still be on its way. */
export const notFoundAfterMs = 3 * 60 * 1_000;

/**
 * The standing of a payout that was sent. A success with a receipt outweighs everything; a definite
 * failure comes next; "no such payment" counts when it was said twice and nobody ever accepted it,
 * or told that it gave up. That two people found no money gone comes last of all. Whatever is left
 * stays open, and is resolved by asking.
 */
export function decideStanding(evidence: readonly Evidence[]): Standing {
  const receipts = [...new Set(evidence.flatMap(receiptOf))].toSorted();
  const [receipt] = receipts;
  const refusal = refusalIn(evidence);
  const saysNotPaid = evidence.some((e) => e.source === 'person' && e.said === 'not-paid');
  if (receipt !== undefined) {
    const isDisputed = receipts.length > 1 || refusal !== undefined || saysNotPaid;
    return { status: 'paid', receipt, isDisputed };
  }
  if (refusal !== undefined) return refusal;
  if (saysNotPaid) return { status: 'refused', reason: 'closed-by-hand', code: null };
  const isTimedOut = evidence.some(({ source }) => source === 'timeout');
  return isAccepted(evidence) && !isTimedOut ? { status: 'accepted' } : { status: 'unknown' };
}

/** A receipt counts only with success: failures carry placeholders in the same field. */
function receiptOf(entry: Evidence): string[] {
  if (entry.source === 'person') return entry.said === 'paid' ? [entry.receipt] : [];
  const isSuccess =
    (entry.source === 'result' && entry.code === '0') ||
    (entry.source === 'status' && entry.status === 'completed');
  return isSuccess && entry.receipt !== null && entry.receipt !== '' ? [entry.receipt] : [];
}

function refusalIn(evidence: readonly Evidence[]): Standing | undefined {
  const refusals = evidence.flatMap(refusalOf);
  const [first] = refusals.toSorted((a, b) => weightOf(a) - weightOf(b) || compareCodes(a, b));
  if (first !== undefined) return { status: 'refused', ...first };
  if (!isUnknownToProvider(evidence)) return undefined;
  return { status: 'refused', reason: 'not-found-at-provider', code: null };
}

interface Why {
  reason: RefusalCode;
  code: string | null;
}

function refusalOf(entry: Evidence): Why[] {
  switch (entry.source) {
    case 'answer':
      return entry.answer === 'rejected' ? [{ reason: 'provider-refused', code: entry.code }] : [];
    case 'result':
      return entry.code !== '0' && entry.isDefinite
        ? [{ reason: 'provider-refused', code: entry.code }]
        : [];
    case 'timeout':
    case 'person':
      return [];
    case 'status':
      return ['cancelled', 'declined', 'expired'].includes(entry.status)
        ? [{ reason: 'provider-cancelled', code: entry.status }]
        : [];
  }
}

/** The reason with the provider's own code is the more useful one to show. */
function weightOf({ reason }: Why): number {
  return reason === 'provider-refused' ? 0 : 1;
}

function compareCodes(a: Why, b: Why): number {
  return (a.code ?? '') < (b.code ?? '') ? -1 : 1;
}

function isAccepted(evidence: readonly Evidence[]): boolean {
  return evidence.some(({ source, ...rest }) => 'answer' in rest && rest.answer === 'accepted');
}

/**
 * A provider that took the request and now knows nothing of it contradicts itself: not believed,
 * unless it also told that it gave up on the request.
 */
function isUnknownToProvider(evidence: readonly Evidence[]): boolean {
  const saidSo = evidence.filter(
    (e) => e.source === 'status' && e.status === 'not-found' && e.isSettled,
  );
  const isSeen = evidence.some((e) => e.source === 'status' && e.status === 'pending');
  if (saidSo.length < notFoundTimes || isSeen) return false;
  return !isAccepted(evidence) || evidence.some(saysItGaveUp);
}

function saysItGaveUp(entry: Evidence): boolean {
  return entry.source === 'timeout' || (entry.source === 'result' && entry.code !== '0');
}

/** `TransactionStatus` as the provider writes it, whatever the case and the spaces. */
export function parseProviderStatus(text: string): ProviderStatus {
  switch (text.trim().toLowerCase().replaceAll(/\s+/g, ' ')) {
    case 'completed':
      return 'completed';
    case 'initiated':
    case 'authorized':
    case 'authorised':
    case 'pending authorized':
      return 'pending';
    case 'cancelled':
    case 'canceled':
      return 'cancelled';
    case 'declined':
      return 'declined';
    case 'expired':
      return 'expired';
    default:
      return 'unreadable';
  }
}
