/** What the ledger has done for it every few minutes, tenant by tenant. */
import type { Database } from '../db/database.ts';
import { writeDayBalances } from '../db/ledger-days.ts';
import { reopenReached } from '../db/ledger-closing.ts';
import { sealTransactions } from '../db/ledger-seals.ts';
import { expireReservations } from '../db/ledger.ts';
import { expirePostingRequests } from '../db/posting-requests.ts';
import { listTenantIds } from '../db/tenants.ts';
import { expireWords, wordKinds } from '../db/words-of-two.ts';
import type { TenantId } from '../domain/ids.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { Instant } from '../domain/time.ts';

/** Rows per transaction: few enough that nobody waits for the accounts they lock. */
const batchMax = { reservations: 200, requests: 200, words: 200, transactions: 5_000 };

/**
 * Frees reservations and ends what waited too long for a second person, seals what was posted and
 * writes balances of days that are over. Each is complete by itself and may be repeated; a tenant that
 * fails does not stop the others, and makes the step fail at the end.
 */
export async function keepLedgers(db: Database, nowMs: number): Promise<Record<string, number>> {
  const now = instantFromEpochMs(nowMs);
  const counts = {
    'reservations expired': 0,
    'requests expired': 0,
    'words expired': 0,
    'accounts reopened': 0,
    'transactions sealed': 0,
    'day balances written': 0,
  };
  const failures: unknown[] = [];
  for (const tenantId of await db.asOperator('keep the ledgers', listTenantIds)) {
    try {
      counts['reservations expired'] += await expireAll(db, tenantId, now);
      counts['requests expired'] += await db.withTenant(tenantId, (t) =>
        expirePostingRequests(t, { now, limit: batchMax.requests }),
      );
      counts['words expired'] += await expireAllWords(db, tenantId, now);
      counts['accounts reopened'] += await db.withTenant(tenantId, reopenReached);
      counts['transactions sealed'] += await sealAll(db, tenantId);
      counts['day balances written'] += await db.withTenant(tenantId, (t) =>
        writeDayBalances(t, now),
      );
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some ledgers could not be kept');
  return counts;
}

/** What is more than a batch waits for the next round. */
async function expireAllWords(db: Database, tenantId: TenantId, now: Instant): Promise<number> {
  const over = { now, limit: batchMax.words };
  let total = 0;
  for (const kind of wordKinds) {
    total += await db.withTenant(tenantId, (t) => expireWords(t, kind, over));
  }
  return total;
}

async function expireAll(db: Database, tenantId: TenantId, now: Instant): Promise<number> {
  let total = 0;
  for (;;) {
    const limit = batchMax.reservations;
    const expired = await db.withTenant(tenantId, (t) => expireReservations(t, { now, limit }));
    total += expired.length;
    if (expired.length < limit) return total;
  }
}

async function sealAll(db: Database, tenantId: TenantId): Promise<number> {
  let total = 0;
  for (;;) {
    const sealed = await db.withTenant(tenantId, (t) => sealTransactions(t, batchMax.transactions));
    total += sealed;
    if (sealed < batchMax.transactions) return total;
  }
}
