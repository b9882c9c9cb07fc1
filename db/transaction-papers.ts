/**
 * Which statements show a transaction. The one it stands on is named by the transaction itself, as
 * for nearly every row ever posted; only further ones are rows of `transaction_sources`.
 */
import { sql, type RawBuilder } from 'kysely';
import type { TenantHandle } from './database.ts';

/** `(tenant_id, transaction_id, statement_id, ordinal)` of every showing of a live transaction. */
export function papersOf(t: TenantHandle): RawBuilder<unknown> {
  return sql`(
    select tenant_id, id as transaction_id, statement_id, ordinal from ${t.table('transactions')}
    where reversed_at is null
    union all
    select tenant_id, transaction_id, statement_id, ordinal from ${t.table('transaction_sources')}
  )`;
}
