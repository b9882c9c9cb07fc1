/** Definitions of feature flags, and what tenants chose. */
import { sql } from 'kysely';
import type { FlagDefinition } from '../domain/flags/evaluate.ts';
import type { FlagWish } from '../domain/flags/requests.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import type { Database, OperatorHandle, TenantHandle } from './database.ts';
import type { TenantEnvironment } from './platform-tables.ts';

export interface StoredFlag extends FlagDefinition {
  environment: TenantEnvironment;
  description: string;
  version: number;
}

/** All flags of both environments, by key. */
export async function listFlags(db: Pick<Database, 'onPlatform'>): Promise<StoredFlag[]> {
  const rows = await db.onPlatform(({ query }) =>
    query
      .selectFrom('platform.flags')
      .select(['key', 'environment', 'phase', 'description', 'is_on', 'plans', 'tenants'])
      .select('version')
      .select(['languages', 'age_days_min', 'age_days_below', 'lists', 'needs'])
      .select(['is_tenants_choice', sql<number>`rollout_percent::float8`.as('percent')])
      .orderBy('key')
      .execute(),
  );
  return rows.map(({ key, environment, phase, description, plans, tenants, ...row }) => ({
    ...{ key, environment, phase, description, plans, tenants, version: row.version },
    ...{ languages: row.languages, lists: row.lists, needs: row.needs },
    ...{ ageDaysMin: row.age_days_min, ageDaysBelow: row.age_days_below },
    isOn: row.is_on,
    rolloutPercent: row.percent,
    isTenantsChoice: row.is_tenants_choice,
  }));
}

/** All flags as they are until the end of the transaction; reading goes on, nobody writes one. */
export async function lockFlags(o: OperatorHandle): Promise<StoredFlag[]> {
  await sql`lock table platform.flags in share row exclusive mode`.execute(o.query);
  const onPlatform: Database['onPlatform'] = (work) => work({ query: o.query });
  return listFlags({ onPlatform });
}

/** Changes a flag for everybody in an environment, and notes who did; for operators of the house. */
export async function defineFlag(
  o: OperatorHandle,
  flag: FlagWish,
  changedBy: string,
): Promise<void> {
  await sql`
    with changed as (
      insert into platform.flags (key, environment, description, is_on, plans, tenants,
        rollout_percent, is_tenants_choice, languages, age_days_min, age_days_below, lists, needs,
        phase)
      values (${flag.key}, ${flag.environment}, ${flag.description}, ${flag.isOn},
        ${[...flag.plans]}::text[], ${[...flag.tenants]}::uuid[], ${flag.rolloutPercent},
        ${flag.isTenantsChoice}, ${[...flag.languages]}::text[], ${flag.ageDaysMin},
        ${flag.ageDaysBelow}, ${[...flag.lists]}::text[], ${[...flag.needs]}::text[],
        ${flag.phase})
      on conflict (key, environment) do update set description = excluded.description,
        is_on = excluded.is_on, plans = excluded.plans, tenants = excluded.tenants,
        rollout_percent = excluded.rollout_percent, is_tenants_choice = excluded.is_tenants_choice,
        languages = excluded.languages, age_days_min = excluded.age_days_min,
        age_days_below = excluded.age_days_below, lists = excluded.lists, needs = excluded.needs, phase = excluded.phase,
        version = platform.flags.version + 1, updated_at = now()
      returning *)
    insert into platform.flag_changes (key, environment, version, changed_by, definition)
    select key, environment, version, ${changedBy}, to_jsonb(changed) from changed`.execute(
    o.query,
  );
}

export interface FlagChange extends StoredFlag {
  changedBy: string;
  changedAt: Instant;
}

const changesMax = 50;

/** What a flag was made, the newest first, at most 50. */
export async function flagChanges(o: OperatorHandle, key: string): Promise<FlagChange[]> {
  const found = await sql<FlagChange>`
    select key, environment, version, changed_by as "changedBy", changed_at as "changedAt",
      coalesce(definition->>'phase', 'active') as phase,
      definition->>'description' as description, (definition->>'is_on')::boolean as "isOn",
      array(select jsonb_array_elements_text(definition->'plans')) as plans,
      array(select jsonb_array_elements_text(definition->'tenants')) as tenants,
      (definition->>'rollout_percent')::float8 as "rolloutPercent",
      (definition->>'is_tenants_choice')::boolean as "isTenantsChoice",
      array(select jsonb_array_elements_text(definition->'languages')) as languages,
      (definition->>'age_days_min')::integer as "ageDaysMin",
      (definition->>'age_days_below')::integer as "ageDaysBelow",
      array(select jsonb_array_elements_text(definition->'lists')) as lists,
      array(select jsonb_array_elements_text(definition->'needs')) as needs
    from platform.flag_changes where key = ${key}
    order by changed_at desc, version desc, environment limit ${changesMax}`.execute(o.query);
  return found.rows;
}

/** What the tenant chose, by key. */
export async function flagChoices(t: TenantHandle): Promise<Map<string, boolean>> {
  const rows = await t.query.selectFrom('flag_choices').select(['key', 'is_on']).execute();
  return new Map(rows.map((row) => [row.key, row.is_on]));
}

/** Keeps, changes or (with null) takes back a choice, and records it. */
export async function chooseFlag(
  t: TenantHandle,
  choice: { key: string; isOn: boolean | null; actor: string; requestId: string },
): Promise<void> {
  const { key, isOn, actor, requestId } = choice;
  const before = (await flagChoices(t)).get(key) ?? null;
  if (before === isOn) return;
  if (isOn === null) {
    await t.query.deleteFrom('flag_choices').where('key', '=', key).execute();
  } else {
    await t.query
      .insertInto('flag_choices')
      .values({ tenant_id: t.tenantId, key, is_on: isOn, chosen_by: actor })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'key']).doUpdateSet({ is_on: isOn, chosen_by: actor }),
      )
      .execute();
  }
  await appendAudit(t, {
    ...{ actor, requestId },
    action: 'flag.choose',
    objectKind: 'flag',
    objectId: key,
    detail: { before, after: isOn },
  });
}
