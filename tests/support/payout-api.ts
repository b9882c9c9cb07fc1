/** A business with a shortcode that pays out, and its wishes by the public API. */
import { randomUUID } from 'node:crypto';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import type { ApiStage } from './api.ts';
import { aShortcode } from './collections.ts';
import type { Somebody } from './tenants.ts';

export interface Shop {
  somebody: Somebody;
  token: string;
  shortcodeId: ShortcodeId;
}

export async function openShop(stage: ApiStage): Promise<Shop> {
  const somebody = await stage.tenant();
  const token = await stage.token(somebody);
  const shortcodeId = await stage.database.db.withTenant(somebody.tenantId, (t) =>
    aShortcode(t, { number: '600984' }),
  );
  return { somebody, token, shortcodeId };
}

/** A fresh Idempotency-Key as a header. */
export const key = () => ({ 'idempotency-key': randomUUID() });

/** KES 1,500 to a phone, unless wished otherwise. */
export const wishOf = ({ shortcodeId }: Shop, wish: object = {}) => ({
  ...{ shortcodeId: toPublicId('shortcode', shortcodeId), kind: 'business-payment' },
  ...{ amountCents: 150_000, payee: { kind: 'msisdn', msisdn: '0712 345 678' } },
  ...wish,
});

export interface PayoutView {
  id: string;
  status: string;
  payee: { masked: string };
}

/** Asks for a payout, which has to be taken. */
export async function askPayout(
  stage: ApiStage,
  shop: Shop,
  wish: object = {},
): Promise<PayoutView> {
  const answer = await stage.fetch('/v1/disbursements', {
    ...{ token: shop.token, json: wishOf(shop, wish), headers: key() },
  });
  expect(answer.status).toBe(202);
  return (answer.body as { disbursement: PayoutView }).disbursement;
}
