/** What postings would do to the accounts, without doing it: nothing is written and nothing is locked. */
import type { LedgerAccountId, LedgerTransactionId } from '../domain/ids.ts';
import { accountKey, applyPostings, effectsOf } from '../domain/ledger/postings.ts';
import type { AccountKey, Held } from '../domain/ledger/postings.ts';
import type { AccountRef, Posting } from '../domain/ledger/terms.ts';
import { add, type Cents } from '../domain/money.ts';
import type { TenantHandle } from './database.ts';
import { balanceOf, findAccounts } from './ledger-accounts.ts';
import type { PostRefusal } from './ledger-posting.ts';

export interface DryEffect {
  account: AccountRef;
  /** Null when the account would be opened by the posting. */
  accountId: LedgerAccountId | null;
  changeCents: Cents;
  beforeCents: Cents;
  afterCents: Cents;
  /** What may be spent now. */
  availableCents: Cents;
}

export interface DryRun {
  effects: DryEffect[];
  /** Why the ledger would say no at this moment; null when it would post. */
  refusal: PostRefusal | null;
}

/** Judges postings as the ledger would now. With `reverses`, as the opposite of that transaction. */
export async function dryRun(
  t: TenantHandle,
  draft: { postings: readonly Posting[]; reverses?: LedgerTransactionId },
): Promise<DryRun> {
  const moves = [...effectsOf(draft.postings)];
  const known = await findAccounts(
    t,
    moves.map(([, { account }]) => account),
  );
  const book = new Map<AccountKey, Held>();
  const effects: DryEffect[] = [];
  for (const [key, { account, netCents }] of moves) {
    const held = await balanceOf(t, account);
    book.set(key, held);
    effects.push({
      ...{ account, accountId: known.get(key)?.id ?? null, changeCents: netCents },
      ...{ beforeCents: held.balanceCents, afterCents: add(held.balanceCents, netCents) },
      availableCents: held.availableCents,
    });
  }
  const closed = effects.find(({ account }) => known.get(accountKey(account))?.isClosed);
  const isUndone = draft.reverses !== undefined && (await hasOpposite(t, draft.reverses));
  const applied = applyPostings(book, draft.postings);
  if (isUndone) return { effects, refusal: { code: 'already-reversed' } };
  if (closed !== undefined)
    return { effects, refusal: { code: 'account-closed', account: closed.account } };
  if (!applied.ok)
    return { effects, refusal: { code: 'insufficient-funds', account: applied.account } };
  return { effects, refusal: null };
}

async function hasOpposite(t: TenantHandle, transactionId: LedgerTransactionId): Promise<boolean> {
  const found = await t.query
    .selectFrom('ledger_transactions')
    .select('id')
    .where('tenant_id', '=', t.tenantId)
    .where('reverses', '=', transactionId)
    .executeTakeFirst();
  return found !== undefined;
}
