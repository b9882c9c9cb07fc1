import type { z } from 'zod';
import {
  countBatchRows,
  type BatchRow,
  type CollectionBatch,
} from '../../db/collection-batches.ts';
import type { TenantHandle } from '../../db/database.ts';
import { toPublicId } from '../../domain/ids.ts';
import { resultWordsOf } from '../collections/present.ts';
import type { Call } from '../route.ts';
import { batchRowStates, type collectionBatch, type collectionBatchRow } from './schema.ts';

/** A batch as clients see it, with its rows counted by state. */
export async function showBatch(
  t: TenantHandle,
  call: Call,
  stored: CollectionBatch,
): Promise<z.input<typeof collectionBatch>> {
  const { createdBy: _createdBy, workflowId, ...shared } = stored;
  const counts = await countBatchRows(t, stored.id);
  return {
    ...shared,
    id: toPublicId('collectionBatch', stored.id),
    currency: 'KES',
    shortcodeId: toPublicId('shortcode', stored.shortcodeId),
    counts: batchRowStates.flatMap((state) => {
      const found = counts[state];
      return found === undefined ? [] : { state, ...found };
    }),
    runUrl: call.dependencies.temporal.runUrl(workflowId),
  };
}

/** A row as clients see it; why it failed is told in both languages. */
export function showRow(row: BatchRow): z.input<typeof collectionBatchRow> {
  const { msisdnMasked, collectionId, resultDetail, problem: why, ...shared } = row;
  const { state, resultCode } = row;
  const problems = ['number', 'amount', 'reference', 'description', 'repeated'] as const;
  const isUnsent = state === 'invalid' || state === 'waiting';
  return {
    ...shared,
    problem: problems.find((known) => known === why) ?? null,
    msisdn: msisdnMasked,
    collectionId: collectionId && toPublicId('collection', collectionId),
    resultWords: isUnsent ? null : resultWordsOf({ status: state, resultCode, resultDetail }),
  };
}
