/** Tenants and people for tests, each with ids and names of their own. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import { createSession } from '../../db/sessions.ts';
import { addMember, createTenant, createUser } from '../../db/tenants.ts';
import { id, type SessionId, type TenantId, type UserId } from '../../domain/ids.ts';
import type { TestDatabase } from './database.ts';

export interface Somebody {
  tenantId: TenantId;
  userId: UserId;
  email: string;
}

/** A tenant with one owner; the password hash fits no password unless the caller gives one. */
export async function aTenant(db: Database, { passwordHash = 'none' } = {}): Promise<Somebody> {
  const tenantId = id('tenant', randomUUID());
  const mark = tenantId.slice(0, 8);
  const email = `owner-${mark}@daftari.test`;
  await createTenant(db, { id: tenantId, slug: `t-${mark}`, name: `Tenant ${mark}` });
  const userId = await db.asOperator('create a user for a test', (o) =>
    createUser(o, { id: id('user', randomUUID()), email, name: `Owner ${mark}`, passwordHash }),
  );
  await db.withTenant(tenantId, (t) => addMember(t, { userId, role: 'owner' }));
  return { tenantId, userId, email };
}

/** Makes somebody an operator of the house. */
export async function makeOperator(
  database: Pick<TestDatabase, 'asOwner'>,
  { userId }: { userId: string },
): Promise<void> {
  await database.asOwner('update platform.users set is_platform_admin = true where id = $1', [
    userId,
  ]);
}

/** A running session of a member, as if they had just signed in. */
export async function aSession(
  db: Database,
  who: { userId: UserId; tenantId: TenantId; hasSecondFactor?: boolean },
): Promise<SessionId> {
  const sessionId = id('session', randomUUID());
  const { userId, tenantId, hasSecondFactor = true } = who;
  await db.asOperator('start a session for a test', (o) =>
    createSession(o, {
      ...{ id: sessionId, userId, tenantId, hasSecondFactor },
      tokenHash: randomBytes(32),
      lifetimeSeconds: 3600,
      methods: ['pwd'],
      device: 'Test',
      deviceMark: randomBytes(32),
      addressSealed: db.platformSeal.sealText('127.0.0.1', 'session address'),
    }),
  );
  return sessionId;
}
