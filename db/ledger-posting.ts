/**
 * Posting, set-based: one transaction or hundreds cost the same number of statements. Nothing is
 * stored of a transaction that is refused.
 */
import { createHash } from 'node:crypto';
import { id } from '../domain/ids.ts';
import type { LedgerAccountId, LedgerTransactionId } from '../domain/ids.ts';
import {
  accountKey,
  applyPostings,
  assertPostings,
  effectsOf,
  isUnbounded,
  legsOf,
} from '../domain/ledger/postings.ts';
import type { AccountKey, Held } from '../domain/ledger/postings.ts';
import type { AccountRef, Posting, Source } from '../domain/ledger/terms.ts';
import { add, subtract, zero, type Cents } from '../domain/money.ts';
import { businessDateOf, instantFromEpochMs } from '../domain/time.ts';
import type { Instant } from '../domain/time.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TenantHandle } from './database.ts';
import { ensureAccounts, foldIfFree, lockAccounts } from './ledger-accounts.ts';
import { correctDays, lastWrittenDay } from './ledger-days.ts';
import type { LateEntry } from './ledger-days.ts';
import { noticeCrossings } from './ledger-monitors.ts';
import type { Crossing } from './ledger-monitors.ts';
import { lookUp, writeRows } from './ledger-statements.ts';
import type { KnownAccount, LockedAccount } from './ledger-accounts.ts';
import { newUuid } from './new-id.ts';

export interface NewTransaction {
  /** Unique per tenant, such as `collection/<id>/paid`: a repeat finds the first. */
  reference: string;
  /** What happened, such as `collection.paid`. */
  kind: string;
  /** When it happened; may be earlier than now. */
  occurredAt: Instant;
  postings: readonly Posting[];
  source: Source;
  reverses?: LedgerTransactionId;
  /** Why a person did it; in their words, without personal data. */
  reason?: string;
  /** Given when somebody has to know the id beforehand. */
  transactionId?: LedgerTransactionId;
}

export type PostRefusal = {
  code: 'reference-mismatch' | 'insufficient-funds' | 'already-reversed' | 'account-closed';
  account?: AccountRef;
};

export type PostResult =
  | { ok: true; transactionId: LedgerTransactionId; isNew: boolean }
  | { ok: false; refusal: PostRefusal };

/** Money that stops being reserved in the moment the postings are made. */
export interface Release {
  account: AccountRef;
  amountCents: Cents;
}

interface Prepared extends NewTransaction {
  transactionId: LedgerTransactionId;
  hash: string;
}

/** Opportunistic folding: one transaction in this many, so notes never pile up. */
const foldEvery = 64;

/**
 * Posts in the given order; later ones see what earlier ones moved. Locks accounts in the order of
 * their ids. Throws an error named `TryAgain` (which `withTenant` follows) when somebody committed
 * the same reference or reversal a moment ago.
 */
export async function postTransactions(
  t: TenantHandle,
  drafts: readonly NewTransaction[],
  release?: Release,
): Promise<PostResult[]> {
  if (drafts.length === 0) return [];
  const prepared = drafts.map(prepare);
  const stored = await look(t, prepared, release);
  const { accounts } = stored;
  const fresh = prepared.filter(({ reference }) => !stored.references.has(reference));
  const locked = await lockAccounts(t, idsToLock(fresh, accounts, release));
  const book = bookOf(accounts, locked, release);
  const accepted: Prepared[] = [];
  if (locked.size > 0) await lookAgain(t, fresh, stored);
  const results = prepared.map((draft) => {
    const result = decide(draft, { ...stored, book });
    if (!result.ok || !result.isNew) return result;
    accepted.push(draft);
    stored.references.set(draft.reference, draft);
    if (draft.reverses !== undefined) stored.reversed.add(draft.reverses);
    return result;
  });
  await write(t, { accepted, accounts, locked, book });
  return results;
}

function prepare(draft: NewTransaction): Prepared {
  assertPostings(draft.postings);
  const { kind, postings, reverses } = draft;
  const meaning = canonicalJson({ kind, postings, reverses });
  return {
    ...draft,
    transactionId: draft.transactionId ?? id('ledgerTransaction', newUuid(Date.now())),
    hash: createHash('sha256').update(meaning).digest('hex'),
  };
}

interface Stored {
  references: Map<string, { transactionId: LedgerTransactionId; hash: string }>;
  reversed: Set<LedgerTransactionId>;
  accounts: Map<AccountKey, KnownAccount>;
}

