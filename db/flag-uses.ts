/** When code last asked about a flag; a flag nobody asks about any more can go. */
import { sql } from 'kysely';
import type { FlagTimes } from '../domain/flags/lifecycle.ts';
import { instantFromEpochMs, type Instant } from '../domain/time.ts';
import type { Database, OperatorHandle } from './database.ts';
import type { TenantEnvironment } from './platform-tables.ts';

const notedEveryMs = 3_600_000;

/** Notes that these flags of an environment were evaluated at `at`; never an earlier time. */
async function noteFlagUses(
  db: Pick<Database, 'onPlatform'>,
  { environment, keys, at }: { environment: TenantEnvironment; keys: string[]; at: Instant },
): Promise<void> {
  await db.onPlatform(({ query }) =>
    sql`
      insert into platform.flag_uses (key, environment, evaluated_at)
      select key, environment, ${at} from platform.flags
      where environment = ${environment} and key = any(${keys})
      order by key
      on conflict (key, environment) do update set evaluated_at = excluded.evaluated_at
      where platform.flag_uses.evaluated_at < excluded.evaluated_at`.execute(query),
  );
}

/**
 * Notes evaluations, of each flag once an hour. When the database does not take it, nothing is lost
 * but the note: the next one comes an hour later.
 */
export function openFlagNotes(deps: { db: Pick<Database, 'onPlatform'>; now: () => number }) {
  const notedMs = new Map<string, number>();
  return async (environment: TenantEnvironment, evaluated: Iterable<string>): Promise<void> => {
    const nowMs = deps.now();
    const nameOf = (key: string) => `${environment} ${key}`;
    const isDue = (key: string) =>
      nowMs - (notedMs.get(nameOf(key)) ?? -notedEveryMs) >= notedEveryMs;
    const keys = [...evaluated].filter(isDue);
    if (keys.length === 0) return;
    for (const key of keys) notedMs.set(nameOf(key), nowMs);
    const at = instantFromEpochMs(nowMs);
    await noteFlagUses(deps.db, { environment, keys, at }).catch(() => {});
  };
}

/** When each flag of both environments was changed and evaluated, by `live key` or `test key`. */
export async function flagTimes(o: OperatorHandle): Promise<Map<string, FlagTimes>> {
  const rows = await o.query
    .selectFrom('platform.flags as f')
    .leftJoin('platform.flag_uses as u', (join) =>
      join.onRef('u.key', '=', 'f.key').onRef('u.environment', '=', 'f.environment'),
    )
    .select(['f.key', 'f.environment', 'f.updated_at', 'u.evaluated_at'])
    .execute();
  return new Map(
    rows.map(({ key, environment, updated_at: changedAt, evaluated_at: evaluatedAt }) => [
      `${environment} ${key}`,
      { changedAt, evaluatedAt },
    ]),
  );
}
