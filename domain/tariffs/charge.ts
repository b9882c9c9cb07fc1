/**
 * What M-PESA takes for a movement. Tariffs change by circular, so they are rows with dates in the
 * database; this file only reads one.
 */
import { cents, multiplyRatio, zero, type Cents } from '../money.ts';
import { daysBetween, type BusinessDate } from '../time.ts';

/** The movements there are published tariffs for, and who pays. */
export const tariffProducts = [
  'b2c',
  'pay-bill-mgao-customer',
  'pay-bill-mgao-business',
  'pay-bill-business-bouquet',
  'pay-bill-customer-bouquet',
  'till-merchant',
  'send-money',
  'agent-withdrawal',
] as const;
export type TariffProduct = (typeof tariffProducts)[number];

/** A band of amounts, both ends included, with its charge: fixed, or a share with a cap. */
export interface TariffBand {
  fromCents: Cents;
  toCents: Cents;
  chargeCents: Cents;
  /** Ten-thousandths of the amount, on top of the fixed charge. */
  basisPoints: number;
  /** The most that is charged; null when there is no cap. */
  capCents: Cents | null;
}

/** A tariff from a day on, until the day before `effectiveTo`. */
export interface Tariff {
  product: TariffProduct;
  effectiveFrom: BusinessDate;
  effectiveTo: BusinessDate | null;
  /** Where the figures were published. */
  source: string;
  bands: readonly TariffBand[];
}

/** The tariff in force on a day; undefined when none is. The latest start wins. */
export function tariffOn(tariffs: readonly Tariff[], day: BusinessDate): Tariff | undefined {
  return tariffs
    .filter((t) => t.effectiveFrom <= day && (t.effectiveTo === null || day < t.effectiveTo))
    .toSorted((a, b) => daysBetween(a.effectiveFrom, b.effectiveFrom))[0];
}

/**
 * The charge of an amount; undefined when no band holds it. A share is rounded half up to the cent.
 */
export function chargeOf(tariff: Tariff, amountCents: Cents): Cents | undefined {
  const band = tariff.bands.find((b) => b.fromCents <= amountCents && amountCents <= b.toCents);
  if (band === undefined) return undefined;
  const share =
    band.basisPoints === 0
      ? zero
      : multiplyRatio(amountCents, { numerator: band.basisPoints, denominator: 10_000 }, 'half-up');
  const charge = band.chargeCents + share;
  return cents(band.capCents === null ? charge : Math.min(charge, band.capCents));
}
