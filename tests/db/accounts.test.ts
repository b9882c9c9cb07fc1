import { findAccount, findOrCreateAccount, listAccounts } from '../../db/accounts.ts';
import {
  findMapping,
  findMappingByFingerprint,
  saveMapping,
  touchMapping,
} from '../../db/mappings.ts';
import { patchStatement } from '../../db/statements.ts';
import { id } from '../../domain/ids.ts';
import { businessDate, instantFromEpochMs } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aStatement, aTenant, anAccount } from './fixture.ts';
import type { TestTenant } from './fixture.ts';
import type { TenantHandle } from '../../db/database.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

function asTenant<T>(work: (t: TenantHandle) => Promise<T>): Promise<T> {
  return base.db.withTenant(tenant.tenantId, work);
}

describe('accounts', () => {
  test('one number is one account, and the number itself is nowhere in clear', async () => {
    const account = {
      kind: 'till' as const,
      number: '123456',
      numberMasked: '12**56',
      label: 'Till',
      holderName: 'Mama Njeri',
    };
    const made = await Promise.all(
      [1, 2, 3].map(() => asTenant((t) => findOrCreateAccount(t, account))),
    );
    expect(new Set(made.map((one) => one.id)).size).toBe(1);
    const found = await asTenant((t) => findAccount(t, made[0]?.id ?? id('account', '')));
    expect(found).toMatchObject({ holderName: 'Mama Njeri', numberMasked: '12**56' });
    const stored = await base.asOwner('select row_to_json(a)::text as text from shared.accounts a');
    expect(JSON.stringify(stored)).not.toMatch(/123456|Mama/);
  });

  test('show how many statements cover which days, joined where they touch', async () => {
    const accountId = await asTenant((t) => anAccount(t));
    const periods = [
      ['2026-01-01', '2026-01-31'],
      ['2026-02-01', '2026-02-28'],
      ['2026-04-01', '2026-04-30'],
    ] as const;
    for (const [n, [from, to]] of periods.entries()) {
      await asTenant(async (t) => {
        const at = instantFromEpochMs(Date.UTC(2026, n, 1));
        await patchStatement(t, await aStatement(t, tenant.userId), {
          accountId,
          status: 'posted',
          postedAt: at,
          periodFrom: businessDate(from),
          periodTo: businessDate(to),
          firstAt: at,
          lastAt: at,
        });
      });
    }
    const [summary] = await asTenant(listAccounts);
    expect(summary).toMatchObject({
      id: accountId,
      statementCount: 3,
      firstAt: '2026-01-01T00:00:00.000Z',
      latestBalanceCents: null,
      coverage: [
        { from: '2026-01-01', to: '2026-02-28' },
        { from: '2026-04-01', to: '2026-04-30' },
      ],
    });
  });
});

describe('mappings', () => {
  test('are remembered by the header, and the newest one replaces the one before', async () => {
    const mapping = {
      headerRow: 0,
      delimiter: ',' as const,
      dateOrder: 'day-first' as const,
      columns: { completionTime: 'Date', details: 'Narrative', amount: 'Amount' },
      signRule: 'negative-is-out' as const,
    };
    const save = (name: string) =>
      asTenant((t) =>
        saveMapping(t, { fingerprint: 'f1', name, mapping, createdBy: tenant.userId }),
      );
    const first = await save('Bank');
    const second = await save('My bank');
    expect(second.id).toBe(first.id);
    await asTenant((t) => touchMapping(t, first.id));
    await expect(asTenant((t) => findMappingByFingerprint(t, 'f1'))).resolves.toEqual({
      id: first.id,
      fingerprint: 'f1',
      name: 'My bank',
      mapping,
    });
    await expect(asTenant((t) => findMapping(t, first.id))).resolves.toEqual(
      await asTenant((t) => findMappingByFingerprint(t, 'f1')),
    );
  });
});
