/**
 * Reservations: money that is still there and may no longer be spent. Reserve first, then act, then
 * commit what really happened or void it; whoever forgets loses the reservation when it expires.
 */
import { sql } from 'kysely';
import type { LedgerTransactionId, ReservationId } from '../domain/ids.ts';
import { accountKey, availableOf, isUnbounded } from '../domain/ledger/postings.ts';
import type {
  AccountRef,
  Posting,
  ReservationStatus,
  Source,
  VoidReason,
} from '../domain/ledger/terms.ts';
import { subtract, sum, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { lockAccounts, ensureAccounts } from './ledger-accounts.ts';
import { postTransactions, tryAgain } from './ledger-posting.ts';

export interface NewReservation {
  /** Unique per tenant; also how the reservation is committed or voided. */
  reference: string;
  from: AccountRef;
  to: AccountRef;
  amountCents: Cents;
  expiresAt: Instant;
  source: Source;
}

export type ReserveResult =
  | { ok: true; reservationId: ReservationId; isNew: boolean }
  | {
      ok: false;
      refusal:
        | { code: 'insufficient-funds'; availableCents: Cents }
        | { code: 'reference-mismatch' | 'account-closed' };
    };

interface StoredReservation {
  id: ReservationId;
  from: AccountRef;
  to: AccountRef;
  amountCents: Cents;
  status: ReservationStatus;
  why: VoidReason | null;
  transactionId: LedgerTransactionId | null;
}

/** Holds an amount on `from`; the same reference again finds the first one, whatever became of it. */
export async function reserve(t: TenantHandle, wish: NewReservation): Promise<ReserveResult> {
  if (wish.amountCents <= 0) throw new RangeError('a reservation holds more than nothing');
  const accounts = await ensureAccounts(t, [wish.from, wish.to]);
  const from = accounts.get(accountKey(wish.from));
  const to = accounts.get(accountKey(wish.to));
  if (from === undefined || to === undefined) throw new Error('an account of the ledger vanished');
  const locked = (await lockAccounts(t, [from.id])).get(from.id);
  if (locked === undefined) throw new Error('an account of the ledger vanished');
  const twin = await findReservation(t, wish.reference);
  const outcome = ((): ReserveResult | undefined => {
    if (twin !== undefined) return sameOrMismatch(twin, wish);
    if (from.isClosed || to.isClosed) return { ok: false, refusal: { code: 'account-closed' } };
    const availableCents = availableOf(locked);
    if (isUnbounded(wish.from.kind) || availableCents >= wish.amountCents) return undefined;
    return { ok: false, refusal: { code: 'insufficient-funds', availableCents } };
  })();
  await t.query
    .updateTable('ledger_accounts')
    .set(({ eb }) => ({
      balance_cents: eb('balance_cents', '+', locked.foldedCents),
      reserved_cents: eb(
        'reserved_cents',
        '+',
        outcome === undefined ? wish.amountCents : (0 as Cents),
      ),
      version: eb('version', '+', 1),
    }))
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', from.id)
    .execute();
  if (outcome !== undefined) return outcome;
  const { kind, id, workflowId, actor } = wish.source;
  const stored = await t.query
    .insertInto('ledger_reservations')
    .values({
      tenant_id: t.tenantId,
      reference: wish.reference,
      from_account_id: from.id,
      to_account_id: to.id,
      amount_cents: wish.amountCents,
      expires_at: wish.expiresAt,
      source_kind: kind,
      source_id: id,
      workflow_id: workflowId ?? null,
      actor,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (stored === undefined) throw tryAgain();
  return { ok: true, reservationId: stored.id, isNew: true };
}

function sameOrMismatch(twin: StoredReservation, wish: NewReservation): ReserveResult {
  const isSame =
    twin.amountCents === wish.amountCents &&
    accountKey(twin.from) === accountKey(wish.from) &&
    accountKey(twin.to) === accountKey(wish.to);
  if (!isSame) return { ok: false, refusal: { code: 'reference-mismatch' } };
  return { ok: true, reservationId: twin.id, isNew: false };
}

export type CommitResult =
  | { ok: true; transactionId: LedgerTransactionId; isNew: boolean }
  | { ok: false; refusal: { code: 'not-open' | 'over-reserved' | 'account-closed' } };

export interface Commit {
  reference: string;
  /** Less than what is reserved commits a part and frees the rest; all of it when left out. */
  amountCents?: Cents;
  occurredAt: Instant;
  /** What really happened, when that is more than the one movement that was reserved. */
  postings?: readonly Posting[];
  source: Source;
  /** The kind of the transaction; `reservation.committed` when left out. */
  kind?: string;
}

/**
 * Turns a reservation into the transaction `{reference}/commit` and frees what it did not use. What
 * leaves the reserved account may not exceed what was reserved, charges of M-PESA aside.
 */
export async function commitReservation(t: TenantHandle, commit: Commit): Promise<CommitResult> {
  const held = await lockReservation(t, commit.reference);
  if (held === undefined) return { ok: false, refusal: { code: 'not-open' } };
  if (held.status === 'committed' && held.transactionId !== null)
    return { ok: true, transactionId: held.transactionId, isNew: false };
  if (held.status !== 'open') return { ok: false, refusal: { code: 'not-open' } };
  const amountCents = commit.amountCents ?? held.amountCents;
  const postings = commit.postings ?? [{ from: held.from, to: held.to, amountCents }];
  const spentCents = spentFrom(held.from, postings);
  if (spentCents > held.amountCents || spentCents <= 0)
    return { ok: false, refusal: { code: 'over-reserved' } };
  const { occurredAt, source, kind = 'reservation.committed' } = commit;
  const draft = { reference: `${commit.reference}/commit`, kind, occurredAt, postings, source };
  const release = { account: held.from, amountCents: held.amountCents };
  const [posted] = await postTransactions(t, [draft], release);
  if (posted === undefined) throw new Error('nothing was posted');
  if (!posted.ok) return refusedCommit(posted.refusal.code);
  await close(t, held, {
    status: 'committed',
    committed_cents: spentCents,
    transaction_id: posted.transactionId,
  });
  return { ok: true, transactionId: posted.transactionId, isNew: true };
}

function refusedCommit(code: string): CommitResult {
  if (code === 'account-closed') return { ok: false, refusal: { code } };
  // The reserved money is there by construction; only further postings can lack theirs.
  return { ok: false, refusal: { code: 'over-reserved' } };
}

/** What leaves the account for anything but charges. */
function spentFrom(account: AccountRef, postings: readonly Posting[]): Cents {
  const key = accountKey(account);
  const leaving = postings.filter(
    ({ from, to }) =>
      accountKey(from) === key && !(account.kind === 'utility' && to.kind === 'charges'),
  );
  const returning = postings.filter(({ to }) => accountKey(to) === key);
  return subtract(
    sum(leaving.map(({ amountCents }) => amountCents)),
    sum(returning.map(({ amountCents }) => amountCents)),
  );
}

export type VoidResult =
  { ok: true; isNew: boolean } | { ok: false; refusal: { code: 'not-open' } };

/** Frees a reservation; repeating it is harmless, and one that was committed stays committed. */
export async function voidReservation(
  t: TenantHandle,
  { reference, why }: { reference: string; why: VoidReason },
): Promise<VoidResult> {
  const held = await lockReservation(t, reference);
  if (held === undefined || held.status === 'committed')
    return { ok: false, refusal: { code: 'not-open' } };
  if (held.status !== 'open') return { ok: true, isNew: false };
  await close(t, held, { status: why === 'expired' ? 'expired' : 'voided', why });
  return { ok: true, isNew: true };
}

/** Frees what expired before `now`, oldest first; returns the references. */
export async function expireReservations(
  t: TenantHandle,
  { now, limit }: { now: Instant; limit: number },
): Promise<string[]> {
  const due = await t.query
    .selectFrom('ledger_reservations')
    .select('reference')
    .where('tenant_id', '=', t.tenantId)
    .where('status', '=', 'open')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  const expired: string[] = [];
  for (const { reference } of due) {
    const done = await voidReservation(t, { reference, why: 'expired' });
    if (done.ok && done.isNew) expired.push(reference);
  }
  return expired;
}

async function close(
  t: TenantHandle,
  held: StoredReservation,
  end:
    | { status: 'committed'; committed_cents: Cents; transaction_id: LedgerTransactionId }
    | { status: 'voided' | 'expired'; why: VoidReason },
): Promise<void> {
  await t.query
    .updateTable('ledger_reservations')
    .set({ ...end, closed_at: sql<Instant>`clock_timestamp()` })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', held.id)
    .execute();
  await t.query
    .updateTable('ledger_accounts')
    .set(({ eb }) => ({
      reserved_cents: eb('reserved_cents', '-', held.amountCents),
      version: eb('version', '+', 1),
    }))
    .where('tenant_id', '=', t.tenantId)
    .where('kind', '=', held.from.kind)
    .where('owner', '=', held.from.owner)
    .execute();
}

/** A reservation by its reference, or undefined. */
export function findReservation(
  t: TenantHandle,
  reference: string,
): Promise<StoredReservation | undefined> {
  return readReservation(t, reference, sql``);
}

function lockReservation(t: TenantHandle, reference: string) {
  return readReservation(t, reference, sql`for no key update of r`);
}

async function readReservation(t: TenantHandle, reference: string, lock: ReturnType<typeof sql>) {
  const found = await sql<StoredReservation>`
    select r.id, json_build_object('kind', f.kind, 'owner', f.owner) as "from",
      json_build_object('kind', g.kind, 'owner', g.owner) as "to", r.amount_cents as "amountCents",
      r.status, r.why, r.transaction_id as "transactionId"
    from ${t.table('ledger_reservations')} r
    join ${t.table('ledger_accounts')} f on f.tenant_id = r.tenant_id and f.id = r.from_account_id
    join ${t.table('ledger_accounts')} g on g.tenant_id = r.tenant_id and g.id = r.to_account_id
    where r.tenant_id = ${t.tenantId} and r.reference = ${reference} ${lock}`.execute(t.query);
  return found.rows[0];
}