/** What is known of the references, reversals and accounts; accounts that are new are opened. */
async function look(
  t: TenantHandle,
  drafts: readonly Prepared[],
  release?: Release,
): Promise<Stored> {
  const touched = drafts.flatMap(({ postings }) => postings.flatMap(({ from, to }) => [from, to]));
  if (release !== undefined) touched.push(release.account);
  const refs = new Map(touched.map((ref) => [accountKey(ref), ref]));
  const wanted = [...refs.values()];
  const { stored, accounts: found } = await lookUp(t, {
    references: drafts.map(({ reference }) => reference),
    reverses: drafts.flatMap((draft) => draft.reverses ?? []),
    wanted,
  });
  const accounts = new Map(found.map((account) => [accountKey(account), account]));
  const missing = wanted.filter((ref) => !accounts.has(accountKey(ref)));
  return {
    references: new Map(stored.map((row) => [row.reference, row])),
    reversed: new Set(stored.flatMap((row) => row.reverses ?? [])),
    accounts:
      missing.length === 0
        ? accounts
        : new Map([...accounts, ...(await ensureAccounts(t, missing))]),
  };
}

/**
 * We may have waited for the locks, and whoever held them may have posted the same: that has to be
 * known before the balances are judged, or a repeat would be refused for lack of funds.
 */
async function lookAgain(
  t: TenantHandle,
  drafts: readonly Prepared[],
  known: Stored,
): Promise<void> {
  const references = drafts.map(({ reference }) => reference);
  const reverses = drafts.flatMap((draft) => draft.reverses ?? []);
  const { stored } = await lookUp(t, { references, reverses, wanted: [] });
  for (const row of stored) {
    known.references.set(row.reference, row);
    if (row.reverses !== null) known.reversed.add(row.reverses);
  }
}

/** Accounts somebody takes from, and those whose crossings are watched; the others only receive. */
function idsToLock(
  drafts: readonly NewTransaction[],
  accounts: ReadonlyMap<AccountKey, KnownAccount>,
  release?: Release,
): LedgerAccountId[] {
  const ids = new Set<LedgerAccountId>();
  for (const { postings } of drafts) {
    for (const [key, { account, isDebited }] of effectsOf(postings)) {
      const known = mustFind(accounts, key);
      const isFree = isUnbounded(account.kind);
      // A fall below is noticed by whoever takes; money that enters need not wait for that.
      const isWatched = known.watch !== null && (isFree || isDebited || known.watch !== 'below');
      if (isWatched || (isDebited && !isFree)) ids.add(known.id);
    }
  }
  if (release !== undefined) ids.add(mustFind(accounts, accountKey(release.account)).id);
  return [...ids];
}

function bookOf(
  accounts: ReadonlyMap<AccountKey, KnownAccount>,
  locked: ReadonlyMap<LedgerAccountId, LockedAccount>,
  release?: Release,
): Map<AccountKey, Held> {
  const book = new Map<AccountKey, Held>();
  for (const [key, account] of accounts) {
    const held = locked.get(account.id);
    if (held !== undefined) book.set(key, held);
  }
  if (release === undefined) return book;
  const key = accountKey(release.account);
  const held = book.get(key);
  if (held === undefined) throw new Error(`the account of a reservation is not locked: ${key}`);
  const { amountCents: promisedCents } = release;
  const reservedCents = subtract(held.reservedCents, promisedCents);
  book.set(key, { ...held, reservedCents, promisedCents });
  return book;
}

function decide(draft: Prepared, known: Stored & { book: Map<AccountKey, Held> }): PostResult {
  const twin = known.references.get(draft.reference);
  if (twin !== undefined) {
    if (twin.hash !== draft.hash) return { ok: false, refusal: { code: 'reference-mismatch' } };
    return { ok: true, transactionId: twin.transactionId, isNew: false };
  }
  if (draft.reverses !== undefined && known.reversed.has(draft.reverses))
    return { ok: false, refusal: { code: 'already-reversed' } };
  for (const [key, { account }] of effectsOf(draft.postings)) {
    if (mustFind(known.accounts, key).isClosed)
      return { ok: false, refusal: { code: 'account-closed', account } };
  }
  const applied = applyPostings(known.book, draft.postings);
  if (!applied.ok)
    return { ok: false, refusal: { code: 'insufficient-funds', account: applied.account } };
  return { ok: true, transactionId: draft.transactionId, isNew: true };
}

