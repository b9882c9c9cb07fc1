/**
 * `npm run audit:verify [-- --tenant UUID]`: computes every audit chain again and compares it with
 * its head and with the anchors kept outside. Ends with 1 when one of them is not as it was written.
 */
import { auditAnchors } from '../db/audit-list.ts';
import { verifyAudit } from '../db/audit.ts';
import { verifyTenants } from './house-database.ts';

const asked = { why: 'verify the audit logs', what: 'audit logs', good: 'written' };
await verifyTenants(asked, async (db, tenantId) => {
  const anchors = await auditAnchors(db, tenantId);
  const verdict = await db.withTenant(tenantId, (t) => verifyAudit(t, anchors), { readOnly: true });
  return {
    ok: verdict.ok,
    words: verdict.ok
      ? `intact, ${verdict.records} records, ${anchors.length} anchors`
      : `BROKEN at record ${verdict.firstBadSeq}: ${verdict.problem}`,
  };
});
