/** What M-PESA charges, as dated rows: the newest row that has begun holds. */
import { cents, multiplyRatio, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { BusinessDate } from '../../../domain/time.ts';
import type { Bouquet } from '../terms.ts';

export type TariffName = 'paybill' | 'till' | 'b2c' | 'b2b' | 'send-money';

/** Whole shillings: the band's upper end, the whole charge, and the payer's part under Mgao. */
type Band = readonly [upTo: number, total: number, mgaoPayer?: number];

export interface Tariff {
  name: TariffName;
  from: string;
  bands: readonly Band[];
  /** A share of the amount instead of bands: nothing up to a size, and never more than a cap. */
  share?: { basisPoints: number; freeUpTo: number; cap: number };
}

export const publishedTariffs: readonly Tariff[] = [
  {
    name: 'paybill',
    from: '2024-01-01',
    bands: [
      [100, 0, 0],
      [500, 5, 5],
      [1_000, 10, 10],
      [1_500, 15, 10],
      [2_500, 20, 13],
      [3_500, 25, 16],
      [5_000, 34, 16],
      [7_500, 42, 17],
      [10_000, 48, 18],
      [15_000, 57, 18],
      [20_000, 62, 19],
      [25_000, 67, 20],
      [30_000, 72, 20],
      [35_000, 83, 21],
      [40_000, 99, 23],
      [45_000, 103, 23],
      [250_000, 108, 24],
    ],
  },
  {
    name: 'till',
    from: '2024-01-01',
    bands: [],
    share: { basisPoints: 55, freeUpTo: 200, cap: 200 },
  },
  {
    name: 'b2c',
    from: '2023-08-01',
    bands: [
      [100, 0],
      [1_500, 5],
      [5_000, 9],
      [20_000, 11],
      [250_000, 13],
    ],
  },
  { name: 'b2b', from: '2023-01-01', bands: [[1_000_000_000, 0]] },
  {
    name: 'send-money',
    from: '2024-01-01',
    bands: [
      [100, 0],
      [500, 7],
      [1_000, 13],
      [1_500, 23],
      [2_500, 33],
      [3_500, 53],
      [5_000, 57],
      [7_500, 78],
      [10_000, 90],
      [15_000, 100],
      [20_000, 105],
      [250_000, 108],
    ],
  },
];

export interface Charge {
  payerCents: Cents;
  businessCents: Cents;
}

const free: Charge = { payerCents: zero, businessCents: zero };

/** The charge of a payment of `amountCents` on a day; throws when no row of that name has begun. */
export function chargeOf(
  tariffs: readonly Tariff[],
  { name, on }: { name: TariffName; on: BusinessDate },
  amountCents: Cents,
  bouquet: Bouquet = 'business-pays',
): Charge {
  const tariff = inForce(tariffs, name, on);
  if (tariff.share !== undefined) return shareOf(tariff.share, amountCents);
  const band = tariff.bands.find(([upTo]) => amountCents <= upTo * 100) ?? tariff.bands.at(-1);
  if (band === undefined) return free;
  const [, total, mgaoPayer = 0] = band;
  const payer = bouquet === 'customer-pays' ? total : bouquet === 'mgao' ? mgaoPayer : 0;
  return { payerCents: cents(payer * 100), businessCents: cents((total - payer) * 100) };
}

function inForce(tariffs: readonly Tariff[], name: TariffName, on: BusinessDate): Tariff {
  const begun = tariffs.filter((tariff) => tariff.name === name && tariff.from <= on);
  const newest = begun.toSorted((a, b) => a.from.localeCompare(b.from)).at(-1);
  if (newest === undefined) throw new RangeError(`no ${name} tariff is in force on ${on}`);
  return newest;
}

function shareOf(share: NonNullable<Tariff['share']>, amountCents: Cents): Charge {
  if (amountCents <= share.freeUpTo * 100) return free;
  const ratio = { numerator: share.basisPoints, denominator: 10_000 };
  const whole = multiplyRatio(amountCents, ratio, 'half-up');
  return { payerCents: zero, businessCents: cents(Math.min(whole, share.cap * 100)) };
}
