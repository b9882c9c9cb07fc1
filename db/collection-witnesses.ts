/** Everything that was said about a collection; the same words of the same kind are one row. */
import { createHash } from 'node:crypto';
import type { Witness, WitnessKind, WitnessOutcome } from '../domain/collections/terms.ts';
import type { CallbackId, CollectionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export interface NewWitness {
  collectionId: CollectionId;
  kind: WitnessKind;
  outcome: WitnessOutcome;
  code?: string;
  /** The provider's words; without personal data. */
  detail?: string;
  receipt?: string;
  amountCents?: Cents;
  callbackId?: CallbackId;
  occurredAt?: Instant;
}

export interface StoredWitness extends Witness {
  id: string;
  detail: string | null;
  callbackId: CallbackId | null;
  occurredAt: Instant | null;
}

/** Adds a witness; `isNew` is false when it had said exactly this before. */
export async function addWitness(
  t: TenantHandle,
  said: NewWitness,
): Promise<{ id: string; isNew: boolean }> {
  const hash = createHash('sha256')
    .update(JSON.stringify([said.outcome, said.code, said.receipt, said.amountCents]))
    .digest();
  const inserted = await t.query
    .insertInto('collection_witnesses')
    .values({
      tenant_id: t.tenantId,
      collection_id: said.collectionId,
      kind: said.kind,
      outcome: said.outcome,
      code: said.code ?? null,
      detail: said.detail?.slice(0, 500) ?? null,
      receipt: said.receipt ?? null,
      amount_cents: said.amountCents ?? null,
      body_hash: hash,
      callback_id: said.callbackId ?? null,
      occurred_at: said.occurredAt ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return { id: inserted.id, isNew: true };
  const known = await t.query
    .selectFrom('collection_witnesses')
    .select('id')
    .where('collection_id', '=', said.collectionId)
    .where('kind', '=', said.kind)
    .where('body_hash', '=', hash)
    .executeTakeFirstOrThrow();
  return { id: known.id, isNew: false };
}

/** All witnesses of a collection, in the order they were heard. */
export async function listWitnesses(
  t: TenantHandle,
  collectionId: CollectionId,
): Promise<StoredWitness[]> {
  const rows = await t.query
    .selectFrom('collection_witnesses')
    .selectAll()
    .where('collection_id', '=', collectionId)
    .orderBy('observed_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    outcome: row.outcome,
    code: row.code,
    detail: row.detail,
    receipt: row.receipt,
    amountCents: row.amount_cents,
    callbackId: row.callback_id,
    occurredAt: row.occurred_at,
    observedAt: row.observed_at,
  }));
}
