/**
 * `npm run ledger:verify [-- --tenant UUID]`: computes every seal of the books again from what is
 * stored now. Ends with 1 when postings were altered, dropped or added behind a seal.
 */
import { verifySeals } from '../db/ledger-seals.ts';
import { verifyTenants } from './house-database.ts';

const asked = { why: 'verify the seals of the books', what: 'ledgers', good: 'sealed' };
await verifyTenants(asked, async (db, tenantId) => {
  const verdict = await db.withTenant(tenantId, verifySeals, { readOnly: true });
  return {
    ok: verdict.ok,
    words: verdict.ok
      ? `intact, ${verdict.seals} seals over ${verdict.transactions} transactions`
      : `BROKEN at seal ${verdict.seq}: ${verdict.problem}`,
  };
});
