/** What people change of rows, in memory. */
import type { CategoryChanged, TransactionDetail } from '../../../api/transactions/schema.ts';
import { categoryInSwahili } from '../../../domain/categories/in-swahili.ts';
import { tellReason } from '../../../domain/categories/reason-phrases.ts';
import { publicId } from './fixture-rows.ts';

let number = 0;

/** Puts a row under a category as the API does; undefined when it was seen under another one. */
export function putUnder(
  row: TransactionDetail,
  { category, was }: { category: string; was: string | null },
): CategoryChanged | undefined {
  if (row.category !== was) return undefined;
  const categoryReason = tellReason('by-hand');
  Object.assign(row, {
    ...{ category, categoryReason, confidence: 'certain' },
    categoryReasonSw: categoryInSwahili(categoryReason),
  });
  return { changeId: publicId('rch', (number += 1)), transaction: row };
}