interface Writing {
  accepted: readonly Prepared[];
  accounts: ReadonlyMap<AccountKey, KnownAccount>;
  locked: ReadonlyMap<LedgerAccountId, LockedAccount>;
  book: ReadonlyMap<AccountKey, Held>;
}

async function write(t: TenantHandle, writing: Writing): Promise<void> {
  const { accepted, accounts, locked } = writing;
  const { balances, deltas } = movesOf(writing);
  if (accepted.length === 0 && balances.every(({ change }) => change === 0)) return;
  const transactions = accepted.map(transactionRow);
  const entries = accepted.flatMap((draft) => entryRows(draft, accounts));
  const count = await writeRows(t, { transactions, entries, deltas, balances });
  if (count !== accepted.length) throw tryAgain();
  await noticeCrossings(t, crossingsOf(writing));
  await correctDays(t, lateEntries(writing));
  if (isTimeToFold(accepted) && deltas.length > 0)
    await foldIfFree(
      t,
      deltas.map(({ id }) => id).filter((id) => !locked.has(id)),
    );
}

/** By how much rows change that we hold, and what is noted for those we do not. */
function movesOf({ accepted, accounts, locked }: Writing) {
  const nets = new Map<LedgerAccountId, Cents>();
  for (const { postings } of accepted) {
    for (const [key, { netCents }] of effectsOf(postings)) {
      const { id: accountId } = mustFind(accounts, key);
      nets.set(accountId, add(nets.get(accountId) ?? zero, netCents));
    }
  }
  const balances = [...locked.values()].map(({ id: accountId, foldedCents }) => ({
    id: accountId,
    change: add(foldedCents, nets.get(accountId) ?? zero),
  }));
  const deltas = [...nets]
    .filter(([accountId, change]) => !locked.has(accountId) && change !== 0)
    .map(([accountId, change]) => ({ id: accountId, change }));
  return { balances, deltas };
}

/** Entries of days whose balances may have been written down already. */
function lateEntries({ accepted, accounts }: Writing): LateEntry[] {
  const edge = lastWrittenDay(instantFromEpochMs(Date.now()));
  return accepted.flatMap((draft) => {
    const day = businessDateOf(draft.occurredAt);
    if (day > edge) return [];
    return entryRows(draft, accounts).map(({ account, cents }) => ({
      accountId: account,
      day,
      cents,
    }));
  });
}

/** Watched accounts we hold, before and after. */
function crossingsOf({ accounts, locked, book }: Writing): Crossing[] {
  return [...accounts].flatMap(([key, { id: accountId, watch }]) => {
    const before = locked.get(accountId)?.balanceCents;
    const after = book.get(key)?.balanceCents;
    if (watch === null || before === undefined || after === undefined) return [];
    return [{ accountId, before, after }];
  });
}

function transactionRow(draft: Prepared) {
  const { transactionId, reference, kind, occurredAt, hash, reverses, source, reason } = draft;
  const { kind: sourceKind, id: sourceId, workflowId, receipt, actor } = source;
  return {
    ...{ id: transactionId, reference, kind, at: occurredAt, hash, reverses },
    ...{ sourceKind, sourceId, workflowId, receipt, actor, reason },
  };
}

function entryRows(draft: Prepared, accounts: ReadonlyMap<AccountKey, KnownAccount>) {
  return legsOf(draft.postings).map(({ leg, account, amountCents }) => ({
    x: draft.transactionId,
    leg,
    account: mustFind(accounts, accountKey(account)).id,
    cents: amountCents,
    at: draft.occurredAt,
  }));
}

/** Ids end in random digits, so this is true once in `foldEvery` transactions. */
function isTimeToFold(accepted: readonly Prepared[]): boolean {
  return accepted.some(
    ({ transactionId }) => Number.parseInt(transactionId.slice(-4), 16) % foldEvery === 0,
  );
}

function mustFind(accounts: ReadonlyMap<AccountKey, KnownAccount>, key: AccountKey): KnownAccount {
  const account = accounts.get(key);
  if (account === undefined) throw new Error(`an account of the ledger vanished: ${key}`);
  return account;
}

/** Asks `withTenant` to run the whole piece of work again on a younger snapshot. */
export function tryAgain(): Error {
  const error = new Error('somebody committed the same reference a moment ago');
  return Object.assign(error, { name: 'TryAgain' });
}
