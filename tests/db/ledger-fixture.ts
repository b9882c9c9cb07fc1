/** Accounts and movements for the tests of the ledger. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import { postTransaction } from '../../db/ledger.ts';
import type { NewTransaction, PostResult } from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import { received } from '../../domain/ledger/movements.ts';
import type { Source } from '../../domain/ledger/terms.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';

export const noon = '2026-03-02T09:00:00.000Z' as Instant;

export function aSource(overrides: Partial<Source> = {}): Source {
  return { kind: 'collection', id: randomUUID(), actor: 'service:test', ...overrides };
}

export function aReceipt(
  shortcodeId: string,
  amount: number,
  overrides: Partial<NewTransaction> = {},
): NewTransaction {
  return {
    reference: `test/${randomUUID()}`,
    kind: 'collection.paid',
    occurredAt: noon,
    postings: received({ shortcodeId, amountCents: cents(amount) }),
    source: aSource(),
    ...overrides,
  };
}

export function post(db: Database, tenantId: TenantId, draft: NewTransaction): Promise<PostResult> {
  return db.withTenant(tenantId, (t) => postTransaction(t, draft));
}
