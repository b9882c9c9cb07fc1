/** For suites about changes of rows: three rows of a new business before every test. */
import { setCategories } from '../../db/transaction-categories.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { Direction } from '../../domain/statements/terms.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, postStatement, type Row, type TestTenant } from './fixture.ts';

export interface ThreeRows {
  base: TestDatabase;
  tenant: TestTenant;
  /** Of 100, 200 and 300 cents. */
  rows: readonly Row[];
  posted: Awaited<ReturnType<typeof postStatement>>;
  inTenant<T>(work: (t: TenantHandle) => Promise<T>): Promise<T>;
}

/** Receipts are the prefix, then 0000001 to 0000003; `category` is what the catalogue said of all. */
export function threeRows(about: {
  prefix: string;
  directions: readonly [Direction, Direction, Direction];
  category?: string;
}): ThreeRows {
  const { prefix, directions, category } = about;
  const rows = directions.map((direction, at): Row => {
    const n = at + 1;
    return { receipt: `${prefix}000000${n}`, direction, amountCents: 100 * n, minute: n };
  });
  let base: TestDatabase;
  let tenant: TestTenant;
  let posted: ThreeRows['posted'];
  const inTenant: ThreeRows['inTenant'] = (work) => base.db.withTenant(tenant.tenantId, work);
  beforeAll(async () => {
    base = await createTestDatabase();
  });
  beforeEach(async () => {
    tenant = await aTenant(base.db);
    posted = await postStatement(base.db, tenant, { rows });
    if (category !== undefined) await inTenant((t) => categorise(t, posted, category));
  });
  afterAll(() => base.drop());
  return {
    ...{ rows, inTenant },
    get base() {
      return base;
    },
    get tenant() {
      return tenant;
    },
    get posted() {
      return posted;
    },
    set posted(next) {
      posted = next;
    },
  };
}

function categorise(t: TenantHandle, { inserted }: ThreeRows['posted'], category: string) {
  const rows = inserted.map(({ transactionId }) => ({
    ...{ transactionId, category, confidence: 'likely' as const },
    ...{ reason: 'a till', source: 'catalogue' },
  }));
  return setCategories(t, rows);
}
