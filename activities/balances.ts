/** The database steps of asking for balances. */
import type { Database } from '../db/database.ts';
import { findQuery } from '../db/payout-evidence.ts';
import type { BalanceSteps } from './disbursement-steps.ts';

export function createBalanceActivities({ db }: { db: Database }): BalanceSteps {
  return {
    wasAnswered: ({ tenantId, queryId }) =>
      db.withTenant(
        tenantId,
        async (t) => {
          const query = await findQuery(t, queryId);
          return query !== undefined && query.answered_at !== null;
        },
        { readOnly: true },
      ),
  };
}
