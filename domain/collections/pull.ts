/**
 * What a pull of a shortcode's payments says about a push that nobody answered for. Each payment of
 * the pull is either surely its money, surely not, or something only a person can tell; and a push
 * whose money is not there is believed to be unpaid only after looking twice, long after its prompt
 * has left the handset.
 */
import { agreesWithMsisdn } from '../daraja/msisdn.ts';
import type { Cents } from '../money.ts';
import { epochMsOf, type Instant } from '../time.ts';
import { referenceKey } from './reference.ts';
import { scaled } from './wait-ladder.ts';

/** The code of a pull that covers the whole life of a prompt and has no payment for it. */
export const notInPullCode = 'not-in-pull';

export interface SoughtPush {
  amountCents: Cents;
  /** Twelve digits. */
  msisdn: string;
  accountReference: string;
  sentAt: Instant;
}

export interface PulledRow {
  receipt: string;
  amountCents: Cents;
  /** As the pull shows it: clear without country code, masked or hashed. */
  msisdn: string;
  /** Empty for tills. */
  accountReference: string;
  /** Undefined when the text names no moment. */
  paidAt: Instant | undefined;
}

export interface OtherClaims {
  /** Receipts that are the money of something else. */
  receipts: ReadonlySet<string>;
  /** Other pushes that the same payment would fit as well. */
  rivals: number;
}

export type PullFinding =
  | { kind: 'found'; payment: PulledRow }
  | { kind: 'absent' }
  /** Something could be its money and need not be: nothing is concluded. */
  | { kind: 'ambiguous'; candidates: number };

const minute = 60_000;
/** Clocks of the provider and ours differ; a prompt ends long before the later margin. */
const earlyMs = 2 * minute;
const lateMs = 60 * minute;

/** The moments at which the money of a push sent then can have moved, in epoch milliseconds. */
export function paymentWindow(sentAt: Instant): { fromMs: number; toMs: number } {
  const sentMs = epochMsOf(sentAt);
  return { fromMs: sentMs - earlyMs, toMs: sentMs + lateMs };
}

/** Looks for the money of a push among payments pulled; their order changes nothing. */
export function seekPush(
  push: SoughtPush,
  rows: readonly PulledRow[],
  claims: OtherClaims,
): PullFinding {
  const free = new Map(
    rows.filter(({ receipt }) => !claims.receipts.has(receipt)).map((row) => [row.receipt, row]),
  );
  const candidates = [...free.values()].filter((row) => couldBe(push, row));
  const [only, ...others] = candidates;
  if (only === undefined) return { kind: 'absent' };
  if (others.length === 0 && claims.rivals === 0 && isSurely(push, only)) {
    return { kind: 'found', payment: only };
  }
  return { kind: 'ambiguous', candidates: candidates.length };
}

/** The amount is never altered on its way, and neither the payer nor the time speaks against it. */
function couldBe(push: SoughtPush, row: PulledRow): boolean {
  if (row.amountCents !== push.amountCents) return false;
  if (agreesWithMsisdn(row.msisdn, push.msisdn) === false) return false;
  if (row.paidAt === undefined) return true;
  const { fromMs, toMs } = paymentWindow(push.sentAt);
  const paidMs = epochMsOf(row.paidAt);
  return paidMs >= fromMs && paidMs <= toMs;
}

/** A prompt carries our own reference, so a pay bill shows it back; a till shows the payer alone. */
function isSurely(push: SoughtPush, row: PulledRow): boolean {
  const isPayer = agreesWithMsisdn(row.msisdn, push.msisdn) === true;
  if (row.accountReference === '') return isPayer;
  return referenceKey(row.accountReference) === referenceKey(push.accountReference);
}

/** How far back one look goes at most, and how much of the last look it sees again. */
const sweepMaxMs = 47 * 60 * minute;
const firstSweepMs = 24 * 60 * minute;
const overlapMs = 30 * minute;

/**
 * What a look at all payments of a shortcode covers, in epoch milliseconds: from a while before the
 * end of the last look, because M-PESA lists some payments late, until now.
 */
export function pullRange(
  nowMs: number,
  lastToMs: number | undefined,
): { fromMs: number; toMs: number } {
  const wantedMs = lastToMs === undefined ? nowMs - firstSweepMs : lastToMs - overlapMs;
  return { fromMs: Math.max(wantedMs, nowMs - sweepMaxMs), toMs: nowMs };
}

export interface AbsenceTime {
  nowMs: number;
  sentMs: number;
  /** When the money was first looked for in vain; undefined when this is the first time. */
  firstAbsentMs: number | undefined;
  /** 1 in production; shortens the waits as everywhere else. */
  scale: number;
}

/** A prompt has left the handset and its session has ended after this long. */
export const lapsedMs: number = 5 * minute;

/** What an absence is worth now: nothing yet, a first look in vain, or the end. */
export function weighAbsence(time: AbsenceTime): 'too-early' | 'first' | 'final' {
  const { nowMs, sentMs, firstAbsentMs, scale } = time;
  const apartMs = scaled(lapsedMs, scale);
  if (nowMs - sentMs < apartMs) return 'too-early';
  if (firstAbsentMs === undefined) return 'first';
  return nowMs - firstAbsentMs < apartMs ? 'first' : 'final';
}
