/**
 * `npm run ledger:verify [-- --tenant UUID]`: computes every seal of the books again from what is
 * stored now. Ends with 1 when postings were altered, dropped or added behind a seal.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { verifySeals } from '../db/ledger-seals.ts';
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
      ? await db.asOperator('verify the seals of the books', listTenantIds)
      : [id('tenant', values.tenant)];
  let broken = 0;
  for (const tenantId of tenants) if (!(await report(tenantId))) broken += 1;
  console.log(`${tenants.length} ledgers checked, ${broken} not as they were sealed`);
  process.exitCode = broken === 0 ? 0 : 1;
} finally {
  await db.close();
}

async function report(tenantId: TenantId): Promise<boolean> {
  const verdict = await db.withTenant(tenantId, verifySeals, { readOnly: true });
  const words = verdict.ok
    ? `intact, ${verdict.seals} seals over ${verdict.transactions} transactions`
    : `BROKEN at seal ${verdict.seq}: ${verdict.problem}`;
  console.log(`${tenantId} ${words}`);
  return verdict.ok;
}
