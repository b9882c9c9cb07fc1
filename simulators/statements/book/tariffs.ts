/** Customer charges by amount band in shillings, after the tariff published for Kenya in 2024. */
import { cents, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';

/** Pairs of [highest amount of the band, charge], both in whole shillings. */
type Tariff = readonly (readonly [number, number])[];

const sendTariff: Tariff = [
  [100, 0],
  [500, 7],
  [1000, 13],
  [1500, 23],
  [2500, 33],
  [3500, 53],
  [5000, 57],
  [7500, 78],
  [10_000, 90],
  [15_000, 100],
  [20_000, 105],
  [250_000, 108],
];

const withdrawTariff: Tariff = [
  [100, 11],
  [2500, 29],
  [3500, 52],
  [5000, 69],
  [7500, 87],
  [10_000, 115],
  [15_000, 167],
  [20_000, 185],
  [35_000, 197],
  [50_000, 278],
  [250_000, 309],
];

const paybillTariff: Tariff = [
  [100, 0],
  [500, 5],
  [1000, 10],
  [1500, 15],
  [2500, 20],
  [3500, 25],
  [5000, 34],
  [7500, 42],
  [10_000, 48],
  [15_000, 57],
  [20_000, 62],
  [25_000, 67],
  [30_000, 72],
  [35_000, 83],
  [40_000, 99],
  [45_000, 103],
  [250_000, 108],
];

/** Per day on an open Fuliza debt. */
const fulizaDayTariff: Tariff = [
  [100, 0],
  [500, 3],
  [1000, 6],
  [1500, 18],
  [2500, 20],
  [70_000, 25],
];

const tariffs = {
  send: sendTariff,
  withdraw: withdrawTariff,
  paybill: paybillTariff,
  fulizaDay: fulizaDayTariff,
};
export type TariffName = keyof typeof tariffs;

/** The charge in cents for an amount in cents; zero above the last band. */
export function chargeFor(tariff: TariffName, amount: Cents): Cents {
  const band = tariffs[tariff].find(([highest]) => amount <= highest * 100);
  return band === undefined ? zero : shillings(band[1]);
}

/** Whole shillings as cents. */
export function shillings(amount: number): Cents {
  return cents(amount * 100);
}
