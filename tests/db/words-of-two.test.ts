/** Two people decide about money whatever the program does. */
import { randomUUID } from 'node:crypto';
import { insertWord } from '../../db/words-of-two.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { expiryOf } from '../../domain/waiting.ts';
import { aCollection, aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aPayout } from '../support/payouts.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

const requestedAt = '2026-11-02T09:00:00.000Z' as Instant;
const maker = 'user:maker';

/** One word of each kind that waits. */
async function threeWords(): Promise<void> {
  const { tenantId } = await aTenant(base.db);
  await base.db.withTenant(tenantId, async (t) => {
    const shortcodeId = await aShortcode(t);
    const [ended, back] = [await aPayout(t, shortcodeId), await aPayout(t, shortcodeId)];
    const said = { reason: 'seen on the portal', requestedBy: maker, requestedAt };
    const word = () => ({ ...said, id: randomUUID(), expiresAt: expiryOf(requestedAt) });
    const paid = { outcome: 'paid', receipt: 'UKE9A1B2C3' } as const;
    const closing = { ...word(), ...paid, kind: 'payoutClosing', aboutId: ended } as const;
    const money = { amountCents: cents(100), receipt: 'UKM3D4F5GH' };
    const returned = { ...word(), ...money, kind: 'payoutReturn', aboutId: back } as const;
    const collectionId = await aCollection(t, { shortcodeId });
    const givenUp = { ...word(), kind: 'collectionClosing', aboutId: collectionId } as const;
    expect(await insertWord(t, closing, 'test')).toBe(true);
    expect(await insertWord(t, returned, 'test')).toBe(true);
    expect(await insertWord(t, givenUp, 'test')).toBe(true);
    expect(await insertWord(t, { ...givenUp, id: randomUUID() }, 'test')).toBe(false);
  });
}

test.each(['payout_closings', 'payout_returns', 'collection_closings'])(
  'nobody agrees to their own word in %s, and what is over has an end',
  async (table) => {
    await threeWords();
    const end = (status: string, by: string) =>
      base.asOwner(
        `update shared.${table} set status = $1, decided_by = $2, decided_at = now()
         where status = 'waiting'`,
        [status, by],
      );

    await expect(end('agreed', maker)).rejects.toThrow(/check constraint/);
    await expect(end('rejected', maker)).rejects.toThrow(/check constraint/);
    await expect(end('forgotten', 'user:checker')).rejects.toThrow(/check constraint/);
    await expect(end('withdrawn', maker)).resolves.toEqual([]);
  },
);
