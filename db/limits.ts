/**
 * Limits on money out. A payout takes its share of every window in one statement each, which either
 * fits under the limit or changes nothing, so that payouts side by side cannot both pass.
 */
import { sql } from 'kysely';
import type { Id } from '../domain/ids.ts';
import { limitsOn, monthOf, refusingLimit, type LimitRefusal } from '../domain/limits/effective.ts';
import type { LimitKind, Limits, LimitSetting } from '../domain/limits/terms.ts';
import { cents, zero, type Cents } from '../domain/money.ts';
import { businessDateOf, type BusinessDate, type Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { tierOf } from './tenant-tier.ts';

/** The limits that hold for the tenant on a day. */
export async function currentLimits(t: TenantHandle, day: BusinessDate): Promise<Limits> {
  const rows = await t.query
    .selectFrom('limit_settings')
    .select(['kind', 'amount_cents', 'effective_from', 'expires_on'])
    .where('status', '=', 'active')
    .orderBy('created_at', 'desc')
    .execute();
  const settings = rows.map((row): LimitSetting => ({
    kind: row.kind,
    amountCents: row.amount_cents,
    effectiveFrom: row.effective_from,
    expiresOn: row.expires_on,
  }));
  return limitsOn(day, await tierOf(t), settings);
}

/** The amount on a day above which money is decided about by two people. */
export async function twoPeopleAbove(t: TenantHandle, day: BusinessDate): Promise<Cents> {
  return (await currentLimits(t, day))['approval-above'];
}

export interface LimitHold {
  reference: string;
  amountCents: Cents;
  /** The payee's key: hexadecimal of the blind index. */
  payeeKey: string;
  at: Instant;
}

type Window = 'per-day' | 'per-month' | 'payee-day';
const windows: readonly Window[] = ['per-day', 'per-month', 'payee-day'];

/**
 * Takes a payout's share of every limit, or says which limit refused. Must run in a transaction that
 * is given up on a refusal: what was taken before the refusing limit goes back with it. Holding the
 * same reference again changes nothing.
 */
export async function holdLimits(
  t: TenantHandle,
  hold: LimitHold,
): Promise<{ ok: true; isNew: boolean } | { ok: false; refusal: LimitRefusal }> {
  const day = businessDateOf(hold.at);
  const limits = await currentLimits(t, day);
  const { reference, amountCents, payeeKey } = hold;
  const perOne = { kind: 'per-transaction', usedCents: zero } as const;
  const tooMuch = refusingLimit(amountCents, [
    { ...perOne, limitCents: limits['per-transaction'] },
  ]);
  if (tooMuch !== undefined) return { ok: false, refusal: tooMuch };
  const taken = await t.query
    .insertInto('limit_holds')
    .values({
      tenant_id: t.tenantId,
      reference,
      amount_cents: amountCents,
      day,
      payee_key: payeeKey,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('reference')
    .execute();
  if (taken.length === 0) return { ok: true, isNew: false };
  for (const kind of windows) {
    const place = placeOf(kind, day, payeeKey);
    if (await take(t, place, amountCents, limits[kind])) continue;
    const usedCents = await usedOf(t, place);
    const refusal = refusingLimit(amountCents, [{ kind, limitCents: limits[kind], usedCents }]);
    if (refusal === undefined) throw new Error('a limit refused what fits under it');
    return { ok: false, refusal };
  }
  return { ok: true, isNew: true };
}

/**
 * Ends a hold: consumed when the money left, released when it did not. False when there is no open
 * hold, or it ended before; a consumed one stays consumed.
 */
export async function endHold(
  t: TenantHandle,
  reference: string,
  state: 'consumed' | 'released',
): Promise<boolean> {
  const ended = await t.query
    .updateTable('limit_holds')
    .set({ state })
    .where('reference', '=', reference)
    .where('state', '=', 'held')
    .returning(['amount_cents', 'day', 'payee_key'])
    .executeTakeFirst();
  if (ended === undefined) return false;
  if (state === 'consumed') return true;
  for (const kind of windows) {
    await give(t, placeOf(kind, ended.day, ended.payee_key), ended.amount_cents);
  }
  return true;
}

/** Counts a payout that was paid although its hold had been released. */
export async function consumeReleased(t: TenantHandle, reference: string): Promise<void> {
  const found = await t.query
    .updateTable('limit_holds')
    .set({ state: 'consumed' })
    .where('reference', '=', reference)
    .where('state', '=', 'released')
    .returning(['amount_cents', 'day', 'payee_key'])
    .executeTakeFirst();
  if (found === undefined) return;
  const { amount_cents: amount, day, payee_key: payeeKey } = found;
  const unlimited = cents(Number.MAX_SAFE_INTEGER);
  for (const kind of windows) await take(t, placeOf(kind, day, payeeKey), amount, unlimited);
}

/**
 * Gives back what a payout took of its day and month, as far as its money came back. It counted there
 * because it left then; on the day it comes back nothing more may leave than on any other.
 */
export async function giveBack(
  t: TenantHandle,
  reference: string,
  amountCents: Cents,
): Promise<void> {
  const hold = await t.query
    .updateTable('limit_holds')
    .set({ amount_cents: sql<Cents>`amount_cents - ${amountCents}::bigint` })
    .where('reference', '=', reference)
    .where('state', '=', 'consumed')
    .returning(['day', 'payee_key'])
    .executeTakeFirst();
  if (hold === undefined) throw new Error('a payout that was paid counts in no limit');
  for (const kind of windows) await give(t, placeOf(kind, hold.day, hold.payee_key), amountCents);
}

/** How much of each limit is used on a day. */
export async function usageOn(
  t: TenantHandle,
  day: BusinessDate,
): Promise<{ 'per-day': Cents; 'per-month': Cents }> {
  return {
    'per-day': await usedOf(t, placeOf('per-day', day, '')),
    'per-month': await usedOf(t, placeOf('per-month', day, '')),
  };
}

interface Place {
  kind: Window;
  period: string;
  payeeKey: string;
}

function placeOf(kind: Window, day: BusinessDate, payeeKey: string): Place {
  const period = kind === 'per-month' ? monthOf(day) : day;
  return { kind, period, payeeKey: kind === 'payee-day' ? payeeKey : '' };
}

/** Adds to a window unless it would pass the limit; the row is locked until the transaction ends. */
async function take(
  t: TenantHandle,
  { kind, period, payeeKey }: Place,
  amount: Cents,
  limit: Cents,
): Promise<boolean> {
  const done = await sql`
    insert into ${t.table('limit_usage')} as u (tenant_id, kind, period, payee_key, used_cents)
    select ${t.tenantId}, ${kind}, ${period}, ${payeeKey}, ${amount}::bigint
    where ${amount}::bigint <= ${limit}::bigint
    on conflict (tenant_id, kind, period, payee_key) do update
      set used_cents = u.used_cents + excluded.used_cents
      where u.used_cents + excluded.used_cents <= ${limit}::bigint
    returning used_cents`.execute(t.query);
  return done.rows.length > 0;
}

async function give(t: TenantHandle, { kind, period, payeeKey }: Place, amount: Cents) {
  await t.query
    .updateTable('limit_usage')
    .set({ used_cents: sql<Cents>`used_cents - ${amount}::bigint` })
    .where('kind', '=', kind)
    .where('period', '=', period)
    .where('payee_key', '=', payeeKey)
    .execute();
}

async function usedOf(t: TenantHandle, { kind, period, payeeKey }: Place): Promise<Cents> {
  const row = await t.query
    .selectFrom('limit_usage')
    .select('used_cents')
    .where('kind', '=', kind)
    .where('period', '=', period)
    .where('payee_key', '=', payeeKey)
    .executeTakeFirst();
  return row?.used_cents ?? zero;
}

export interface LimitChange {
  id: Id<'limitChange'>;
  kind: LimitKind;
  amountCents: Cents;
  effectiveFrom: BusinessDate;
  expiresOn: BusinessDate | null;
  status: 'proposed' | 'active' | 'rejected';
  isRaise: boolean;
  reason: string;
  proposedBy: string;
  decidedBy: string | null;
  createdAt: Instant;
}

/** Records a change: a lower limit holds at once, a higher one once a second person agrees. */
export async function insertLimitChange(
  t: TenantHandle,
  change: Omit<LimitChange, 'status' | 'decidedBy' | 'createdAt'>,
): Promise<LimitChange> {
  const row = await t.query
    .insertInto('limit_settings')
    .values({
      tenant_id: t.tenantId,
      id: change.id,
      kind: change.kind,
      amount_cents: change.amountCents,
      effective_from: change.effectiveFrom,
      expires_on: change.expiresOn,
      status: change.isRaise ? 'proposed' : 'active',
      is_raise: change.isRaise,
      reason: change.reason,
      proposed_by: change.proposedBy,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toChange(row);
}

/** Decides a proposed change; undefined when none is waiting under this id. */
export async function decideLimitChange(
  t: TenantHandle,
  changeId: Id<'limitChange'>,
  decision: { status: 'active' | 'rejected'; decidedBy: string },
): Promise<LimitChange | undefined> {
  const row = await t.query
    .updateTable('limit_settings')
    .set({ status: decision.status, decided_by: decision.decidedBy })
    .set({ decided_at: sql`now()` })
    .where('id', '=', changeId)
    .where('status', '=', 'proposed')
    .returningAll()
    .executeTakeFirst();
  return row && toChange(row);
}

export async function findLimitChange(
  t: TenantHandle,
  changeId: Id<'limitChange'>,
): Promise<LimitChange | undefined> {
  const row = await t.query
    .selectFrom('limit_settings')
    .selectAll()
    .where('id', '=', changeId)
    .executeTakeFirst();
  return row && toChange(row);
}

/** The newest changes, at most a hundred. */
export async function listLimitChanges(t: TenantHandle): Promise<LimitChange[]> {
  const rows = await t.query
    .selectFrom('limit_settings')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  return rows.map(toChange);
}

function toChange(row: {
  id: Id<'limitChange'>;
  kind: LimitKind;
  amount_cents: Cents;
  effective_from: BusinessDate;
  expires_on: BusinessDate | null;
  status: LimitChange['status'];
  is_raise: boolean;
  reason: string;
  proposed_by: string;
  decided_by: string | null;
  created_at: Instant;
}): LimitChange {
  const { id, kind, status, reason } = row;
  return {
    ...{ id, kind, status, reason },
    amountCents: row.amount_cents,
    effectiveFrom: row.effective_from,
    expiresOn: row.expires_on,
    isRaise: row.is_raise,
    proposedBy: row.proposed_by,
    decidedBy: row.decided_by,
    createdAt: row.created_at,
  };
}
