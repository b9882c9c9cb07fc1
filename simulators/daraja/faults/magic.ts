/**
 * Amounts and phone numbers that always end the same way, for people who test by hand.
 *
 * - An amount of KES 200,000 + a result code of one to four digits comes to that code.
 * - Codes that are no such number have an amount of their own, from KES 210,000.
 * - Amounts from KES 230,000 answer the request itself wrongly.
 * - A phone number 2547999NNNNN comes to the code NNNNN, or to the ending with that number.
 */
import { resultWords } from '../results.ts';
import type { Effect } from './effects.ts';
import type { Occasion } from './rules.ts';

export interface Magic {
  shillings: number;
  msisdn: string;
  says: string;
  effects: readonly Effect[];
}

const numbered: readonly Magic[] = Object.keys(resultWords)
  .filter((code) => /^\d{1,4}$/.test(code) && code !== '0')
  .map((code) => ending(Number(code), code));

const others: readonly Magic[] = Object.keys(resultWords)
  .filter((code) => !/^\d{1,4}$/.test(code))
  .map((code, index) => ending(10_001 + index, code));

const answers: readonly Magic[] = [
  answer(30_000, 'no answer, carried out', { kind: 'timeout', withEffect: true }),
  answer(30_001, 'no answer, not carried out', { kind: 'timeout' }),
  answer(30_002, 'connection cut, carried out', { kind: 'cut', withEffect: true }),
  answer(30_003, 'connection cut, not carried out', { kind: 'cut' }),
  answer(30_429, 'HTTP 429', { kind: 'refuse', with: 'too-many-requests' }),
  answer(30_500, 'HTTP 500, system busy', { kind: 'refuse', with: 'system-busy' }),
  answer(30_501, 'HTTP 500, spike arrest', { kind: 'refuse', with: 'spike-arrest' }),
  answer(30_502, 'HTTP 500, carried out', { kind: 'refuse', with: 'internal', withEffect: true }),
  answer(30_503, 'HTTP 503, an HTML page', { kind: 'refuse', with: 'html', status: 503 }),
  answer(30_504, 'HTTP 200, an HTML page, carried out', {
    kind: 'refuse',
    with: 'html',
    status: 200,
    withEffect: true,
  }),
  answer(31_001, 'callback lost', { kind: 'callback-lost' }),
  answer(31_002, 'callback twice', { kind: 'callback-duplicated', times: 2 }),
  answer(31_003, 'callback three times at once', {
    kind: 'callback-duplicated',
    times: 3,
    concurrently: true,
  }),
  answer(31_004, 'callback four minutes late', { kind: 'callback-late', ms: 240_000 }),
  answer(31_005, 'callback before the answer', { kind: 'callback-before-answer' }),
  answer(31_006, 'callback cut short', { kind: 'callback-malformed', how: 'truncated' }),
  answer(31_007, 'callback without its metadata', {
    kind: 'callback-malformed',
    how: 'missing-metadata',
  }),
  answer(31_008, 'a forged amount first', { kind: 'callback-forged', how: 'amount' }),
  answer(31_037, 'first 1037, then paid', { kind: 'success-after-failure' }),
];

/** The whole list, for documentation and the switchboard. */
export const magicList: readonly Magic[] = [...numbered, ...others, ...answers];

const byNumber = new Map(magicList.map((magic) => [magic.shillings, magic.effects]));
const byMsisdn = new Map(magicList.map((magic) => [magic.msisdn, magic.effects]));

/** The effects that the amount or the phone number of a money call asks for. */
export function magicEffects({ api, msisdn, amountCents }: Occasion): readonly Effect[] {
  if (!moneyCalls.has(api)) return [];
  const amount = amountCents === undefined ? undefined : byNumber.get(amountCents / 100);
  return amount ?? byMsisdn.get(msisdn ?? '') ?? [];
}

const moneyCalls = new Set([
  'stk-push',
  'c2b-pay',
  'b2c',
  'b2pochi',
  'b2b',
  'tax',
  'reversal',
  'b2b-express',
]);

function ending(number: number, code: string): Magic {
  const says = `${code} ${resultWords[code] ?? ''}`;
  return { ...placed(number), says, effects: [{ kind: 'result', code }] };
}

function answer(number: number, says: string, effect: Effect): Magic {
  return { ...placed(number), says, effects: [effect] };
}

function placed(number: number): Pick<Magic, 'shillings' | 'msisdn'> {
  return { shillings: 200_000 + number, msisdn: `2547999${String(number).padStart(5, '0')}` };
}
