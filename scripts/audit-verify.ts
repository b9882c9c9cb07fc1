/**
 * `npm run audit:verify [-- --tenant UUID]`: computes every audit chain again and compares it with
 * its head and with the anchors kept outside. Ends with 1 when one of them is not as it was written.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { auditAnchors } from '../db/audit-list.ts';
import { verifyAudit } from '../db/audit.ts';
import { openDatabase } from '../db/database.ts';
import { listTenantIds } from '../db/tenants.ts';
import { id, type TenantId } from '../domain/ids.ts';

const { values } = parseArgs({ options: { tenant: { type: 'string' } } });
const config = readConfig(process.env);
const db = openDatabase({
  url: config.database.url.reveal(),
  poolMax: 2,
  kek: config.keys.kek.reveal(),
  kekId: config.keys.kekId,
});
try {
  const tenants =
    values.tenant === undefined
      ? await db.asOperator('verify the audit logs', listTenantIds)
      : [id('tenant', values.tenant)];
  let broken = 0;
  for (const tenantId of tenants) if (!(await report(tenantId))) broken += 1;
  console.log(`${tenants.length} audit logs checked, ${broken} not as they were written`);
  process.exitCode = broken === 0 ? 0 : 1;
} finally {
  await db.close();
}

async function report(tenantId: TenantId): Promise<boolean> {
  const anchors = await auditAnchors(db, tenantId);
  const verdict = await db.withTenant(tenantId, (t) => verifyAudit(t, anchors), { readOnly: true });
  const words = verdict.ok
    ? `intact, ${verdict.records} records, ${anchors.length} anchors`
    : `BROKEN at record ${verdict.firstBadSeq}: ${verdict.problem}`;
  console.log(`${tenantId} ${words}`);
  return verdict.ok;
}
