/**
 * Account references as customers type them: in whatever case, with stray spaces and punctuation, the letter O
 * for a zero. Two readings are equal when their keys are; how near two others are is a score.
 */
import { typoDistance } from './typo-distance.ts';

const lookAlikes: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** `" inv-10442 "` → `INV10442`: upper case, letters and digits only. */
export function normaliseReference(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** `INV1O442` → `1NV10442`: characters that look the same on a phone become the same. */
export function referenceKey(typed: string): string {
  return normaliseReference(typed).replaceAll(/[OIL]/g, (letter) => lookAlikes[letter] ?? letter);
}

export type ReferenceReason =
  'same' | 'spacing' | 'look-alike' | 'contained' | 'typo' | 'different';

export interface ReferenceMatch {
  /** 1 for the same text, 0 for nothing in common. */
  score: number;
  reason: ReferenceReason;
  /** Characters to change between the two keys. */
  distance: number;
}

/** A reference this near is meant; anything below is a person's decision. */
export const certainScore = 0.95;

const containedMin = 4;

/** How near a typed reference is to a known one. Symmetric but for `contained`. */
export function compareReferences(typed: string, known: string): ReferenceMatch {
  if (typed === known && typed !== '') return { score: 1, reason: 'same', distance: 0 };
  const [plain, wanted] = [normaliseReference(typed), normaliseReference(known)];
  if (plain === '' || wanted === '') return { score: 0, reason: 'different', distance: 0 };
  if (plain === wanted) return { score: 0.98, reason: 'spacing', distance: 0 };
  const [left, right] = [referenceKey(typed), referenceKey(known)];
  if (left === right) return { score: certainScore, reason: 'look-alike', distance: 0 };
  const distance = typoDistance(left, right);
  const likeness = 1 - distance / Math.max(left.length, right.length);
  const typo = { score: 0.9 * Math.max(0, likeness), reason: 'typo', distance } as const;
  if (right.length >= containedMin && left.includes(right) && typo.score < 0.85) {
    return { score: 0.85, reason: 'contained', distance };
  }
  return likeness < 0.5 ? { ...typo, reason: 'different' } : typo;
}
