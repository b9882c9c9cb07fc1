/** Builders for money out: valid by default, unique where the database asks for it. */
import { randomInt, randomUUID } from 'node:crypto';
import type { TenantHandle } from '../../db/database.ts';
import { insertDisbursement, type NewDisbursement } from '../../db/disbursements.ts';
import { postTransaction } from '../../db/ledger.ts';
import { decideLimitChange, insertLimitChange } from '../../db/limits.ts';
import { predictCharge } from '../../db/tariffs.ts';
import { id, type DisbursementId, type ShortcodeId } from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import type { LimitKind } from '../../domain/limits/terms.ts';
import { cents } from '../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../domain/time.ts';

/** Money on a shortcode, as if it had been received. */
export async function aFloat(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  shillings: number,
): Promise<void> {
  if (shillings === 0) return;
  await postTransaction(t, {
    ...{ reference: `float/${randomUUID()}`, kind: 'opening' },
    occurredAt: instantFromEpochMs(Date.now()),
    postings: received({ shortcodeId, amountCents: cents(shillings * 100) }),
    source: { kind: 'manual', id: 'float', actor: 'user:test' },
  });
}

/** A limit of the tenant that holds from long ago. */
export async function setLimit(t: TenantHandle, kind: LimitKind, shillings: number): Promise<void> {
  const change = await insertLimitChange(t, {
    ...{ id: id('limitChange', randomUUID()), kind, amountCents: cents(shillings * 100) },
    ...{ effectiveFrom: businessDate('2026-01-01'), expiresOn: null, isRaise: true },
    ...{ reason: 'a test', proposedBy: 'user:maker' },
  });
  await decideLimitChange(t, change.id, { status: 'active', decidedBy: 'user:checker' });
}

/** A payout that was asked for, each to another phone. */
export async function aPayout(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  { shillings = 1_000, ...wish }: Partial<NewDisbursement> & { shillings?: number } = {},
): Promise<DisbursementId> {
  const disbursementId = wish.id ?? id('disbursement', randomUUID());
  const amountCents = cents(shillings * 100);
  const kind = wish.kind ?? 'business-payment';
  const msisdn = `2547${String(randomInt(1e8)).padStart(8, '0')}`;
  const day = businessDate('2026-11-27');
  await insertDisbursement(t, {
    ...{ id: disbursementId, kind, shortcodeId, amountCents },
    chargeCents: await predictCharge(t, { kind, amountCents, day }),
    payee: { kind: 'msisdn', msisdn },
    ...{ payeeMasked: '2547******78', payeeName: 'Njeri', remarks: 'Supplies', reference: null },
    requestedBy: 'user:maker',
    workflowId: `disbursement/${t.tenantId}/${disbursementId}`,
    ...wish,
  });
  return disbursementId;
}
