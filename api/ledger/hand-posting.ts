/** Wishes to post by hand as the ledger sees them: their postings, and what they would do. */
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import { dryRun, type DryRun } from '../../db/ledger-dry-run.ts';
import type { NewTransaction } from '../../db/ledger-posting.ts';
import { postingsOfTransaction } from '../../db/ledger.ts';
import { auditRequest, insertPostingRequest } from '../../db/posting-requests.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { adjusted, customer, earned } from '../../domain/ledger/movements.ts';
import { reversalOf } from '../../domain/ledger/postings.ts';
import type { HandPosting } from '../../domain/ledger/posting-requests.ts';
import { expiryOf } from '../../domain/waiting.ts';
import { actorOf } from '../auth/principal.ts';
import { nowOf } from '../now.ts';
import { changeOwn } from '../own-data.ts';
import { problem, type Problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import type { Call } from '../route.ts';
import { showRequest } from './present.ts';

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
    case 'earning': {
      const { customerId, shortcodeId, amountCents } = wish;
      if ((await findCustomer(t, customerId)) === undefined) return undefined;
      if ((await findShortcode(t, shortcodeId)) === undefined) return undefined;
      const postings = earned({ shortcodeId, amountCents, from: customer(customerId) });
      return { kind: 'credit.earned', postings };
    }
  }
}

/** What a wish would do at this moment; undefined when it is about nothing of the tenant. */
export async function tryOut(t: TenantHandle, wish: HandPosting): Promise<DryRun | undefined> {
  const draft = await draftOf(t, wish);
  return draft && dryRun(t, draft);
}

/**
 * Stores the wish with its audit record, unless the ledger would refuse it anyhow. `said` is what the
 * caller sent: sent again under its Idempotency-Key, it is the same wish.
 */
export async function askForPosting(
  call: Call,
  wish: HandPosting,
  said: { reason: string; body: object },
) {
  const { principal } = call;
  const requestedAt = nowOf(call);
  const requestId = idFor(call, 'postingRequest', said.body);
  const actor = actorOf(principal);
  return changeOwn(call, async (t) => {
    const trial = await tryOut(t, wish);
    if (trial === undefined) return problem('not-found');
    if (trial.refusal !== null) return refusalOf(trial.refusal.code);
    const stored = await insertPostingRequest(t, {
      ...{ id: requestId, wish, reason: said.reason, requestedBy: actor, requestedAt },
      expiresAt: expiryOf(requestedAt),
    });
    if (stored === undefined) return problem('already-requested');
    const detail = { kind: wish.kind, reason: said.reason };
    await auditRequest(t, { actor, action: 'ledger.posting-requested', requestId, detail });
    return { status: 201 as const, body: showRequest(stored, { principal, now: requestedAt }) };
  });
}

/** The answer to somebody whose posting the ledger refuses. */
export function refusalOf(code: string): Problem {
  const known = ledgerRefusals.find((refusal) => refusal === code);
  if (known === undefined) throw new Error(`the ledger refused a posting by hand: ${code}`);
  return problem(known);
}
