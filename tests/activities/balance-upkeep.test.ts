/** Balances that are asked for without anybody asking. */
import { askForBalances, isDue } from '../../activities/balance-upkeep.ts';
import { stopInitiator } from '../../db/shortcodes.ts';
import { id } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

const minutes = 60_000;

test('every active shortcode is asked about once an hour, and a stopped operator is left alone', async () => {
  const { tenantId } = await aTenant(base.db);
  const [active] = await base.db.withTenant(tenantId, async (t) => {
    const made = [await aShortcode(t), await aShortcode(t, { number: '600984' })] as const;
    await stopInitiator(t, made[1], { code: '8006' });
    return made;
  });
  const now = Date.now();
  const round = (nowMs: number) => askForBalances(base.db, { nowMs, timeScale: 1 });

  expect(await round(now + 30 * minutes)).toEqual({ 'shortcodes asked about': 0 });
  expect(await round(now + 80 * minutes)).toEqual({ 'shortcodes asked about': 1 });
  const asked = await base.asOwner(
    'select shortcode_id, kind from shared.provider_queries where tenant_id = $1',
    [tenantId],
  );
  const starts = await base.asOwner(
    `select from shared.outbox where tenant_id = $1 and type = 'checkBalance'`,
    [tenantId],
  );

  expect(asked).toEqual([{ shortcode_id: active, kind: 'balance' }]);
  expect(starts).toHaveLength(1);
  // The first question was asked a moment ago by the clock of the database.
  expect(await round(now + 30 * minutes)).toEqual({ 'shortcodes asked about': 0 });
});

test('shortcodes have moments of their own between the hour and a quarter past', () => {
  const at = (minute: number) =>
    Array.from({ length: 64 }, (_, index) => {
      const shortcodeId = id(
        'shortcode',
        `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
      );
      return isDue({ shortcodeId, lastAskedAt: instantFromEpochMs(0) }, minute * minutes);
    }).filter(Boolean).length;

  expect([at(59), at(75)]).toEqual([0, 64]);
  expect(at(67)).toBeGreaterThan(16);
  expect(at(67)).toBeLessThan(48);
});
