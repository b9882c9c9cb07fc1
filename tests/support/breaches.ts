/** Breaches on record, as operators of the house put them there. */
import { randomUUID } from 'node:crypto';
import { askToTell, noteTold } from '../../db/breach-telling.ts';
import { insertBreach, type NewBreach } from '../../db/breaches.ts';
import type { Database } from '../../db/database.ts';
import { id, type BreachId, type TenantId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';

export const hourMs = 3_600_000;

/** A breach that touches these businesses; noticed `hoursAgo`, and told to them where a test wants it. */
export async function aBreach(
  db: Database,
  tenantIds: readonly TenantId[],
  {
    hoursAgo = 0,
    isTold = false,
    ...facts
  }: Partial<NewBreach> & {
    hoursAgo?: number;
    isTold?: boolean;
  } = {},
): Promise<BreachId> {
  const breachId = id('breach', randomUUID());
  const deed = { actor: 'user:house', at: instantFromEpochMs(Date.now()) };
  await db.asOperator('a breach for a test', async (o) => {
    const missing = await insertBreach(
      o,
      {
        ...{ id: breachId, summary: 'A laptop was stolen', dataKinds: ['names'] },
        ...{ isEncrypted: false, measures: null },
        noticedAt: instantFromEpochMs(Date.now() - hoursAgo * hourMs),
        touched: tenantIds.map((tenantId) => ({ tenantId, personCount: 12 })),
        ...facts,
      },
      deed,
    );
    if (missing.length > 0) throw new Error('a test names businesses there are');
    if (!isTold) return;
    await askToTell(o, breachId, deed);
    for (const tenantId of tenantIds) {
      await noteTold(o, { breachId, tenantId, actor: 'service:tenants' });
    }
  });
  return breachId;
}
