/**
 * Counts what was refused at the door of a business: passwords, second factors, sign-ins from
 * elsewhere and keys that were meant for it. Many of them are many accounts or keys tried in turn,
 * which no single account notices: the first time in a window that there are too many, somebody is
 * told. Nobody waits, or a stranger could close a business. What comes within a second is counted
 * together, so that asking again and again costs no more than a row a second.
 */
import { countFailures, noteSecurityEvent } from '../../db/attempts.ts';
import { appendAudit } from '../../db/audit.ts';
import type { Database } from '../../db/database.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Telemetry } from '../../telemetry.ts';
import { hashOf } from './attempts.ts';

export interface Refusals {
  /** Counts one refusal, beside the answer: that may not take longer for people who are known. */
  note(tenantId: TenantId): void;
  /** Writes what was counted; never throws. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const everyMs = 1_000;

export function openRefusals(world: { db: Database; telemetry: Pick<Telemetry, 'log'> }): Refusals {
  const { db, telemetry } = world;
  const counted = new Map<TenantId, number>();

  async function write(tenantId: TenantId, times: number): Promise<void> {
    const subject = hashOf('tenant', tenantId);
    const isTooMany = await db.asOperator('count refusals in a business', async (o) => {
      const isReached = await countFailures(o, { kind: 'tenant', subject }, times);
      if (isReached) await noteSecurityEvent(o, { kind: 'many-refusals' });
      return isReached;
    });
    if (!isTooMany) return;
    telemetry.log.error({ event: 'manyRefusalsInBusiness', tenantId });
    const object = { objectKind: 'tenant', objectId: tenantId } as const;
    await db.withTenant(tenantId, (t) =>
      appendAudit(t, { actor: 'service:auth', action: 'session.many-refused', ...object }),
    );
  }

  async function flush(): Promise<void> {
    const due = [...counted];
    counted.clear();
    for (const [tenantId, times] of due) {
      await write(tenantId, times).catch((err: unknown) => {
        telemetry.log.warn({ event: 'refusalsNotCounted', tenantId, times, err });
      });
    }
  }

  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    note: (tenantId) => void counted.set(tenantId, (counted.get(tenantId) ?? 0) + 1),
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
