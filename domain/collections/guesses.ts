/**
 * Whose money is it? Ranks what a payment without a certain reference could belong to, and says why
 * in words a person can check: how near the typing is, what this payer paid before, which amount is
 * open, and what was asked for around that time.
 */
import type { Cents } from '../money.ts';
import { epochMsOf, type Instant } from '../time.ts';
import { tellGuess } from './guess-phrases.ts';
import { compareReferences } from './reference.ts';
import type { TargetKind } from './terms.ts';

export interface Candidate {
  kind: Exclude<TargetKind, 'refund'>;
  id: string;
  reference: string;
  /** What is still to be paid; null where any amount is welcome. */
  openCents: Cents | null;
  /** When the money was asked for, or the customer last paid; null when never. */
  activeAt: Instant | null;
  /** Payments of this payer that went here before. */
  paidBefore: number;
  /** How often people put this very reference of this payer here. */
  taught: number;
}

export interface Arrival {
  reference: string;
  amountCents: Cents;
  receivedAt: Instant;
}

export interface GuessReason {
  kind: 'reference' | 'payer' | 'amount' | 'timing' | 'taught';
  /** In English, without personal data. */
  words: string;
  weight: number;
}

export interface Guess {
  kind: Candidate['kind'];
  id: string;
  /** 0 to 1. */
  score: number;
  reasons: readonly GuessReason[];
}

const shownMax = 5;
const worthShowing = 0.2;
const recentMs = 14 * 24 * 60 * 60 * 1000;

/** The best guesses, best first; ties go to the lower id, so equal input gives equal output. */
export function rankGuesses(arrival: Arrival, candidates: readonly Candidate[]): Guess[] {
  return candidates
    .map((candidate) => guessOf(arrival, candidate))
    .filter(({ score }) => score >= worthShowing)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, shownMax);
}

function guessOf(arrival: Arrival, candidate: Candidate): Guess {
  const reasons = [
    byReference(arrival, candidate),
    byPayer(candidate),
    byAmount(arrival, candidate),
    byTiming(arrival, candidate),
    byTeaching(candidate),
  ].filter((reason) => reason !== undefined);
  const total = reasons.reduce((sum, { weight }) => sum + weight, 0);
  const { kind, id } = candidate;
  return { kind, id, score: Math.min(1, Math.round(total * 1000) / 1000), reasons };
}

function byReference({ reference }: Arrival, candidate: Candidate): GuessReason | undefined {
  const match = compareReferences(reference, candidate.reference);
  if (match.reason === 'different') return undefined;
  const words = match.reason === 'typo' ? typoWords(match.distance) : tellGuess(match.reason);
  return { kind: 'reference', words, weight: 0.6 * match.score };
}

function typoWords(distance: number): string {
  return distance === 1 ? tellGuess('one-typo') : tellGuess('typos', { distance });
}

function byPayer({ paidBefore }: Candidate): GuessReason | undefined {
  if (paidBefore <= 0) return undefined;
  return {
    kind: 'payer',
    words:
      paidBefore === 1 ? tellGuess('paid-once') : tellGuess('paid-often', { times: paidBefore }),
    weight: Math.min(0.25, 0.18 + 0.02 * paidBefore),
  };
}

function byAmount({ amountCents }: Arrival, { openCents }: Candidate): GuessReason | undefined {
  if (openCents === null || openCents !== amountCents) return undefined;
  return { kind: 'amount', words: tellGuess('amount'), weight: 0.2 };
}

function byTiming({ receivedAt }: Arrival, { activeAt }: Candidate): GuessReason | undefined {
  if (activeAt === null) return undefined;
  const apartMs = Math.abs(epochMsOf(receivedAt) - epochMsOf(activeAt));
  if (apartMs > recentMs) return undefined;
  return {
    kind: 'timing',
    words: tellGuess('timing'),
    weight: 0.05 * (1 - apartMs / recentMs),
  };
}

function byTeaching({ taught }: Candidate): GuessReason | undefined {
  if (taught <= 0) return undefined;
  const words = tellGuess('taught');
  return { kind: 'taught', words, weight: 0.5 };
}
