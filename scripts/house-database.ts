/** The database as commands of the house open it, and what they ask of every business. */
import { parseArgs } from 'node:util';
import { readConfig, type Config } from '../config.ts';
import { openDatabase, type Database } from '../db/database.ts';
import { listTenantIds } from '../db/tenants.ts';
import { id, type TenantId } from '../domain/ids.ts';

/** Opens the database of the configuration, lets `work` use it and closes it whatever happens. */
export async function withHouseDatabase<Result>(
  work: (db: Database, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(process.env);
  const db = openDatabase({
    url: config.database.url.reveal(),
    poolMax: 2,
    kek: config.keys.kek.reveal(),
    kekId: config.keys.kekId,
  });
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

/** What was found out about one business, in words. */
export interface Verified {
  ok: boolean;
  words: string;
}

/**
 * Verifies the business that `--tenant UUID` names, or all of them, and prints a line for each and one for all:
 * `3 ledgers checked, 0 not as they were sealed`. The process ends with 1 when one is broken.
 */
export async function verifyTenants(
  { why, what, good }: { why: string; what: string; good: string },
  verify: (db: Database, tenantId: TenantId) => Promise<Verified>,
): Promise<void> {
  const { tenant } = parseArgs({ options: { tenant: { type: 'string' } } }).values;
  await withHouseDatabase(async (db) => {
    const tenants =
      tenant === undefined ? await db.asOperator(why, listTenantIds) : [id('tenant', tenant)];
    let broken = 0;
    for (const tenantId of tenants) {
      const { ok, words } = await verify(db, tenantId);
      if (!ok) broken += 1;
      console.log(`${tenantId} ${words}`);
    }
    console.log(`${tenants.length} ${what} checked, ${broken} not as they were ${good}`);
    process.exitCode = broken === 0 ? 0 : 1;
  });
}
