/** Tables of the register of breaches. */
import type { BreachDataKind, BreachEntryKind } from '../domain/breaches/clocks.ts';
import type { BreachId, TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { CreatedAt, Defaulted, Optional } from './columns.ts';

export interface BreachesTable {
  id: BreachId;
  summary: string;
  data_kinds: BreachDataKind[];
  is_encrypted: boolean;
  noticed_at: Instant;
  recorded_by: string;
  recorded_at: Instant;
  closed_at: Optional<Instant>;
  closed_by: Optional<string>;
  close_reason: Optional<string>;
  version: Defaulted<number>;
  looked_version: Defaulted<number>;
  next_look_at: Optional<Instant>;
}

export interface BreachBusinessesTable {
  tenant_id: TenantId;
  breach_id: BreachId;
  tenant_name: string;
  person_count: Optional<number>;
  noticed_at: Instant;
  tell_asked_at: Optional<Instant>;
  tell_asked_by: Optional<string>;
  told_at: Optional<Instant>;
  authority_told_at: Optional<Instant>;
  authority_told_by: Optional<string>;
  authority_reference: Optional<string>;
}

export interface BreachEntriesTable {
  breach_id: BreachId;
  id: string;
  seq: Defaulted<number>;
  at: CreatedAt;
  actor: string;
  kind: BreachEntryKind;
  business_id: Optional<TenantId>;
  detail: Optional<string>;
}
