/** What flags ask of a business: its plan, language, age, lists and choices. */
import type { FlagContext } from '../domain/flags/evaluate.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { listFlagLists, namesByTenant } from './flag-lists.ts';
import { flagChoices } from './flags.ts';
import type { TenantEnvironment } from './platform-tables.ts';
import { findTenant } from './tenant-record.ts';

export interface FlagFacts extends FlagContext {
  environment: TenantEnvironment;
}

const dayMs = 86_400_000;

/** Undefined when there is no such business. */
export async function readFlagFacts(
  db: Database,
  tenantId: TenantId,
  nowMs: number,
): Promise<FlagFacts | undefined> {
  const tenant = await findTenant(db, tenantId);
  if (tenant === undefined) return undefined;
  const choices = await db.withTenant(tenantId, flagChoices, { readOnly: true });
  const listsOf = namesByTenant(await listFlagLists(db));
  const ageDays = Math.max(0, Math.floor((nowMs - Date.parse(tenant.createdAt)) / dayMs));
  return {
    ...{ tenantId, plan: tenant.tier, environment: tenant.environment },
    ...{ language: tenant.settings.language, ageDays, lists: listsOf(tenantId), choices },
  };
}
