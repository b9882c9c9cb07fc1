/**
 * Whose money is it? Ranks what a payment without a certain reference could belong to, and says why
 * in words a person can check: how near the typing is, what this payer paid before, which amount is
 * open, and what was asked for around that time.
 */
import type { Cents } from '../money.ts';
import { epochMsOf, type Instant } from '../time.ts';
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
  const words = {
    same: 'The reference is the same.',
    spacing: 'The reference is the same but for case, spaces or punctuation.',
    'look-alike': 'The reference is the same but for look-alike characters (O and 0, I and 1).',
    contained: 'The typed text contains the reference.',
    typo: `The reference is ${match.distance} ${match.distance === 1 ? 'keystroke' : 'keystrokes'} away.`,
  }[match.reason];
  return { kind: 'reference', words, weight: 0.6 * match.score };
}

function byPayer({ paidBefore }: Candidate): GuessReason | undefined {
  if (paidBefore <= 0) return undefined;
  const times = paidBefore === 1 ? 'once' : `${paidBefore} times`;
  return {
    kind: 'payer',
    words: `This payer paid here ${times} before.`,
    weight: Math.min(0.25, 0.18 + 0.02 * paidBefore),
  };
}

function byAmount({ amountCents }: Arrival, { openCents }: Candidate): GuessReason | undefined {
  if (openCents === null || openCents !== amountCents) return undefined;
  return { kind: 'amount', words: 'Exactly this amount is open.', weight: 0.2 };
}

function byTiming({ receivedAt }: Arrival, { activeAt }: Candidate): GuessReason | undefined {
  if (activeAt === null) return undefined;
  const apartMs = Math.abs(epochMsOf(receivedAt) - epochMsOf(activeAt));
  if (apartMs > recentMs) return undefined;
  return {
    kind: 'timing',
    words: 'It was asked for within the last two weeks.',
    weight: 0.05 * (1 - apartMs / recentMs),
  };
}

function byTeaching({ taught }: Candidate): GuessReason | undefined {
  if (taught <= 0) return undefined;
  const words = 'Somebody put this reference here before.';
  return { kind: 'taught', words, weight: 0.5 };
}
