import { isCollectible } from '../../../domain/collections/request.ts';
import { cents, type Cents } from '../../../domain/money.ts';

/**
 * Whole shillings as people type them: `1500`, `1,500`, `KES 1 500` → 150000 cents. Undefined for
 * anything else: cents, signs, letters, more than nine digits.
 */
export function parseWholeShillings(text: string): Cents | undefined {
  const plain = text
    .trim()
    .replace(/^kes\.?\s*/i, '')
    .replace(/\.0{1,2}$/, '')
    .replaceAll(/[,\s]/g, '');
  return /^\d{1,9}$/.test(plain) ? cents(Number(plain) * 100) : undefined;
}

/** `1,234.5` as typed → cents; undefined when it is no amount of up to two decimals. */
export function parseShillings(text: string): Cents | undefined {
  const plain = text.replace(/[,\s]/g, '').replace(/^KES|^KSH\.?/i, '');
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
  if (match === null) return undefined;
  const [, whole = '0', part = ''] = match;
  return cents(Number(whole) * 100 + Number(part.padEnd(2, '0')));
}

/** What is left until `endMs`, as a clock counts down: `1:05`, `0:09`; `0:00` once it is over. */
export function formatLeft(endMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((endMs - nowMs) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The same when M-PESA would collect it in one prompt: 1 to 250,000 shillings. */
export function parseCollectible(text: string): Cents | undefined {
  const amount = parseWholeShillings(text);
  return amount !== undefined && isCollectible(amount) ? amount : undefined;
}
