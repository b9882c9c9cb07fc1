/**
 * The places that jobs across tenants have to visit. Asking which schemas have something waiting is
 * one statement for all of them, and a database that was idle is asked less and less often, so
 * tenants that do nothing cost next to nothing.
 */
import type { Pool } from 'pg';
import type { TenantTable } from './schema.ts';
import { sharedPlace, type Place } from './tenant-placement.ts';
import type { TenantPools } from './tenant-pools.ts';

/** Rows that wait for a job: a table, and a condition on its columns (SQL of our own, no values). */
export interface Waiting {
  table: TenantTable;
  where: string;
}

export interface Places {
  /** `shared` first, then every schema and database that tenants live in now. */
  all(): Promise<Place[]>;
  /** `shared`, and of the others those in which rows wait. */
  withWaiting(waiting: Waiting): Promise<Place[]>;
}

const rememberedMs = 1_000;
const idleMsMax = 2_000;
const schemasPerQuestion = 100;

export function openPlaces(deps: { main: Pool; pools: TenantPools; now: () => number }): Places {
  let listed: { atMs: number; places: Promise<Place[]> } | undefined;
  const rests = new Map<string, { untilMs: number; lengthMs: number }>();

  function own(): Promise<Place[]> {
    if (listed === undefined || deps.now() - listed.atMs > rememberedMs) {
      const entry = { atMs: deps.now(), places: readPlaces(deps.main) };
      listed = entry;
      entry.places.catch(() => {
        if (listed === entry) listed = undefined;
      });
    }
    return listed.places;
  }

  async function databaseWaits(place: Place, waiting: Waiting): Promise<boolean> {
    const key = `${place} ${waiting.table} ${waiting.where}`;
    const rest = rests.get(key);
    if (rest !== undefined && deps.now() < rest.untilMs) return false;
    const isWaiting = await ask(await deps.pools.of(place), [place], waiting).then(
      (found) => found.length > 0,
      () => false,
    );
    const lengthMs = isWaiting ? 0 : Math.min(Math.max(50, (rest?.lengthMs ?? 0) * 2), idleMsMax);
    rests.set(key, { untilMs: deps.now() + lengthMs, lengthMs });
    return isWaiting;
  }

  return {
    all: async () => [sharedPlace, ...(await own())],
    async withWaiting(waiting) {
      const places = await own();
      if (places.length === 0) return [sharedPlace];
      const schemas = places.filter((place) => place.startsWith('t_'));
      const databases = places.filter((place) => place.startsWith('d_'));
      const found: Place[] = [sharedPlace];
      for (let from = 0; from < schemas.length; from += schemasPerQuestion) {
        const some = schemas.slice(from, from + schemasPerQuestion);
        found.push(...(await ask(deps.main, some, waiting)));
      }
      const busy = await Promise.all(databases.map((place) => databaseWaits(place, waiting)));
      return [...found, ...databases.filter((_place, index) => busy[index] === true)];
    },
  };
}

async function readPlaces(main: Pool): Promise<Place[]> {
  const found = await main.query<{ place: string }>(
    `select place from platform.tenants where place <> 'shared' and status <> 'closed' order by 1`,
  );
  return found.rows.map(({ place }) => place);
}

/** Which of the places have such rows. Names of places are checked by the database. */
async function ask(pool: Pool, places: readonly Place[], waiting: Waiting): Promise<Place[]> {
  if (places.length === 0) return [];
  const questions = places.map((place) => {
    const schema = place.startsWith('t_') ? place : 'shared';
    return `select '${place}' as place where exists (
      select from "${schema}"."${waiting.table}" where ${waiting.where})`;
  });
  const client = await pool.connect();
  try {
    await client.query('begin transaction read only; set local role daftari_ops');
    const found = await client.query<{ place: string }>(questions.join(' union all '));
    return found.rows.map(({ place }) => place);
  } finally {
    const isClean = await client.query('rollback').then(
      () => true,
      () => false,
    );
    client.release(!isClean);
  }
}
