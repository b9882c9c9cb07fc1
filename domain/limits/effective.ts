/** The limits that hold for a tenant on a day, and whether a payout fits under them. */
import { limitNames, payoutWords } from '../disbursements/phrases.ts';
import { add, cents, formatMoney, subtract, zero, type Cents } from '../money.ts';
import { daysBetween, type BusinessDate } from '../time.ts';
import {
  limitKinds,
  providerMaxima,
  tierLimits,
  type LimitKind,
  type Limits,
  type LimitSetting,
  type Tier,
} from './terms.ts';

/** Settings in force replace the tier's figures, the latest first; the provider's maxima cap all. */
export function limitsOn(day: BusinessDate, tier: Tier, settings: readonly LimitSetting[]): Limits {
  const entries = limitKinds.map((kind) => [kind, limitOn(day, settings, kind, tier)]);
  return Object.fromEntries(entries);
}

function limitOn(
  day: BusinessDate,
  settings: readonly LimitSetting[],
  kind: LimitKind,
  tier: Tier,
): Cents {
  const inForce = settings.filter((s) => s.kind === kind && isInForce(s, day));
  const [latest] = inForce.toSorted((a, b) => daysBetween(a.effectiveFrom, b.effectiveFrom));
  const wanted = latest?.amountCents ?? tierLimits[tier][kind];
  const maximum = kind === 'per-transaction' || kind === 'payee-day' ? providerMaxima[kind] : null;
  return maximum === null ? wanted : cents(Math.min(wanted, maximum));
}

function isInForce({ effectiveFrom, expiresOn }: LimitSetting, day: BusinessDate): boolean {
  return effectiveFrom <= day && (expiresOn === null || day < expiresOn);
}

/**
 * True when a change needs a second person: it lets more money out than before, or lets more of it
 * out without a second person.
 */
export function isRaise(from: Cents, to: Cents): boolean {
  return to > from;
}

/** What of a limit is used, and what a payout would add. */
export interface LimitUse {
  kind: Exclude<LimitKind, 'approval-above'>;
  limitCents: Cents;
  usedCents: Cents;
}

export interface LimitRefusal {
  code: 'limit-exceeded';
  kind: LimitUse['kind'];
  limitCents: Cents;
  usedCents: Cents;
  leftCents: Cents;
  message: string;
}

/** The first limit the payout does not fit under, or undefined when it fits under all. */
export function refusingLimit(
  amountCents: Cents,
  uses: readonly LimitUse[],
): LimitRefusal | undefined {
  const tooTight = uses.find((use) => add(use.usedCents, amountCents) > use.limitCents);
  return tooTight && refusalOf(tooTight, amountCents);
}

function refusalOf({ kind, limitCents, usedCents }: LimitUse, amount: Cents): LimitRefusal {
  const left = subtract(limitCents, usedCents);
  const leftCents = left > 0 ? left : zero;
  const figures = {
    amount: formatMoney(amount),
    limit: limitNames[kind].en,
    maximum: formatMoney(limitCents),
    left: formatMoney(leftCents),
  };
  const message =
    kind === 'per-transaction'
      ? payoutWords('over-limit', figures)
      : payoutWords('over-used-limit', { ...figures, used: formatMoney(usedCents) });
  return { code: 'limit-exceeded', kind, limitCents, usedCents, leftCents, message };
}

/** `2026-11` of `2026-11-27`: the calendar month a business date belongs to. */
export function monthOf(day: BusinessDate): string {
  return day.slice(0, 7);
}
