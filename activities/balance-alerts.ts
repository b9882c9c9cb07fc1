/** Tells that a shortcode is running low, once until it has recovered. */
import type { LowBalance } from '../db/balances.ts';
import type { TenantHandle } from '../db/database.ts';
import { appendEvents } from '../db/outbox.ts';
import { toPublicId, type ShortcodeId } from '../domain/ids.ts';

export async function tellLowBalances(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  low: readonly LowBalance[],
): Promise<void> {
  await appendEvents(
    t,
    low.map(({ account, availableCents, belowCents }) => ({
      topic: 'domain-events',
      key: `${t.tenantId}:${shortcodeId}`,
      type: 'shortcode.balance_low',
      version: 1,
      isPersonal: false,
      data: {
        shortcodeId: toPublicId('shortcode', shortcodeId),
        ...{ account, availableCents, belowCents, currency: 'KES' },
      },
    })),
  );
}
