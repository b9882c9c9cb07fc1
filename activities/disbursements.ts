/**
 * The database steps of a payout. Each is one transaction that moves the payout, its hold on limits
 * and its reservation in the ledger together, and may be repeated.
 */
import type { Database, TenantHandle } from '../db/database.ts';
import {
  findDisbursement,
  lockDisbursement,
  moveDisbursement,
  noteOnDisbursement,
  type Disbursement,
} from '../db/disbursements.ts';
import { voidReservation } from '../db/ledger.ts';
import { endHold, twoPeopleAbove } from '../db/limits.ts';
import { evidenceAbout } from '../db/payout-evidence.ts';
import { releaseRefund } from '../db/refunds.ts';
import { payoutWords } from '../domain/disbursements/phrases.ts';
import { decideStanding, type Standing } from '../domain/disbursements/decide.ts';
import { refusalWords } from '../domain/disbursements/result.ts';
import { formatMoney } from '../domain/money.ts';
import { businessDateOf, instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { payoutReference, requirePayout } from './authorisation.ts';
import type { Admission, DisbursementSteps, PayoutKey, StopInput } from './disbursement-steps.ts';
import { permanentFault } from './faults.ts';
import { bookPaid } from './payout-booking.ts';
import { auditPayout, tellPayout } from './payout-events.ts';
import type { PayoutMetrics } from './payout-metrics.ts';
import { bookReturn } from './payout-returns.ts';

export interface DisbursementDependencies {
  db: Database;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  metrics?: PayoutMetrics;
}

/** Builds the database steps of a payout. */
export function createDisbursementActivities(d: DisbursementDependencies): DisbursementSteps {
  const counted = <Result>(key: PayoutKey, work: (t: TenantHandle) => Promise<Result>) =>
    countMove(d, key, work);
  return {
    admitPayout: (input) => counted(input, (t) => admit(t, input, d.nowMs())),
    approvePayout: (input) => counted(input, (t) => approve(t, input)),
    stopPayout: (input) => counted(input, (t) => stop(t, input)),
    wasSendingBegun: (key) =>
      d.db.withTenant(key.tenantId, async (t) => {
        const { status } = await requirePayout(t, key);
        return status !== 'reserved';
      }),
    settlePayout: (key) => counted(key, (t) => settle(t, key, d.nowMs())),
    flagPayout: ({ needsAttention, ...key }) =>
      d.db.withTenant(key.tenantId, (t) =>
        noteOnDisbursement(t, key.disbursementId, { needsAttention }),
      ),
  };
}

/** Does a step in its transaction and counts, once that is committed, the status it led to. */
async function countMove<Result>(
  { db, metrics }: DisbursementDependencies,
  key: PayoutKey,
  work: (t: TenantHandle) => Promise<Result>,
): Promise<Result> {
  if (metrics === undefined) return db.withTenant(key.tenantId, work);
  const done = await db.withTenant(key.tenantId, async (t) => {
    const { status } = await locked(t, key);
    const result = await work(t);
    return { status, result, after: await findDisbursement(t, key.disbursementId) };
  });
  metrics.note(done.status, done.after);
  return done.result;
}

async function locked(t: TenantHandle, key: PayoutKey): Promise<Disbursement> {
  const payout = await lockDisbursement(t, key.disbursementId);
  if (payout !== undefined) return payout;
  const words = `no disbursement ${key.disbursementId}`;
  throw permanentFault(failureTypes.disbursementMissing, words);
}

async function admit(
  t: TenantHandle,
  input: PayoutKey & { reviewReasons: readonly string[] },
  nowMs: number,
): Promise<Admission> {
  const payout = await locked(t, input);
  if (payout.status === 'awaiting-approval') {
    return { kind: 'approval', reasons: payout.approvalReasons };
  }
  if (payout.status !== 'requested') return { kind: 'proceed' };
  const reasons = [...input.reviewReasons];
  const day = businessDateOf(instantFromEpochMs(nowMs));
  const threshold = await twoPeopleAbove(t, day);
  // A batch was agreed to as a whole; suspicion of one of its rows still asks a person.
  if (payout.approvedBy === null && payout.amountCents > threshold) {
    reasons.push(
      payoutWords('above-threshold', {
        amount: formatMoney(payout.amountCents),
        limit: formatMoney(threshold),
      }),
    );
  }
  if (reasons.length === 0) {
    await move(t, payout, { to: 'reserved', by: 'checks' });
    return { kind: 'proceed' };
  }
  const waiting = await move(t, payout, {
    to: 'awaiting-approval',
    by: 'checks',
    approvalReasons: reasons,
  });
  await tellPayout(t, waiting, 'disbursement.awaiting_approval');
  return { kind: 'approval', reasons };
}

async function approve(t: TenantHandle, input: PayoutKey & { approvedBy: string }): Promise<void> {
  const payout = await locked(t, input);
  if (payout.status !== 'awaiting-approval') return;
  const { approvedBy } = input;
  if (approvedBy === payout.requestedBy) {
    throw permanentFault(failureTypes.disbursementInconsistent, 'the maker cannot be the checker');
  }
  const approved = await move(t, payout, { to: 'reserved', by: approvedBy, approvedBy });
  await tellPayout(t, approved, 'disbursement.approved');
  await auditPayout(t, payout, { actor: approvedBy, action: 'disbursement.approve' });
}

const eventOf = {
  refused: 'disbursement.refused',
  cancelled: 'disbursement.cancelled',
  expired: 'disbursement.expired',
} as const;

const voidedFor = { refused: 'rejected', cancelled: 'cancelled', expired: 'expired' } as const;

async function stop(t: TenantHandle, input: StopInput): Promise<void> {
  const { to, code, detail, by } = input;
  const payout = await locked(t, input);
  if (payout.status === to) return;
  const stopped = await move(t, payout, {
    ...{ to, by, note: detail, isFinished: true },
    refusal: { code, providerCode: null, detail },
  });
  await letGo(t, payout, voidedFor[to]);
  await tellPayout(t, stopped, eventOf[to]);
  await auditPayout(t, payout, { actor: actorOf(by), action: eventOf[to], detail: { code } });
}

/** Frees limits, money and what a refund had counted; each of them once, however often it is asked. */
async function letGo(
  t: TenantHandle,
  payout: Disbursement,
  why: 'rejected' | 'cancelled' | 'expired',
): Promise<void> {
  const reference = payoutReference(payout);
  await endHold(t, reference, 'released');
  if (payout.purpose === 'refund') await releaseRefund(t, payout.id);
  await voidReservation(t, { reference, why });
}

async function settle(t: TenantHandle, key: PayoutKey, nowMs: number): Promise<Standing> {
  const payout = await locked(t, key);
  const standing = decideStanding(await evidenceAbout(t, payout.id));
  if (payout.status === 'paid') {
    // Two people said paid, and M-PESA says otherwise now: somebody has to look again.
    if (standing.status === 'paid' && standing.isDisputed && !payout.isDisputed) {
      await noteOnDisbursement(t, payout.id, { needsAttention: true });
    }
    await bookReturn(t, payout, nowMs);
    const { receipt, isDisputed } = payout;
    return { status: 'paid', receipt: receipt ?? '', isDisputed };
  }
  switch (standing.status) {
    case 'paid':
      await bookPaid(t, payout, standing, nowMs);
      return standing;
    case 'refused':
      if (payout.status !== 'refused') await bookRefused(t, payout, standing);
      return standing;
    default:
      await noteOpen(t, payout, standing.status);
      return standing;
  }
}

async function bookRefused(
  t: TenantHandle,
  payout: Disbursement,
  { reason, code }: Extract<Standing, { status: 'refused' }>,
): Promise<void> {
  const isByHand = reason === 'closed-by-hand';
  const detail = isByHand
    ? payoutWords('found-unpaid')
    : refusalWords(code, payout.kind === 'reversal');
  if (isByHand) await noteOnDisbursement(t, payout.id, { needsAttention: false });
  const refused = await move(t, payout, {
    ...{ to: 'refused', by: isByHand ? 'people' : 'provider', note: detail, isFinished: true },
    refusal: { code: reason, providerCode: code, detail },
  });
  await letGo(t, payout, 'rejected');
  await tellPayout(t, refused, 'disbursement.refused');
  await auditPayout(t, payout, {
    actor: 'service:payments',
    action: 'disbursement.refused',
    detail: { code, reason },
  });
}

async function noteOpen(
  t: TenantHandle,
  payout: Disbursement,
  status: 'accepted' | 'unknown',
): Promise<void> {
  if (payout.status === status) return;
  const moved = await moveDisbursement(t, payout.id, { to: status, by: 'provider' });
  if (moved === undefined) return;
  await tellPayout(t, moved, status === 'accepted' ? 'disbursement.sent' : 'disbursement.unknown');
}

async function move(
  t: TenantHandle,
  payout: Disbursement,
  change: Parameters<typeof moveDisbursement>[2],
): Promise<Disbursement> {
  const moved = await moveDisbursement(t, payout.id, change);
  if (moved !== undefined) return moved;
  const words = `a disbursement that is ${payout.status} cannot become ${change.to}`;
  throw permanentFault(failureTypes.disbursementInconsistent, words);
}

function actorOf(by: string): string {
  return by.includes(':') ? by : `service:${by}`;
}
