/** Breaches through the public API, and what is left once a business was told and reminded of them. */
import { id, toPublicId } from '../../domain/ids.ts';
import type { ApiClient } from './api-client.ts';
import { hourMs } from './breaches.ts';
import type { BusyBusiness } from './busy-business.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

/** Puts one on record and has the business told, noticed long enough ago for a reminder. */
export async function beginBreach(
  operator: ApiClient,
  { tenantId }: Pick<BusyBusiness, 'tenantId'>,
): Promise<void> {
  const recorded = await operator.post<{ id: string }>('/v1/platform/breaches', {
    ...{ summary: 'A copy was found', dataKinds: ['names'], isEncrypted: false },
    noticedAt: new Date(Date.now() - 61 * hourMs).toISOString(),
    businesses: [{ id: toPublicId('tenant', id('tenant', tenantId)), personCount: 3 }],
  });
  expect(recorded.status).toBe(201);
  const told = await operator.post(`/v1/platform/breaches/${recorded.body.id}/tell`, {});
  expect(told.status).toBe(200);
}

/** Waits until the business was told of so many breaches and reminded, and fails if of one twice. */
export async function expectToldOnce(
  { database }: Pick<Stack, 'database'>,
  { tenantId, client }: Pick<BusyBusiness, 'tenantId' | 'client'>,
  n: number,
): Promise<void> {
  const done = `select kind, count(*)::int as n from platform.breach_entries
    where kind in ('told', 'reminder') group by kind`;
  await until(
    async () => {
      const kinds = await database.asOwner(done);
      return kinds.length === 2 && kinds.every((one) => one['n'] === n);
    },
    { withinMs: 120_000, everyMs: 200 },
  );
  const notices = `select kind, count(*)::int as n, max(count) as most from shared.notices
    where tenant_id = $1 and kind like 'breach-%' group by kind order by kind`;
  expect(await database.asOwner(notices, [tenantId])).toEqual([
    { kind: 'breach-near', n, most: 1 },
    { kind: 'breach-told', n, most: 1 },
  ]);
  const mails = `select template, count(*)::int as n from platform.mails
    where template like 'breach-%' group by template order by template`;
  expect(await database.asOwner(mails)).toEqual([
    { template: 'breach-house', n },
    { template: 'breach-reminder', n },
    { template: 'breach-told', n },
  ]);
  const { body } = await client.get<{ data: object[] }>('/v1/breaches');
  expect(body.data).toHaveLength(n);
}
