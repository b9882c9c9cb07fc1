/** A business with as many posted rows as a test wants, and its owner's token. */
import { recomputeRollups } from '../../db/rollups.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { postStatement, type Row } from '../db/fixture.ts';
import type { ApiStage } from './api.ts';
import { settleIn } from './tiers.ts';
import type { Somebody } from './tenants.ts';

/** Two thirds of the rows are money in; every seventh has words a spreadsheet would run. */
function someRows(count: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({
    receipt: `TD${String(n).padStart(8, '0')}`,
    direction: n % 3 === 0 ? 'out' : 'in',
    amountCents: 1_00 + n,
    minute: n % 600,
    details: n % 7 === 0 ? '=1+1' : `Sold to customer ${n}`,
  }));
}

/** Its rows are posted and its figures counted, in the place of its tier. */
export async function aShopWithRows(
  stage: ApiStage,
  count: number,
  tier: TenantTier = 'starter',
): Promise<{ somebody: Somebody; token: string }> {
  const { db, asOwner } = stage.database;
  const somebody = await stage.tenant();
  await settleIn(stage.database, somebody.tenantId, tier);
  const { accountId, inserted } = await postStatement(db, somebody, { rows: someRows(count) });
  // Without statistics, the invariants at the end compare each of so many rows with each.
  await asOwner('analyze shared.transactions, shared.statement_lines');
  const days = [...new Set(inserted.map(({ businessDate }) => businessDate))];
  await db.withTenant(somebody.tenantId, (t) => recomputeRollups(t, accountId, days));
  return { somebody, token: await stage.token(somebody) };
}
