/** The checks before money leaves: what this tenant paid before, its limits and its ledger. */
import type { Database, TenantHandle } from '../db/database.ts';
import { lockDisbursement, findDisbursement, type Disbursement } from '../db/disbursements.ts';
import { reserve } from '../db/ledger.ts';
import { holdLimits } from '../db/limits.ts';
import { payoutHistory } from '../db/payout-history.ts';
import { isSuspended } from '../db/tenant-record.ts';
import { findShortcode, type Shortcode } from '../db/shortcodes.ts';
import { payoutWords } from '../domain/disbursements/phrases.ts';
import { judgePayout } from '../domain/authorisation/fraud.ts';
import { customer, outside, purse, suspense, type Purse } from '../domain/ledger/movements.ts';
import type { AccountRef } from '../domain/ledger/terms.ts';
import { add, formatMoney, type Cents } from '../domain/money.ts';
import { instantFromEpochMs, type Instant } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { AuthorisationSteps, Hold, PayoutKey } from './disbursement-steps.ts';
import { permanentFault } from './faults.ts';

export interface AuthorisationDependencies {
  db: Database;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}

/** Longer than a payout can stay open: whatever is under way keeps its money. */
const holdMs = 60 * 24 * 60 * 60 * 1_000;

/** Builds the checks. */
export function createAuthorisationActivities(d: AuthorisationDependencies): AuthorisationSteps {
  return {
    async judgeFraud(key) {
      return d.db.withTenant(key.tenantId, async (t) => {
        const payout = await requirePayout(t, key);
        return judgePayout(payout.amountCents, await payoutHistory(t, payout));
      });
    },
    async holdPayout(key) {
      try {
        return await d.db.withTenant(key.tenantId, (t) => hold(t, key, d.nowMs()));
      } catch (error) {
        if (error instanceof HoldRefused) return error.hold;
        throw error;
      }
    },
  };
}

/** The payout a step is about; a permanent fault when the tenant has no such payout. */
export async function requirePayout(t: TenantHandle, key: PayoutKey): Promise<Disbursement> {
  const payout = await findDisbursement(t, key.disbursementId);
  if (payout !== undefined) return payout;
  const words = `no disbursement ${key.disbursementId}`;
  throw permanentFault(failureTypes.disbursementMissing, words);
}

/** The reference of a payout in limits and ledger. */
export function payoutReference({ id }: Pick<Disbursement, 'id'>): string {
  return `disbursement/${id}`;
}

/** Gives the transaction up, so that a hold that is refused half way holds nothing. */
class HoldRefused extends Error {
  override readonly name = 'HoldRefused';
  readonly hold: Hold;
  constructor(refused: Hold) {
    super('the hold was refused');
    this.hold = refused;
  }
}

const allowed = {
  revenue: { check: 'revenue', verdict: 'allowed' },
  core: { check: 'core', verdict: 'allowed' },
} as const;

async function hold(t: TenantHandle, key: PayoutKey, nowMs: number): Promise<Hold> {
  const payout = await lockDisbursement(t, key.disbursementId);
  if (payout === undefined)
    throw permanentFault(failureTypes.disbursementMissing, 'no such payout');
  // A check that comes after its deadline finds the payout ended, and holds nothing.
  if (payout.status !== 'requested')
    return deniedByCore('checks-late', payoutWords('ended-already'));
  if (await isSuspended(t)) {
    return deniedByCore('business-suspended', payoutWords('suspended'));
  }
  const shortcode = await findShortcode(t, payout.shortcodeId);
  if (shortcode === undefined || shortcode.status !== 'active') {
    return deniedByCore('shortcode-unusable', payoutWords('shortcode-gone'));
  }
  const at = instantFromEpochMs(nowMs);
  const { amountCents, payeeKey } = payout;
  const reference = payoutReference(payout);
  const limits = await holdLimits(t, { reference, amountCents, payeeKey, at });
  if (!limits.ok) {
    const { code, message } = limits.refusal;
    throw new HoldRefused({
      ...allowed,
      revenue: { check: 'revenue', verdict: 'denied', code, message },
    });
  }
  const refusal = await reserveMoney(t, { payout, shortcode, at });
  if (refusal !== undefined) throw new HoldRefused(refusal);
  return allowed;
}

async function reserveMoney(
  t: TenantHandle,
  { payout, shortcode, at }: { payout: Disbursement; shortcode: Shortcode; at: Instant },
): Promise<Hold | undefined> {
  const from = sourceOf(payout, shortcode);
  const needed = reservedFor(payout, from);
  const reserved = await reserve(t, {
    reference: payoutReference(payout),
    from,
    to: outside(payout.shortcodeId),
    amountCents: needed,
    expiresAt: instantFromEpochMs(Date.parse(at) + holdMs),
    source: {
      kind: payout.purpose === 'refund' ? 'refund' : 'disbursement',
      id: payout.id,
      workflowId: payout.workflowId,
      actor: payout.requestedBy,
    },
  });
  if (reserved.ok) return undefined;
  const { refusal } = reserved;
  if (refusal.code !== 'insufficient-funds') {
    return deniedByCore(
      'shortcode-unusable',
      payoutWords('ledger-refused', { code: refusal.code }),
    );
  }
  const message = payoutWords('short-of-money', {
    needed: formatMoney(needed),
    account: from.kind,
    available: formatMoney(refusal.availableCents),
  });
  return deniedByCore('insufficient-funds', message);
}

/** The account of the books a payout draws on. */
export function sourceOf(payout: Disbursement, shortcode: Pick<Shortcode, 'kind'>): AccountRef {
  const { shortcodeId, drawsOn, subjectId } = payout;
  switch (drawsOn) {
    case 'suspense':
      return suspense(shortcodeId);
    case 'customer':
      return customer(subjectId ?? '');
    case 'purse':
      return purse(shortcodeId, purseOf(payout, shortcode));
  }
}

/** M-PESA takes business payments from Working, what a till received from Merchant. */
function purseOf(payout: Pick<Disbursement, 'kind'>, shortcode: Pick<Shortcode, 'kind'>): Purse {
  const fromWorking = ['pay-bill', 'buy-goods', 'tax'].includes(payout.kind);
  if (fromWorking) return 'working';
  return shortcode.kind === 'till' ? 'merchant' : 'utility';
}

/** Charges are taken from Utility; there they are held together with the amount. */
function reservedFor({ amountCents, chargeCents }: Disbursement, from: AccountRef): Cents {
  return from.kind === 'utility' ? add(amountCents, chargeCents) : amountCents;
}

function deniedByCore(code: string, message: string): Hold {
  return { ...allowed, core: { check: 'core', verdict: 'denied', code, message } };
}
