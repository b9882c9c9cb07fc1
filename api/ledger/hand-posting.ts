/** Wishes to post by hand as the ledger sees them: their postings, and what they would do. */
import type { TenantHandle } from '../../db/database.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import { dryRun, type DryRun } from '../../db/ledger-dry-run.ts';
import type { NewTransaction } from '../../db/ledger-posting.ts';
import { postingsOfTransaction } from '../../db/ledger.ts';
import { adjusted } from '../../domain/ledger/movements.ts';
import { reversalOf } from '../../domain/ledger/postings.ts';
import type { HandPosting } from '../../domain/ledger/posting-requests.ts';
import { problem, type Problem } from '../problems.ts';

export const ledgerRefusals = ['insufficient-funds', 'already-reversed', 'account-closed'] as const;

type Draft = Pick<NewTransaction, 'kind' | 'postings' | 'reverses'>;

/** What a wish would post; undefined when the tenant has no such account or transaction. */
export async function draftOf(t: TenantHandle, wish: HandPosting): Promise<Draft | undefined> {
  switch (wish.kind) {
    case 'adjustment': {
      const [account] = await listAccountBalances(t, { id: wish.accountId, limit: 1 });
      // The other side of every correction is not corrected itself.
      if (account === undefined || account.kind === 'adjustment') return undefined;
      const { kind, owner } = account;
      const postings = adjusted({ kind, owner }, wish.amountCents, wish.side);
      return { kind: 'ledger.adjusted', postings };
    }
    case 'reversal': {
      const postings = await postingsOfTransaction(t, wish.transactionId);
      if (postings === undefined) return undefined;
      return {
        kind: 'ledger.reversed',
        postings: reversalOf(postings),
        reverses: wish.transactionId,
      };
    }
  }
}

/** What a wish would do at this moment; undefined when it is about nothing of the tenant. */
export async function tryOut(t: TenantHandle, wish: HandPosting): Promise<DryRun | undefined> {
  const draft = await draftOf(t, wish);
  return draft && dryRun(t, draft);
}

/** The answer to somebody whose posting the ledger refuses. */
export function refusalOf(code: string): Problem {
  const known = ledgerRefusals.find((refusal) => refusal === code);
  if (known === undefined) throw new Error(`the ledger refused a posting by hand: ${code}`);
  return problem(known);
}
