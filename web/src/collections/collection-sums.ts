import type { CollectionSummary } from '../../../api/collections/schema.ts';
import { cents, type Cents } from '../../../domain/money.ts';

/** What was paid, and what is still being waited for. */
export function sumsOf({ byStatus }: Pick<CollectionSummary, 'byStatus'>): {
  paidCents: Cents;
  openCents: Cents;
} {
  const total = (statuses: readonly string[]) =>
    cents(
      byStatus
        .filter(({ status }) => statuses.includes(status))
        .reduce((all, { amountCents }) => all + amountCents, 0),
    );
  return {
    paidCents: total(['paid']),
    openCents: total(['requested', 'sending', 'prompted', 'unknown']),
  };
}
