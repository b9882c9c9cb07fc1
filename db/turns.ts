/** Taking turns on one thing: what is compared in a transaction is still so when it is changed. */
import { sql } from 'kysely';
import type { TenantHandle, OperatorHandle } from './database.ts';

/** Until the end of the transaction nobody else takes a turn on what has this name. */
export async function takeTurn(
  { query }: Pick<TenantHandle, 'query'> | Pick<OperatorHandle, 'query'>,
  name: string,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('turn'), hashtext(${name}))`.execute(query);
}
