/**
 * The three-witness decision table. It takes everything that was ever said about one collection and
 * answers how it stands; the order in which the witnesses came, and repeats, change nothing.
 *
 * | what is among the witnesses                         | verdict                            |
 * | --------------------------------------------------- | ---------------------------------- |
 * | a payment with a receipt                            | paid, whatever else was said       |
 * | a payment without a receipt (a query's success)     | paid, receipt unknown              |
 * | a final failure and no payment                      | refused, or expired by its code    |
 * | two pulls without its money, and nothing else final | expired: M-PESA has no such payment |
 * | only a query's 1037, younger than the provisional time | open until then                 |
 * | nothing final                                       | open                               |
 */
import type { Cents } from '../money.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../time.ts';
import { notInPullCode } from './pull.ts';
import { witnessKinds, type Disagreement, type Witness } from './terms.ts';

export interface ReceiptSeen {
  receipt: string;
  amountCents: Cents | null;
}

export interface Decision {
  verdict: 'paid' | 'refused' | 'expired' | 'open';
  /** The result code of the witness that decided; null when none did or it had none. */
  code: string | null;
  /** The receipts of all payments seen, best witnessed first. More than one is a double payment. */
  receipts: readonly ReceiptSeen[];
  disagreements: readonly Disagreement[];
  /** When a failure that is not believed yet will be; null when there is none. */
  provisionalUntil: Instant | null;
}

export interface DecisionTime {
  nowMs: number;
  /** How long a query's "no answer from the handset" is not believed: late successes follow it. */
  provisionalMs: number;
}

/** The handset did not answer, or the session ran out: nobody said no. */
const expiredCodes: ReadonlySet<string> = new Set(['1037', '1019', notInPullCode]);
const provisionalCode = '1037';

/** Decides over a set of witnesses. Pure; equal for every order and any repeats of them. */
export function decide(witnesses: readonly Witness[], time: DecisionTime): Decision {
  const ranked = [...witnesses].sort(byTrust);
  const paid = ranked.filter(({ outcome }) => outcome === 'paid');
  const provisionalUntilMs = provisionalEnd(ranked, time);
  const isBelieved = (witness: Witness) =>
    !isProvisional(witness) ||
    (provisionalUntilMs !== undefined && provisionalUntilMs <= time.nowMs);
  const failed = ranked.filter((one) => one.outcome === 'failed' && isBelieved(one));
  const receipts = receiptsOf(paid);
  const common = { receipts, disagreements: disagreementsOf(paid, failed, receipts) };
  if (paid.length > 0) {
    return { ...common, verdict: 'paid', code: paid[0]?.code ?? null, provisionalUntil: null };
  }
  // That there is no money says less than why there is none.
  const decisive = failed.find(({ code }) => code !== notInPullCode) ?? failed[0];
  if (decisive !== undefined) {
    const verdict = expiredCodes.has(decisive.code ?? '') ? 'expired' : 'refused';
    return { ...common, verdict, code: decisive.code, provisionalUntil: null };
  }
  const provisionalUntil =
    provisionalUntilMs === undefined ? null : instantFromEpochMs(provisionalUntilMs);
  return { ...common, verdict: 'open', code: null, provisionalUntil };
}

function isProvisional({ kind, outcome, code }: Witness): boolean {
  return kind === 'query' && outcome === 'failed' && code === provisionalCode;
}

/** Counted from the first such answer, so that asking again does not put the end off. */
function provisionalEnd(
  witnesses: readonly Witness[],
  { provisionalMs }: DecisionTime,
): number | undefined {
  const seen = witnesses.filter(isProvisional).map(({ observedAt }) => epochMsOf(observedAt));
  return seen.length === 0 ? undefined : Math.min(...seen) + provisionalMs;
}

function receiptsOf(paid: readonly Witness[]): ReceiptSeen[] {
  const amounts = new Map<string, Cents | null>();
  for (const { receipt, amountCents } of paid) {
    if (receipt === null) continue;
    amounts.set(receipt, amounts.get(receipt) ?? amountCents);
  }
  return [...amounts].map(([receipt, amountCents]) => ({ receipt, amountCents }));
}

function disagreementsOf(
  paid: readonly Witness[],
  failed: readonly Witness[],
  receipts: readonly ReceiptSeen[],
): Disagreement[] {
  const found: Disagreement[] = [];
  if (paid.length > 0 && failed.length > 0) found.push('outcome');
  if (receipts.length > 1) found.push('receipts');
  const differs = receipts.some(({ receipt }) => {
    const said = paid.filter((one) => one.receipt === receipt && one.amountCents !== null);
    return new Set(said.map(({ amountCents }) => amountCents)).size > 1;
  });
  if (differs) found.push('amount');
  return found;
}

/** A total order of distinct witnesses: trust, then who spoke first, then what was said. */
function byTrust(a: Witness, b: Witness): number {
  return (
    witnessKinds.indexOf(a.kind) - witnessKinds.indexOf(b.kind) ||
    epochMsOf(a.observedAt) - epochMsOf(b.observedAt) ||
    compare(a.receipt, b.receipt) ||
    compare(a.code, b.code) ||
    compare(a.outcome, b.outcome) ||
    (a.amountCents ?? -1) - (b.amountCents ?? -1)
  );
}

function compare(a: string | null, b: string | null): number {
  const [left, right] = [a ?? '', b ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
