/** Changing the name and the settings of a business, by one person at a time. */
import { sql } from 'kysely';
import type { TenantId } from '../domain/ids.ts';
import { settingsFrom, type TenantSettings } from '../domain/tenants/settings.ts';
import { appendAudit, type AuditEntry } from './audit.ts';
import type { Database, TenantHandle } from './database.ts';

export interface NamedSettings {
  name: string;
  settings: TenantSettings;
}

/** What becomes of them, with the entry in the log of the business; or why nothing does. */
export type SettingsDecision<Refusal> =
  { after: NamedSettings; entry: AuditEntry } | { refusal: Refusal };

/**
 * Changes them in one transaction with the entry; `decide` gets what holds until then. Where the
 * business has a database of its own, the main record follows right after. Answers a refusal.
 */
export async function changeSettings<Refusal>(
  db: Database,
  tenantId: TenantId,
  decide: (before: NamedSettings) => SettingsDecision<Refusal>,
): Promise<Refusal | undefined> {
  const { decided, isElsewhere } = await db.withTenant(tenantId, async (t) => {
    const isOwnDatabase = t.place.startsWith('d_');
    if (!isOwnDatabase) await sql`set local role daftari_ops`.execute(t.query);
    const outcome = decide(await lockSettings(t));
    if ('after' in outcome) await write(t, outcome.after);
    if (!isOwnDatabase) await sql`reset role`.execute(t.query);
    if ('after' in outcome) await appendAudit(t, outcome.entry);
    return { decided: outcome, isElsewhere: isOwnDatabase };
  });
  if ('refusal' in decided) return decided.refusal;
  if (isElsewhere) {
    await db.asOperator('change the settings of a business', ({ query }) =>
      write({ query, tenantId }, decided.after),
    );
  }
  return undefined;
}

async function lockSettings({ query, tenantId }: TenantHandle): Promise<NamedSettings> {
  const row = await query
    .selectFrom('platform.tenants')
    .select(['name', 'settings'])
    .where('id', '=', tenantId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { name: row.name, settings: settingsFrom(row.settings) };
}

async function write(
  { query, tenantId }: Pick<TenantHandle, 'query' | 'tenantId'>,
  { name, settings }: NamedSettings,
): Promise<void> {
  await query
    .updateTable('platform.tenants')
    .set({ name, settings: JSON.stringify(settings) })
    .where('id', '=', tenantId)
    .execute();
}
