/** Published tariffs, read from their dated rows. */
import { paysToPhone, type DisbursementKind } from '../domain/disbursements/terms.ts';
import { zero, type Cents } from '../domain/money.ts';
import {
  chargeOf,
  tariffOn,
  tariffProducts,
  type Tariff,
  type TariffProduct,
} from '../domain/tariffs/charge.ts';
import type { BusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

/** Every tariff, or those of one product, by product and date. */
export async function listTariffs(t: TenantHandle, product?: TariffProduct): Promise<Tariff[]> {
  let query = t.query.selectFrom('platform.tariff_bands').selectAll();
  if (product !== undefined) query = query.where('product', '=', product);
  const rows = await query
    .orderBy('product')
    .orderBy('effective_from')
    .orderBy('from_cents')
    .execute();
  const groups = Map.groupBy(rows, (row) => `${row.product} ${row.effective_from}`);
  return [...groups.values()].flatMap((bands) => {
    const [first] = bands;
    if (first === undefined || !tariffProducts.includes(first.product)) return [];
    return [
      {
        product: first.product,
        effectiveFrom: first.effective_from,
        effectiveTo: first.effective_to,
        source: first.source,
        bands: bands.map((band) => ({
          fromCents: band.from_cents,
          toCents: band.to_cents,
          chargeCents: band.charge_cents,
          basisPoints: band.basis_points,
          capCents: band.cap_cents,
        })),
      },
    ];
  });
}

/** The charge of an amount on a day; undefined when no tariff or band covers it. */
export async function quoteCharge(
  t: TenantHandle,
  quote: { product: TariffProduct; amountCents: Cents; day: BusinessDate },
): Promise<Cents | undefined> {
  const tariff = tariffOn(await listTariffs(t, quote.product), quote.day);
  return tariff && chargeOf(tariff, quote.amountCents);
}

/**
 * The charge a payout is expected to cost the business: the B2C tariff for phones, nothing where no
 * tariff is published.
 */
export async function predictCharge(
  t: TenantHandle,
  payout: { kind: DisbursementKind; amountCents: Cents; day: BusinessDate },
): Promise<Cents> {
  if (!paysToPhone(payout.kind)) return zero;
  return (await quoteCharge(t, { ...payout, product: 'b2c' })) ?? zero;
}
