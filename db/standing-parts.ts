/** The parts that stand for a split row: those of its latest split that was not taken back. */
import { sql, type RawBuilder } from 'kysely';
import type { Cents } from '../domain/money.ts';
import { split } from '../domain/statements/parts.ts';
import type { TenantHandle } from './database.ts';

export const partNoteContext = 'row_parts|note';

export interface RowPart {
  category: string;
  amountCents: Cents;
  /** What people wrote about it. */
  note: string | null;
}

/** A part as it is read along with its row; the note is sealed, in base64. */
export interface StoredPart {
  category: string;
  amountCents: Cents;
  noteSealed: string | null;
}

/**
 * The parts of the row `x`; none where it is not split, which costs no look at any part. The first
 * of those under one category is `is_first`.
 */
export function standingParts(t: TenantHandle): RawBuilder<unknown> {
  return sql`
    select p.place, p.category, p.amount_cents, p.note_sealed,
      p.place = min(p.place) over (partition by p.category) as is_first
    from (
      select r.tenant_id, r.account_id, r.identity, r.change_id
      from ${t.table('row_change_rows')} r
      join ${t.table('row_changes')} c on c.tenant_id = r.tenant_id and c.id = r.change_id
      where x.category = ${sql.lit(split)} and r.tenant_id = x.tenant_id
        and r.transaction_id = x.id and r.state in ('changed', 'kept') and c.kind = 'split'
      order by r.change_id desc limit 1
    ) latest
    join ${t.table('row_parts')} p using (tenant_id, account_id, identity, change_id)`;
}

/** All parts of the row `x` in one value, for `openParts`. */
export function partsOfRow(t: TenantHandle): RawBuilder<StoredPart[]> {
  return sql<StoredPart[]>`case when x.category = ${sql.lit(split)} then (
    select json_agg(json_build_object('category', p.category, 'amountCents', p.amount_cents,
      'noteSealed', encode(p.note_sealed, 'base64')) order by p.place)
    from (${standingParts(t)}) p) end`;
}

/** The same with their notes opened. */
export function openParts(t: TenantHandle, stored: readonly StoredPart[] | null): RowPart[] {
  return (stored ?? []).map(({ noteSealed, ...part }) => {
    const sealed = noteSealed === null ? null : Buffer.from(noteSealed, 'base64');
    return { ...part, note: sealed && t.seal.open(sealed, partNoteContext) };
  });
}
