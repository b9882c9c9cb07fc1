/** For suites about what one business stores: a database of their own, a new business for each test. */
import type { TenantHandle } from '../../db/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, type TestTenant } from './fixture.ts';

export interface OneTenant {
  readonly base: TestDatabase;
  /** The business of the test that runs. */
  readonly tenant: TestTenant;
  asTenant<T>(work: (t: TenantHandle) => Promise<T>): Promise<T>;
  /** Begins with a new business in the middle of a test. */
  anotherTenant(): Promise<void>;
}

/** Registers what opens and drops the database; call it at the top of a suite. */
export function oneTenant(): OneTenant {
  const opened: { base?: TestDatabase; tenant?: TestTenant } = {};
  const there = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error('only tests and their hooks have a database');
    return thing;
  };
  beforeAll(async () => {
    opened.base = await createTestDatabase();
  });
  const anotherTenant = async (): Promise<void> => {
    opened.tenant = await aTenant(there(opened.base).db);
  };
  beforeEach(anotherTenant);
  afterAll(() => opened.base?.drop());
  return {
    get base() {
      return there(opened.base);
    },
    get tenant() {
      return there(opened.tenant);
    },
    asTenant: (work) => there(opened.base).db.withTenant(there(opened.tenant).tenantId, work),
    anotherTenant,
  };
}
