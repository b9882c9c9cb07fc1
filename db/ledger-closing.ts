/**
 * Accounts nobody is to use any more. A closed account refuses whatever somebody wants; what M-PESA
 * has done already is a fact, and facts open it again.
 */
import { sql } from 'kysely';
import type { AuditAction } from '../domain/audit/actions.ts';
import type { LedgerAccountId } from '../domain/ids.ts';
import { isUnbounded } from '../domain/ledger/postings.ts';
import type { AccountRef } from '../domain/ledger/terms.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { lockAccounts } from './ledger-accounts.ts';
import { postTransactions, type NewTransaction, type PostResult } from './ledger-posting.ts';

export type ClosingRefusal = 'not-found' | 'account-needed' | 'account-not-empty';

/** Closes an account, or says why not; closing a closed one changes nothing. */
export async function closeAccount(
  t: TenantHandle,
  accountId: LedgerAccountId,
  { actor, reason }: { actor: string; reason: string },
): Promise<ClosingRefusal | undefined> {
  const account = await findAccount(t, accountId);
  if (account === undefined) return 'not-found';
  if (isUnbounded(account.kind)) return 'account-needed';
  if (account.closed_at !== null) return undefined;
  const held = (await lockAccounts(t, [accountId])).get(accountId);
  if (held === undefined) return 'not-found';
  const isEmpty = held.balanceCents === 0 && held.reservedCents === 0;
  await t.query
    .updateTable('ledger_accounts')
    // The lock took what waited out of the notes: the row has to say it now, closed or not.
    .set({ balance_cents: held.balanceCents })
    .$if(isEmpty, (query) => query.set({ closed_at: sql<Instant>`now()` }))
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', accountId)
    .execute();
  if (!isEmpty) return 'account-not-empty';
  await record(t, { accountId, actor, reason, action: 'ledger.account-closed' });
  return undefined;
}

/** Opens an account again; false when the tenant has no such account. */
export async function reopenAccount(
  t: TenantHandle,
  accountId: LedgerAccountId,
  { actor, reason }: { actor: string; reason: string },
): Promise<boolean> {
  const account = await findAccount(t, accountId);
  if (account === undefined || account.closed_at === null) return account !== undefined;
  await t.query
    .updateTable('ledger_accounts')
    .set({ closed_at: null })
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', accountId)
    .execute();
  await record(t, { accountId, actor, reason, action: 'ledger.account-reopened' });
  return true;
}

/** Posts what has happened already: an account that was closed meanwhile is opened again for it. */
export async function postFact(t: TenantHandle, draft: NewTransaction): Promise<PostResult> {
  for (;;) {
    const [posted] = await postTransactions(t, [draft]);
    if (posted === undefined) throw new Error('nothing was posted');
    if (posted.ok || posted.refusal.code !== 'account-closed') return posted;
    const { account } = posted.refusal;
    const accountId = account && (await idOf(t, account));
    if (accountId === undefined) return posted;
    const reason = `Money moved: ${draft.reference}`;
    await reopenAccount(t, accountId, { actor: 'service:ledger', reason });
  }
}

/** Opens closed accounts that money reached in the moment they were closed; answers how many. */
export async function reopenReached(t: TenantHandle): Promise<number> {
  const reached = await t.query
    .selectFrom('ledger_accounts as a')
    .select('a.id')
    .where('a.tenant_id', '=', t.tenantId)
    .where('a.closed_at', 'is not', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('ledger_deltas as d')
          .select('d.id')
          .whereRef('d.tenant_id', '=', 'a.tenant_id')
          .whereRef('d.account_id', '=', 'a.id'),
      ),
    )
    .execute();
  const reason = 'Money reached it in the moment it was closed';
  for (const { id } of reached) await reopenAccount(t, id, { actor: 'service:ledger', reason });
  return reached.length;
}

function findAccount(t: TenantHandle, accountId: LedgerAccountId) {
  return t.query
    .selectFrom('ledger_accounts')
    .select(['kind', 'closed_at'])
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', accountId)
    .executeTakeFirst();
}

async function idOf(t: TenantHandle, { kind, owner }: AccountRef) {
  const found = await t.query
    .selectFrom('ledger_accounts')
    .select('id')
    .where('tenant_id', '=', t.tenantId)
    .where('kind', '=', kind)
    .where('owner', '=', owner)
    .executeTakeFirst();
  return found?.id;
}

async function record(
  t: TenantHandle,
  deed: { accountId: LedgerAccountId; actor: string; reason: string; action: AuditAction },
): Promise<void> {
  const { accountId: objectId, actor, action, reason } = deed;
  await appendAudit(t, {
    ...{ actor, action, objectKind: 'ledger-account', objectId, detail: { reason } },
  });
}
