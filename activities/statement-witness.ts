/**
 * The statement as a witness: it finds payments whose callbacks were lost. A row that is the money
 * of a collection settles it, whatever its state; a row that is no collection's is left to others.
 */
import type { TenantHandle } from '../db/database.ts';
import { isOpen } from '../domain/collections/terms.ts';
import type { CollectionId } from '../domain/ids.ts';
import { settleCollection } from './collection-settlement.ts';
import { collectionsOf, hear, type PaymentSeen } from './received-payments.ts';

export type StatementWord =
  /** It was paid, and nobody had known. */
  | { outcome: 'repaired'; collectionId: CollectionId; workflowId: string }
  /** The collection knew it already; the statement is one more witness. */
  | { outcome: 'confirmed'; collectionId: CollectionId; workflowId: string }
  /** Several collections fit and none carries the receipt: a person decides. */
  | { outcome: 'ambiguous'; collectionIds: readonly CollectionId[] }
  | { outcome: 'unknown' };

/**
 * Matches one incoming row by receipt, or else by amount, payer, reference and time, and settles the
 * collection it belongs to. `workflowId` is the run that reads the statement, for lineage. Tell the
 * collection's own run afterwards, so that it stops waiting.
 */
export async function witnessByStatement(
  t: TenantHandle,
  row: PaymentSeen,
  by: { workflowId: string; nowMs: number; timeScale: number },
): Promise<StatementWord> {
  const likely = await collectionsOf(t, row);
  const open = likely.filter(({ status }) => isOpen(status));
  const candidates = open.length === 1 ? open : likely;
  const [collection, ...others] = candidates;
  if (collection === undefined) return { outcome: 'unknown' };
  if (others.length > 0) {
    return { outcome: 'ambiguous', collectionIds: candidates.map(({ id }) => id) };
  }
  await hear(t, { payment: row, collection, kind: 'statement' });
  const collectionId = collection.id;
  const standing = await settleCollection(t, { ...by, collectionId });
  const isRepair = collection.status !== 'paid' && standing.status === 'paid';
  const { workflowId } = collection;
  return { outcome: isRepair ? 'repaired' : 'confirmed', collectionId, workflowId };
}
