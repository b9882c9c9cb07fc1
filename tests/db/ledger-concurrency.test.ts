import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import {
  balanceOf,
  creditReceipt,
  postTransaction,
  postTransactions,
  reverseTransaction,
} from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import {
  customer,
  moved,
  outside,
  paidOut,
  purse,
  received,
} from '../../domain/ledger/movements.ts';
import type { AccountRef, Posting } from '../../domain/ledger/terms.ts';
import { cents } from '../../domain/money.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';
import { aReceipt, aSource, noon, post } from './ledger-fixture.ts';

let base: TestDatabase;
let tenantId: TenantId;
let shortcode: string;

beforeAll(async () => {
  base = await createTestDatabase({ poolMax: 32 });
  tenantId = (await aTenant(base.db)).tenantId;
});
beforeEach(() => {
  shortcode = randomUUID();
});
afterEach(async () => {
  expect(await base.invariants()).toEqual([]);
});
afterAll(() => base.drop());

const amountOf = async (account: AccountRef) =>
  (await base.db.withTenant(tenantId, (t) => balanceOf(t, account))).balanceCents;
const times = <T>(count: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

describe('many writers of one account', () => {
  test('lose nothing when 32 receive and pay out at the same moment', async () => {
    await post(base.db, tenantId, aReceipt(shortcode, 10_000));
    const pay = { postings: paidOut({ shortcodeId: shortcode, amountCents: cents(70) }) };
    const results = await times(192, (n) =>
      post(base.db, tenantId, n % 3 === 0 ? aReceipt(shortcode, 1, pay) : aReceipt(shortcode, 10)),
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await amountOf(purse(shortcode))).toBe(10_000 + 128 * 10 - 64 * 70);
    expect(await amountOf(outside(shortcode))).toBe(-(10_000 + 128 * 10 - 64 * 70));
  });

  test('never spend together what only some of them could', async () => {
    await post(base.db, tenantId, aReceipt(shortcode, 500));
    const pay = { postings: paidOut({ shortcodeId: shortcode, amountCents: cents(100) }) };
    const results = await times(32, () => post(base.db, tenantId, aReceipt(shortcode, 1, pay)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(5);
    expect(await amountOf(purse(shortcode))).toBe(0);
  });

  test('post one reference once, whoever comes first', async () => {
    const draft = aReceipt(shortcode, 40);
    const results = await times(16, () => post(base.db, tenantId, draft));
    expect(results.filter((result) => result.ok && result.isNew)).toHaveLength(1);
    expect(new Set(results.map((result) => result.ok && result.transactionId)).size).toBe(1);
    expect(await amountOf(purse(shortcode))).toBe(40);
  });

  test('credit one receipt once', async () => {
    const results = await times(16, () =>
      base.db.withTenant(tenantId, (t) =>
        creditReceipt(t, {
          ...{ shortcodeId: shortcode, receipt: 'TCC0000001', amountCents: cents(40) },
          source: aSource({ kind: 'c2b' }),
        }),
      ),
    );
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
  });
});

describe('two who undo the same transaction', () => {
  test('exactly one wins, in every round', async () => {
    for (let round = 0; round < 10; round += 1) {
      const posted = await post(base.db, tenantId, aReceipt(shortcode, 100));
      if (!posted.ok) throw new Error('refused');
      const results = await times(4, (n) =>
        base.db.withTenant(tenantId, (t) =>
          reverseTransaction(t, {
            ...{ transactionId: posted.transactionId, reference: `undo/${randomUUID()}/${n}` },
            ...{ occurredAt: noon, source: aSource({ kind: 'reversal' }) },
          }),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(
        results.filter((one) => !one.ok && one.refusal.code === 'already-reversed'),
      ).toHaveLength(3);
    }
    expect(await amountOf(purse(shortcode))).toBe(0);
  });
});

describe('locks', () => {
  test('taken in opposite orders by hand are untangled, and everything is posted once', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const fill = (owner: string) =>
      aReceipt(shortcode, 1, {
        postings: [{ from: outside(shortcode), to: customer(owner), amountCents: cents(1_000) }],
      });
    await post(base.db, tenantId, fill(a));
    await post(base.db, tenantId, fill(b));
    const take = (owner: string): Posting[] => [
      { from: customer(owner), to: outside(shortcode), amountCents: cents(10) },
    ];
    const results = await times(4, (n) =>
      base.db.withTenant(tenantId, async (t) => {
        const order = n % 2 === 0 ? [a, b] : [b, a];
        const done = [];
        for (const owner of order) {
          done.push(
            await postTransaction(
              t,
              aReceipt(shortcode, 1, {
                reference: `x/${shortcode}/${n}/${owner}`,
                postings: take(owner),
              }),
            ),
          );
        }
        return done.every(({ ok }) => ok);
      }),
    );
    expect(results).toEqual(results.map(() => true));
    expect(await amountOf(customer(a))).toBe(960);
    expect(await amountOf(customer(b))).toBe(960);
  });

  test('of one batch follow one order, so crossing batches need no second try', async () => {
    const transfer = (from: 'utility' | 'working') =>
      aReceipt(shortcode, 1, {
        postings: moved({
          ...{ shortcodeId: shortcode, amountCents: cents(5), from },
          to: from === 'utility' ? 'working' : 'utility',
        }),
      });
    await post(base.db, tenantId, aReceipt(shortcode, 1_000));
    await post(
      base.db,
      tenantId,
      aReceipt(shortcode, 1, {
        postings: moved({
          shortcodeId: shortcode,
          amountCents: cents(500),
          from: 'utility',
          to: 'working',
        }),
      }),
    );
    let attempts = 0;
    await times(16, (n) =>
      base.db.withTenant(tenantId, (t) => {
        attempts += 1;
        return postTransactions(t, [
          transfer(n % 2 ? 'utility' : 'working'),
          transfer(n % 2 ? 'working' : 'utility'),
        ]);
      }),
    );
    expect(attempts).toBe(16);
    expect(await amountOf(purse(shortcode))).toBe(500);
  });
});

describe('a connection that dies', () => {
  test('before COMMIT leaves nothing behind, and the same call again posts once', async () => {
    const draft = aReceipt(shortcode, 77);
    await expect(
      base.db.withTenant(tenantId, async (t) => {
        await postTransaction(t, draft);
        const [own] = (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(t.query))
          .rows;
        await base.asOwner('select pg_terminate_backend($1)', [own?.pid]);
        await sql`select 1`.execute(t.query);
      }),
    ).rejects.toThrow();
    expect(await amountOf(purse(shortcode))).toBe(0);
    expect(await post(base.db, tenantId, draft)).toMatchObject({ ok: true, isNew: true });
    expect(await amountOf(purse(shortcode))).toBe(77);
  });

  test('while COMMIT is under way leaves all or nothing, and the same call again tells which', async () => {
    for (let round = 0; round < 6; round += 1) {
      const draft = aReceipt(shortcode, 10, {
        postings: received({ shortcodeId: shortcode, amountCents: cents(10) }),
      });
      const killing: Promise<unknown>[] = [];
      await base.db
        .withTenant(tenantId, async (t) => {
          await postTransaction(t, draft);
          const [own] = (
            await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(t.query)
          ).rows;
          killing.push(base.asOwner('select pg_terminate_backend($1)', [own?.pid]));
        })
        .catch(() => undefined);
      await Promise.all(killing);
      await post(base.db, tenantId, draft);
      expect(await amountOf(purse(shortcode))).toBe((round + 1) * 10);
    }
  });
});
