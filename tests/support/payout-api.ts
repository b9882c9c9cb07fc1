/** A business with a shortcode that pays out, and its wishes by the public API. */
import { randomUUID } from 'node:crypto';
import { createAuthorisationActivities } from '../../activities/authorisation.ts';
import { createDisbursementActivities } from '../../activities/disbursements.ts';
import { moveDisbursement } from '../../db/disbursements.ts';
import { addEvidence } from '../../db/payout-evidence.ts';
import {
  parsePublicId,
  toPublicId,
  type DisbursementId,
  type ShortcodeId,
} from '../../domain/ids.ts';
import type { ApiStage } from './api.ts';
import { aReceipt, aShortcode } from './collections.ts';
import { aFloat } from './payouts.ts';
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

/** M-PESA pays a payout that was asked for; answers its path, its receipt, and what settles it again. */
export async function payOut(stage: ApiStage, shop: Shop, shownId: string) {
  const disbursementId = parsePublicId('disbursement', shownId);
  if (disbursementId === undefined) throw new Error('no id');
  await stage.database.db.withTenant(shop.somebody.tenantId, (t) =>
    aFloat(t, shop.shortcodeId, 10_000),
  );
  const paid = await paysPayout(stage, shop, disbursementId);
  return { path: `/v1/disbursements/${shownId}`, ...paid };
}

/** Takes a payout with money for it to paid, step by step as its run would. */
export async function paysPayout(
  stage: ApiStage,
  { somebody: { tenantId } }: Pick<Shop, 'somebody'>,
  disbursementId: DisbursementId,
): Promise<{ receipt: string; settle: () => Promise<string> }> {
  const { db } = stage.database;
  const parts = { db, nowMs: Date.now };
  const steps = createDisbursementActivities(parts);
  const payout = { tenantId, disbursementId };
  await createAuthorisationActivities(parts).holdPayout(payout);
  await steps.admitPayout({ ...payout, reviewReasons: [] });
  const receipt = aReceipt();
  await db.withTenant(tenantId, async (t) => {
    await moveDisbursement(t, disbursementId, { to: 'sending', by: 'test' });
    await addEvidence(t, {
      ...{ subjectId: disbursementId, fingerprint: 'result' },
      evidence: { source: 'result', code: '0', isDefinite: false, receipt },
    });
  });
  const settle = async () => (await steps.settlePayout(payout)).status;
  expect(await settle()).toBe('paid');
  return { receipt, settle };
}
