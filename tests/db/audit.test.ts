import { appendAudit, listAudit, verifyAudit } from '../../db/audit.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';
import type { TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

const append = (objectId: string, detail: Record<string, unknown> = {}) =>
  base.db.withTenant(tenant.tenantId, (t) =>
    appendAudit(t, {
      actor: `user:${tenant.userId}`,
      action: 'statement.undo',
      objectKind: 'statement',
      objectId,
      detail,
    }),
  );
const verify = () => base.db.withTenant(tenant.tenantId, verifyAudit, { readOnly: true });

/** Past the trigger that refuses changes, as somebody with the disk in hands would do it. */
async function tamper(text: string) {
  await base.asOwner(`set session_replication_role = replica`);
  await base.asOwner(text.replaceAll(':tenant', `'${tenant.tenantId}'`));
  await base.asOwner(`set session_replication_role = origin`);
}

describe('the audit chain', () => {
  test('verifies after any contents, and an empty chain verifies too', async () => {
    await expect(verify()).resolves.toMatchObject({ ok: true, records: 0 });
    await append('one', { b: 1, a: [null, { z: 'ü', y: 1.5 }], ключ: '\u2028' });
    await append('two', { nested: { deep: { deeper: [[], {}] } }, big: 2 ** 53 - 1 });
    await expect(verify()).resolves.toMatchObject({ ok: true, records: 2 });
  });

  test('fifty writers at once leave no gap and no fork', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => append(`object-${n}`)));
    await expect(verify()).resolves.toMatchObject({ ok: true, records: 50 });
    expect(await base.invariants()).toEqual([]);
  });

  test('a transaction that fails leaves no record', async () => {
    await append('kept');
    const failed = base.db.withTenant(tenant.tenantId, async (t) => {
      await appendAudit(t, {
        actor: 'a',
        action: 'key.create',
        objectKind: 'api-key',
        objectId: 'lost',
      });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await expect(verify()).resolves.toMatchObject({ ok: true, records: 1 });
  });

  test('the runtime role and even the owner cannot change a record', async () => {
    await append('one');
    const attempts = ['update shared.audit_log set actor = $$x$$', 'delete from shared.audit_log'];
    for (const text of attempts) {
      await expect(base.asOwner(text)).rejects.toMatchObject({ code: '42501' });
    }
    const byApp = base.db.withTenant(tenant.tenantId, (t) =>
      t.query.deleteFrom('audit_log').execute(),
    );
    await expect(byApp).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    [
      'an altered actor',
      `update shared.audit_log set actor = 'x' where tenant_id = :tenant and seq = 3`,
      3,
    ],
    [
      'an altered detail',
      `update shared.audit_log set detail = '{"a":1}' where tenant_id = :tenant and seq = 1`,
      1,
    ],
    ['a removed record', `delete from shared.audit_log where tenant_id = :tenant and seq = 2`, 2],
    ['a removed tail', `delete from shared.audit_log where tenant_id = :tenant and seq = 5`, 5],
    [
      'two records in each other’s place',
      `update shared.audit_log set seq = case seq when 2 then -3 else -2 end
         where tenant_id = :tenant and seq in (2, 3);
       update shared.audit_log set seq = -seq where tenant_id = :tenant and seq < 0`,
      2,
    ],
    [
      'a flipped bit in a hash',
      `update shared.audit_log set hash = set_bit(hash, 7, 1 - get_bit(hash, 7))
         where tenant_id = :tenant and seq = 4`,
      4,
    ],
  ])('%s is found at its place', async (_what, text, firstBadSeq) => {
    for (let n = 1; n <= 5; n += 1) await append(`object-${n}`);
    await base.asOwner(
      'alter table shared.audit_log drop constraint if exists audit_log_seq_check',
    );
    await tamper(text);
    await expect(verify()).resolves.toMatchObject({ ok: false, firstBadSeq });
  });

  test('chains of two tenants do not touch', async () => {
    await append('mine');
    const other = await aTenant(base.db);
    await expect(
      base.db.withTenant(other.tenantId, (t) => listAudit(t, { objectId: 'mine', limit: 5 })),
    ).resolves.toEqual([]);
    const mine = await base.db.withTenant(tenant.tenantId, (t) =>
      listAudit(t, { objectId: 'mine', limit: 5 }),
    );
    expect(mine).toMatchObject([{ seq: 1, action: 'statement.undo', requestId: null }]);
  });
});

describe('canonical JSON', () => {
  test('has one spelling per value', () => {
    expect(canonicalJson({ b: 1, a: { d: undefined, c: [undefined, 'x'] } })).toBe(
      '{"a":{"c":[null,"x"]},"b":1}',
    );
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3 })).toBe('{"\\r":2,"1":3,"€":1}');
    expect(canonicalJson([-0, 1e21, null, true])).toBe('[0,1e+21,null,true]');
  });
});
