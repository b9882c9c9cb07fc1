import {
  findShortcode,
  findShortcodeByNumber,
  findShortcodeByPrintedNumber,
  openCredentials,
  rotateCredentials,
  stopInitiator,
} from '../../db/shortcodes.ts';
import { twinSecrets, aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, type Somebody } from '../support/tenants.ts';

let base: TestDatabase;
let tenant: Somebody;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(async () => {
  expect(await base.invariants()).toEqual([]);
  await base.drop();
});

describe('shortcodes', () => {
  test('are found by their number within one business only', async () => {
    const shortcodeId = await base.db.withTenant(tenant.tenantId, (t) => aShortcode(t));
    const other = await aTenant(base.db);
    const find = (who: Somebody) =>
      base.db.withTenant(who.tenantId, (t) => findShortcodeByNumber(t, '174379'));

    expect((await find(tenant))?.id).toBe(shortcodeId);
    expect(await find(other)).toBeUndefined();
  });

  test('a till is found by the number of its store, unless that is a shortcode or another till’s too', async () => {
    const shop = await aTenant(base.db);
    await base.db.withTenant(shop.tenantId, async (t) => {
      const till = { kind: 'till', storeNumber: '600000' } as const;
      const find = async (number: string) => (await findShortcodeByPrintedNumber(t, number))?.id;
      const first = await aShortcode(t, { number: '5123456', ...till });
      expect(await find('5123456')).toBe(first);
      expect(await find('600000')).toBe(first);
      expect(await find('600001')).toBeUndefined();

      await aShortcode(t, { number: '5123457', ...till });
      expect(await find('600000')).toBeUndefined();

      const store = await aShortcode(t, { number: '600000' });
      expect(await find('600000')).toBe(store);
    });
  });

  test('the first wrong result stops the initiator, once, until it is renewed', async () => {
    await base.db.withTenant(tenant.tenantId, async (t) => {
      const shortcodeId = await aShortcode(t);
      expect(await stopInitiator(t, shortcodeId, { code: '2001' })).toBe(true);
      expect(await stopInitiator(t, shortcodeId, { code: '18' })).toBe(false);
      expect((await openCredentials(t, shortcodeId))?.initiatorStopCode).toBe('2001');
      await rotateCredentials(t, shortcodeId, { secrets: twinSecrets, actor: 'user:test' });
      expect((await findShortcode(t, shortcodeId))?.initiatorStop).toBeNull();
    });
  });

  test('a late result about credentials that were replaced stops nothing', async () => {
    await base.db.withTenant(tenant.tenantId, async (t) => {
      const shortcodeId = await aShortcode(t);
      await rotateCredentials(t, shortcodeId, { secrets: twinSecrets, actor: 'user:test' });
      const stop = { code: '2001', credentialsVersion: 1 };
      expect(await stopInitiator(t, shortcodeId, stop)).toBe(false);
    });
  });
});
