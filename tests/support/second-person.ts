import { randomUUID } from 'node:crypto';
import { hashPassword } from '../../api/auth/passwords.ts';
import { addMember, createUser } from '../../db/tenants.ts';
import { id } from '../../domain/ids.ts';
import { signIn, type ApiClient } from './api-client.ts';
import type { Stack } from './stack.ts';

/** Another person of a business, an admin, who has just shown a second factor. */
export async function aSecondPerson(
  stack: Pick<Stack, 'database' | 'url'>,
  { tenantId, password }: { tenantId: string; password: string },
): Promise<ApiClient> {
  const userId = id('user', randomUUID());
  const email = `second-${tenantId.slice(0, 8)}@daftari.test`;
  const passwordHash = await hashPassword(password);
  const { db } = stack.database;
  await db.asOperator('create a user for a test', (o) =>
    createUser(o, { id: userId, email, name: 'Second person', passwordHash }),
  );
  await db.withTenant(id('tenant', tenantId), (t) => addMember(t, { userId, role: 'admin' }));
  const client = await signIn(stack.url, { email, password });
  expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
  return client;
}
