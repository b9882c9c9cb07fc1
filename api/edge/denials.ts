/**
 * What was refused to somebody we know stands in the audit log of their business. The first refusal
 * of an operation is written before it is said; more of the same within a minute are counted and
 * written once with their number, so that asking again and again cannot fill the log.
 */
import { appendAudit } from '../../db/audit.ts';
import type { Database } from '../../db/database.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Telemetry } from '../../telemetry.ts';
import { actorOf, type Principal } from '../auth/principal.ts';

export interface Denial {
  /** Method and pattern of the path, as the document names it. */
  operation: string;
  /** Code of the problem it was refused with. */
  reason: string;
  requestId: string;
}

export interface Denials {
  /** Notes a refusal; never throws, because a refusal stands whether it could be written or not. */
  note(principal: Principal, denial: Denial): Promise<void>;
  /** Writes what was counted and is a minute old, or everything. */
  flush(all?: 'all'): Promise<void>;
  close(): Promise<void>;
}

interface Counted extends Denial {
  tenantId: TenantId;
  actor: string;
  sinceMs: number;
  /** Refusals after the one that was written. */
  further: number;
}

const windowMs = 60_000;
/** Different refusals remembered at a time; any beyond are only logged. */
const countedMax = 10_000;

export function openDenials(world: {
  db: Database;
  telemetry: Pick<Telemetry, 'log'>;
  now: () => number;
}): Denials {
  const { db, now, telemetry } = world;
  const counted = new Map<string, Counted>();

  async function write(denial: Counted, times: number): Promise<void> {
    const { tenantId, actor, operation, reason, requestId } = denial;
    try {
      await db.withTenant(tenantId, (t) =>
        appendAudit(t, {
          ...{ actor, requestId, action: 'access.denied' },
          ...{ objectKind: 'operation', objectId: operation, detail: { reason, times } },
        }),
      );
    } catch (err) {
      telemetry.log.warn({ event: 'denialNotNoted', tenantId, operation, reason, times, err });
    }
  }

  async function flush(all?: 'all'): Promise<void> {
    const dueMs = now() - windowMs;
    for (const [key, denial] of counted) {
      if (all === undefined && denial.sinceMs > dueMs) continue;
      counted.delete(key);
      if (denial.further > 0) await write(denial, denial.further);
    }
  }

  const timer = setInterval(() => void flush(), windowMs / 4);
  timer.unref();
  return {
    flush,
    async note(principal, denial) {
      const actor = actorOf(principal);
      const key = `${principal.tenantId} ${actor} ${denial.operation} ${denial.reason}`;
      const known = counted.get(key);
      if (known !== undefined) {
        known.further += 1;
        return;
      }
      const { tenantId } = principal;
      const first = { ...denial, tenantId, actor, sinceMs: now(), further: 0 };
      if (counted.size >= countedMax) {
        telemetry.log.warn({ event: 'denialNotNoted', tenantId, ...denial });
        return;
      }
      counted.set(key, first);
      await write(first, 1);
    },
    async close() {
      clearInterval(timer);
      await flush('all');
    },
  };
}
