/** Nonces of calls between services: each is good once. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Takes a nonce; false when it was taken before. Nonces older than five minutes are forgotten. */
export async function takeServiceNonce(
  db: Database,
  service: string,
  nonce: string,
): Promise<boolean> {
  return db.asOperator('take a nonce', async (o) => {
    const done = await sql`
      insert into platform.service_nonces (service, nonce) values (${service}, ${nonce})
      on conflict do nothing`.execute(o.query);
    await sql`
      delete from platform.service_nonces where at < now() - interval '5 minutes'`.execute(o.query);
    return done.numAffectedRows === 1n;
  });
}
