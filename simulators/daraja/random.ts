/** Seeded texts: the same seed and order of requests give the same ids, tokens and receipts. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../domain/time.ts';
import { receiptPrefix } from '../statements/book/receipts.ts';
import type { Random } from '../statements/random.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const receiptLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const tails = receiptLetters.length ** 5;
/** Coprime to 36⁵, so that every sequence number below 36⁵ has a tail of its own. */
const stride = 7_654_321;

/** `length` letters and digits. */
export function randomWord(random: Random, length: number): string {
  return Array.from({ length }, () => letters.charAt(random.int(0, letters.length - 1))).join('');
}

/** `length` hexadecimal digits. */
export function randomHex(random: Random, length: number): string {
  return Array.from({ length }, () => random.int(0, 15).toString(16)).join('');
}

/** Like `7c1e-4f0a-9b2d-31aa08f7c4d51204771`. */
export function randomRequestId(random: Random): string {
  const group = (): string => randomHex(random, 4);
  return `${group()}-${group()}-${group()}-${randomHex(random, 12)}${random.digits(7)}`;
}

/** The receipt of the payment with this sequence number: day prefix and seven opaque characters. */
export function receiptFor(
  at: Instant,
  { seed, sequence }: { seed: number; sequence: number },
): string {
  const offset = (Math.abs(Math.trunc(seed)) % 1000) * 60_013;
  const tail = Number((BigInt(sequence) * BigInt(stride) + BigInt(offset)) % BigInt(tails));
  const first = receiptLetters.charAt(10 + (sequence % 26));
  const second = receiptLetters.charAt((sequence * 7) % 36);
  return `${receiptPrefix(at)}${first}${second}${tail.toString(36).toUpperCase().padStart(5, '0')}`;
}

/** What stands in the receipt's place when no money moved. */
export function placeholderReceipt(at: Instant): string {
  return `${receiptPrefix(at)}0000000`;
}

/** How C2B version 1 hides a phone number. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
