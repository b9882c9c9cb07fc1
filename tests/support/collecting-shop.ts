/** A business with a shortcode that collects, another one for each test, behind the real API. */
import type { TenantHandle } from '../../db/database.ts';
import type { ShortcodeId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from './api.ts';
import { aShortcode } from './collections.ts';
import type { Somebody } from './tenants.ts';

export interface CollectingShop {
  readonly stage: ApiStage;
  readonly somebody: Somebody;
  /** Of its owner, with a fresh second factor. */
  readonly token: string;
  readonly shortcodeId: ShortcodeId;
  within<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result>;
}

/** Opens the stage for the tests of a file, and a shop for each of them; closes what it opened. */
export function collectingShop(options?: Parameters<typeof openApiStage>[0]): CollectingShop {
  let opened: ApiStage | undefined;
  let shop: Pick<CollectingShop, 'somebody' | 'token' | 'shortcodeId'> | undefined;
  const stage = () => opened ?? tooEarly();
  const current = () => shop ?? tooEarly();
  const within: CollectingShop['within'] = (work) =>
    stage().database.db.withTenant(current().somebody.tenantId, work);
  beforeAll(async () => {
    opened = await openApiStage(options);
  });
  beforeEach(async () => {
    const somebody = await stage().tenant();
    const shortcodeId = await stage().database.db.withTenant(somebody.tenantId, (t) =>
      aShortcode(t),
    );
    shop = { somebody, shortcodeId, token: await stage().token(somebody) };
  });
  afterAll(() => stage().close());
  return {
    within,
    get stage() {
      return stage();
    },
    get somebody() {
      return current().somebody;
    },
    get token() {
      return current().token;
    },
    get shortcodeId() {
      return current().shortcodeId;
    },
  };
}

function tooEarly(): never {
  throw new Error('the shop opens when the first test of the file begins');
}
