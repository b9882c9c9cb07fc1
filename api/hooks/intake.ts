/**
 * Takes callbacks in: written to the inbox by small batches per tenant before they are answered, and
 * to the spool when the database does not take them in time. Whoever awaits `take` may answer.
 */
import { announceQuarantine, appendCallbacks, type ArrivedCallback } from '../../db/callbacks.ts';
import type { Database } from '../../db/database.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Logger } from '../../telemetry.ts';
import type { HookMetrics } from './metrics.ts';
import type { Spool, SpooledCallback } from './spool.ts';

export interface Intake {
  /** Resolves once the callback survives a crash of everything. */
  take(tenantId: TenantId, callback: ArrivedCallback): Promise<void>;
  /** Empties the spool into the inbox now, if the database answers. */
  drainSpool(): Promise<number>;
  close(): Promise<void>;
}

export interface IntakeDependencies {
  db: Pick<Database, 'withTenant'>;
  spool: Promise<Spool>;
  log: Logger;
  metrics: HookMetrics;
  /** Says that something new lies in the inbox. */
  wake(): void;
  /** How long the database may take before the spool does. */
  patienceMs?: number;
}

interface Waiting {
  callback: ArrivedCallback;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const gatherMs = 3;
const batchMax = 100;
const flushesMax = 4;
const patienceMsDefault = 1_500;
/** While the database is away, this often it is asked whether it is back. */
const probeMs = 500;

export function openIntake(deps: IntakeDependencies): Intake {
  return new TenantBatches(deps);
}

class TenantBatches implements Intake {
  readonly #deps: IntakeDependencies;
  readonly #waiting = new Map<TenantId, Waiting[]>();
  readonly #prober: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #flushes = new Set<Promise<void>>();
  #isDatabaseAway = false;
  #isDraining = false;

  constructor(deps: IntakeDependencies) {
    this.#deps = deps;
    this.#prober = setInterval(() => void this.#probe(), probeMs);
    this.#prober.unref();
    void this.#probe();
  }

