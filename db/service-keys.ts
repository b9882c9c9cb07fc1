/** Which of the keys of a service are good: the newest, and for a while the one before it. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface ServiceKeyState {
  /** The key to sign with. */
  current: number;
  /** The keys to accept, the newest first. */
  accepted: readonly number[];
}

/** The state of a service's keys; a service that was never rotated has its first. */
export async function serviceKeyState(db: Database, service: string): Promise<ServiceKeyState> {
  return db.asOperator('look at the keys of a service', async (o) => {
    const found = await sql<{ generation: number; overlaps: boolean }>`
      select generation, made_at + overlap_seconds * interval '1 second' > now() as overlaps
      from platform.service_keys where service = ${service} order by generation desc limit 1`.execute(
      o.query,
    );
    const [newest] = found.rows;
    if (newest === undefined) return { current: 1, accepted: [1] };
    const { generation: current, overlaps } = newest;
    return { current, accepted: overlaps ? [current, current - 1] : [current] };
  });
}

/** Gives a service its next key; the present one stays good for `overlapSeconds`. Answers its number. */
export async function rotateServiceKey(
  db: Database,
  service: string,
  overlapSeconds: number,
): Promise<number> {
  return db.asOperator('rotate the key of a service', async (o) => {
    const made = await sql<{ generation: number }>`
      insert into platform.service_keys (service, generation, overlap_seconds)
      select ${service}, coalesce(max(generation), 1) + 1, ${overlapSeconds}
      from platform.service_keys where service = ${service} returning generation`.execute(o.query);
    const [row] = made.rows;
    if (row === undefined) throw new Error('an insert was lost');
    return row.generation;
  });
}
