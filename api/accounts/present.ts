import type { AccountSummary } from '../../db/accounts.ts';
import { toPublicId } from '../../domain/ids.ts';
import { daysBetween, type BusinessDate } from '../../domain/time.ts';

/** An account as clients see it, with the days since the last one a statement covers. */
export function showAccount(summary: AccountSummary, today: BusinessDate) {
  const { id, holderName: _name, createdAt: _at, ...rest } = summary;
  const newest = rest.coverage.at(-1)?.to;
  const ageDays = newest === undefined ? null : Math.max(0, daysBetween(newest, today));
  return { id: toPublicId('account', id), ...rest, ageDays };
}