  take(tenantId: TenantId, callback: ArrivedCallback): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = this.#waiting.get(tenantId) ?? [];
      line.push({ callback, resolve, reject });
      this.#waiting.set(tenantId, line);
      if (line.length >= batchMax) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), gatherMs);
    });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [tenantId, line] of this.#waiting) {
      if (this.#flushes.size >= flushesMax && !this.#isDatabaseAway) break;
      this.#waiting.delete(tenantId);
      const flush = this.#store(tenantId, line).finally(() => {
        this.#flushes.delete(flush);
        if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#flush(), 0);
      });
      this.#flushes.add(flush);
    }
  }

  async #store(tenantId: TenantId, line: readonly Waiting[]): Promise<void> {
    const callbacks = line.map(({ callback }) => callback);
    try {
      if (this.#isDatabaseAway) throw new Error('the database is away');
      await this.#insertInTime(tenantId, callbacks);
      this.#deps.metrics.stored.inc({ by: 'inbox' }, line.length);
      for (const { resolve } of line) resolve();
      this.#deps.wake();
    } catch (error) {
      if (isNamed(error, 'TenantUnknown')) {
        for (const { reject } of line) reject(error);
        return;
      }
      // A tenant that is being moved takes nothing for a moment; the others do.
      if (!isNamed(error, 'TenantFrozen')) this.#noteAway(error);
      await this.#spoolAll(tenantId, line);
    }
  }

  /** Late is as good as failed: the same row may then be in the spool too, and stays one row. */
  async #insertInTime(tenantId: TenantId, callbacks: readonly ArrivedCallback[]): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error('the database is slow')),
      this.#deps.patienceMs ?? patienceMsDefault,
    );
    const inserted = insert(this.#deps.db, tenantId, callbacks);
    inserted.catch(() => {});
    try {
      await Promise.race([inserted, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #spoolAll(tenantId: TenantId, line: readonly Waiting[]): Promise<void> {
    const spool = await this.#deps.spool.catch(() => undefined);
    await Promise.all(
      line.map(async ({ callback, resolve, reject }) => {
        try {
          if (spool === undefined) throw new Error('there is no spool');
          await spool.append({ tenantId, callback });
          this.#deps.metrics.stored.inc({ by: 'spool' });
          this.#deps.metrics.spoolBytes.set(spool.bytes());
          resolve();
        } catch (error) {
          this.#deps.metrics.lost.inc();
          this.#deps.log.error({ event: 'callbackNotStored', tenantId, err: error });
          reject(error);
        }
      }),
    );
  }

  #noteAway(err: unknown): void {
    if (!this.#isDatabaseAway) this.#deps.log.error({ event: 'callbacksSpooling', err });
    this.#isDatabaseAway = true;
  }

  async #probe(): Promise<void> {
    if (this.#isDraining) return;
    const spool = await this.#deps.spool.catch(() => undefined);
    if (spool === undefined || (spool.bytes() === 0 && !this.#isDatabaseAway)) return;
    try {
      await this.drainSpool();
    } catch (err) {
      this.#deps.log.debug({ event: 'spoolWaits', err });
    }
  }

  async drainSpool(): Promise<number> {
    this.#isDraining = true;
    try {
      const spool = await this.#deps.spool;
      const drained = await spool.drain((records) => this.#insertSpooled(records));
      this.#deps.metrics.spoolBytes.set(spool.bytes());
      if (this.#isDatabaseAway) this.#deps.log.warn({ event: 'callbacksDrained', drained });
      this.#isDatabaseAway = false;
      if (drained > 0) this.#deps.wake();
      return drained;
    } finally {
      this.#isDraining = false;
    }
  }

  /**
   * One business never keeps the callbacks of the others waiting: those of a business that is gone
   * are told of and dropped, as they are refused while the database is there; for one that is being
   * moved the file stays, and is taken again.
   */
  async #insertSpooled(records: readonly SpooledCallback[]): Promise<void> {
    let frozen: unknown;
    for (const [tenantId, own] of Map.groupBy(records, (record) => record.tenantId)) {
      try {
        await this.#insertOwn(tenantId, own);
      } catch (error) {
        if (isNamed(error, 'TenantUnknown')) {
          this.#deps.log.error({ event: 'callbacksOfNobody', tenantId, count: own.length });
        } else if (isNamed(error, 'TenantFrozen')) frozen = error;
        else throw error;
      }
    }
    if (frozen === undefined) return;
    this.#isDatabaseAway = false;
    throw frozen;
  }

  async #insertOwn(tenantId: TenantId, own: readonly SpooledCallback[]): Promise<void> {
    for (let at = 0; at < own.length; at += batchMax) {
      const callbacks = own.slice(at, at + batchMax).map(({ callback }) => callback);
      await insert(this.#deps.db, tenantId, callbacks);
      this.#deps.metrics.drained.inc(callbacks.length);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#prober);
    while (this.#waiting.size > 0 || this.#flushes.size > 0) {
      this.#flush();
      await Promise.all(this.#flushes);
    }
    const spool = await this.#deps.spool.catch(() => undefined);
    await spool?.close();
  }
}

function isNamed(error: unknown, name: 'TenantUnknown' | 'TenantFrozen'): boolean {
  return error instanceof Error && error.name === name;
}

/** Retries of deadlocks are inside `withTenant`; a repeat of rows that exist changes nothing. */
function insert(
  db: Pick<Database, 'withTenant'>,
  tenantId: TenantId,
  callbacks: readonly ArrivedCallback[],
): Promise<void> {
  return db.withTenant(tenantId, async (t) => {
    await appendCallbacks(t, callbacks);
    for (const { id, letter, cause } of callbacks) {
      if (cause !== undefined) await announceQuarantine(t, { id, letter, cause });
    }
  });
}
