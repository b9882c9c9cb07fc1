/**
 * What a person opened from the search lately, on this device only: their own, by business, and
 * forgotten when they sign out.
 */
import { recentKey } from '../session/refresh.ts';
import { hitIcons, type Hit, type HitKind } from './hit-places.ts';

export type Recent = Pick<Hit, 'id' | 'title' | 'status'> & { kind: HitKind };

const recentMax = 6;

/** The list of `owner` (`user/business`), latest first; empty when it is another one's or broken. */
export function parseRecent(text: string | null, owner: string): Recent[] {
  try {
    const stored: unknown = JSON.parse(text ?? 'null');
    if (!isRecord(stored) || stored['owner'] !== owner || !Array.isArray(stored['hits'])) return [];
    return stored['hits'].filter(isRecent).slice(0, recentMax);
  } catch {
    return [];
  }
}

/** With one more in front; the same thing stands once. */
export function withRecent(list: readonly Recent[], hit: Recent): Recent[] {
  return [hit, ...list.filter(({ id }) => id !== hit.id)].slice(0, recentMax);
}

export function readRecent(owner: string): Recent[] {
  try {
    return parseRecent(localStorage.getItem(recentKey), owner);
  } catch {
    return [];
  }
}

export function keepRecent(owner: string, hits: readonly Recent[]): void {
  try {
    localStorage.setItem(recentKey, JSON.stringify({ owner, hits }));
  } catch {
    // A private window may refuse storage; there are then no recent ones.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isRecent(value: unknown): value is Recent {
  if (!isRecord(value)) return false;
  const { id, kind, title, status } = value;
  const isWord = typeof id === 'string' && typeof title === 'string';
  const isKnown = typeof kind === 'string' && Object.hasOwn(hitIcons, kind);
  return isWord && isKnown && (status === null || typeof status === 'string');
}
