/**
 * Statements that run thousands of times a second are planned once per connection and not each time:
 * planning the writes of the ledger costs ten times what running them costs.
 */
import { CompiledQuery } from 'kysely';
import type { TenantHandle } from './database.ts';
import { preparedMark } from './bound-queries.ts';
import type { TenantTable } from './schema.ts';

type TableName = (name: TenantTable) => string;

/**
 * A statement with `$1`, `$2` … for its values; `text` gets a function that names tables in the
 * schema of the tenant. Runs in the transaction of the handle and answers its rows.
 */
export function preparedStatement<Row>(
  text: (table: TableName) => string,
): (t: TenantHandle, values: readonly unknown[]) => Promise<Row[]> {
  const texts = new Map<string, string>();
  return async (t, values) => {
    let ready = texts.get(t.schema);
    if (ready === undefined) {
      ready = preparedMark + text((name) => `"${t.schema}"."${name}"`);
      texts.set(t.schema, ready);
    }
    const result = await t.query.executeQuery<Row>(CompiledQuery.raw(ready, [...values]));
    return result.rows;
  };
}
