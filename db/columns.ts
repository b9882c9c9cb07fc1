/**
 * Column types shared by the table descriptions. Rows come out of the driver already branded: the
 * type parsers of pool.ts are the one place that turns PostgreSQL text into cents and instants.
 */
import type { ColumnType } from 'kysely';
import type { TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';

/** A jsonb column: read as a value, written as JSON text, because pg turns arrays into PG arrays. */
export type Json<Value> = ColumnType<Value, string, string>;

/** A timestamp the database fills in when the row is created. */
export type CreatedAt = ColumnType<Instant, Instant | undefined, Instant>;

/** A column that is filled by its default when it is left out of an insert. */
export type Defaulted<Value> = ColumnType<Value, Value | undefined, Value>;

/** A column that may be null; it may be left out of an insert. */
export type Optional<Value> = ColumnType<Value | null, Value | null | undefined, Value | null>;

/** A jsonb column that may be null. */
export type OptionalJson<Value> = ColumnType<
  Value | null,
  string | null | undefined,
  string | null
>;

/** What one person said, until a second one has decided. */
export interface SaidByOne<Status> {
  tenant_id: TenantId;
  id: Defaulted<string>;
  reason: string;
  status: Defaulted<Status>;
  requested_by: string;
  requested_at: CreatedAt;
  expires_at: Instant;
  decided_by: Optional<string>;
  decided_at: Optional<Instant>;
}

/** bigint[] is written as text and never read back. */
export type WordTokens = ColumnType<never, string[], string[]>;
