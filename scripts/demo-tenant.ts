/** The demo tenant: one business with one owner, so that a first look has somebody to sign in as. */
import { hashPassword } from '../api/auth/passwords.ts';
import type { Database } from '../db/database.ts';
import { insertShortcode, rotateCredentials, type CredentialSecrets } from '../db/shortcodes.ts';
import { addMember, createTenant, createUser } from '../db/tenants.ts';
import { id } from '../domain/ids.ts';

export const demoLogin = { email: 'demo@daftari.test', password: 'karibu-daftari-2026' } as const;

const demoTenantId = id('tenant', '01930000-0000-7000-8000-00000000d001');
const demoShortcodeId = id('shortcode', '01930000-0000-7000-8000-00000000d003');
const demoUserId = id('user', '01930000-0000-7000-8000-00000000d002');

/** Creates the demo tenant and its owner; finds them in place the second time. */
export async function ensureDemoTenant(db: Database): Promise<void> {
  await createTenant(db, {
    id: demoTenantId,
    slug: 'demo',
    name: 'Mama Njeri Traders',
    environment: 'test',
  });
  const passwordHash = await hashPassword(demoLogin.password);
  const userId = await db.asOperator('create the demo user', (operator) =>
    createUser(operator, {
      id: demoUserId,
      email: demoLogin.email,
      name: 'Njeri Kamau',
      passwordHash,
    }),
  );
  await db.withTenant(demoTenantId, (t) => addMember(t, { userId, role: 'owner' }));
}

/** Gives the demo tenant a paybill with these credentials; finds it in place the second time. */
export async function ensureDemoShortcode(
  db: Database,
  number: string,
  secrets: CredentialSecrets,
): Promise<void> {
  const actor = `user:${demoUserId}`;
  await db.withTenant(demoTenantId, async (t) => {
    const isNew = await insertShortcode(t, {
      ...{ id: demoShortcodeId, number, kind: 'paybill', storeNumber: null },
      ...{ name: 'Mama Njeri Traders', environment: 'sandbox', createdBy: actor },
    });
    if (isNew) await rotateCredentials(t, demoShortcodeId, { secrets, actor });
  });
}
