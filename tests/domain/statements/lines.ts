/** Builds accepted lines for tests of the chain and the proof. */
import { cents, zero } from '../../../domain/money.ts';
import { readDetails } from '../../../domain/statements/details.ts';
import type { StatementLine } from '../../../domain/statements/terms.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

export interface LineSketch {
  receipt: string;
  /** Seconds after 2026-11-14 00:00 in Nairobi. */
  second: number;
  /** Signed cents: in is positive, out negative. */
  moved: number;
  balance?: number | undefined;
  details?: string;
  side?: 'personal' | 'organisation';
  status?: StatementLine['status'];
  subAccount?: string;
}

const midnight = Date.UTC(2026, 10, 13, 21);

/** Lines in the order given, which is file order, one line number each. */
export function linesOf(sketches: readonly LineSketch[]): StatementLine[] {
  return sketches.map((sketch, ordinal) => lineOf(sketch, ordinal));
}

function lineOf(sketch: LineSketch, ordinal: number): StatementLine {
  const { receipt, second, moved, balance, details, side = 'personal' } = sketch;
  const words = details ?? (moved < 0 ? 'Merchant Payment to 123456 - SHOP' : 'Customer Deposit');
  const isMoved = (sketch.status ?? 'completed') === 'completed';
  return {
    ordinal,
    page: 1,
    line: ordinal + 1,
    raw: `${receipt} | ${words}`,
    receipt,
    completedAt: instantFromEpochMs(midnight + second * 1000),
    details: words,
    status: sketch.status ?? 'completed',
    inCents: isMoved && moved > 0 ? cents(moved) : zero,
    outCents: isMoved && moved < 0 ? cents(-moved) : zero,
    balanceCents: balance === undefined ? undefined : cents(balance),
    twin: 0,
    reading: readDetails(words, { side }),
    ...(sketch.subAccount !== undefined && { subAccount: sketch.subAccount }),
  };
}

/** A receipt of 2026-11-14 numbered so that every `n` gives another one. */
export function receiptOf(n: number): string {
  return `UKE${n.toString(36).toUpperCase().padStart(7, '0')}`;
}
