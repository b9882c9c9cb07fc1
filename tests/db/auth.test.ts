import { findLogin, findMember } from '../../db/auth.ts';
import { findAccount } from '../../db/accounts.ts';
import { createTenant, listTenantIds } from '../../db/tenants.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant, anAccount } from './fixture.ts';
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

describe('people', () => {
  test('a login is found whatever the case of the address, with its memberships', async () => {
    const email = `${tenant.tenantId}@EXAMPLE.test`;
    const login = await base.db.asOperator('sign in', (o) => findLogin(o, email));
    expect(login).toMatchObject({
      userId: tenant.userId,
      passwordHash: '$argon2id$test',
      memberships: [{ role: 'owner', tenant: { id: tenant.tenantId, environment: 'live' } }],
    });
    await expect(
      base.db.asOperator('sign in', (o) => findLogin(o, 'nobody@example.test')),
    ).resolves.toBeUndefined();
  });

  test('a member of one tenant is nobody in another', async () => {
    const other = await aTenant(base.db);
    await expect(asTenant((t) => findMember(t, tenant.userId))).resolves.toMatchObject({
      role: 'owner',
      tenant: { id: tenant.tenantId },
    });
    await expect(asTenant((t) => findMember(t, other.userId))).resolves.toBeUndefined();
  });

  test('creating a tenant again keeps its key, so its data still opens', async () => {
    const accountId = await asTenant((t) => anAccount(t));
    await createTenant(base.db, { id: tenant.tenantId, slug: 'other', name: 'Other' });
    const again = await asTenant((t) => findAccount(t, accountId));
    expect(again?.holderName).toBe('Wanjiku Kamau');
    const ids = await base.db.asOperator('list tenants', listTenantIds);
    expect(ids).toContain(tenant.tenantId);
  });
});
