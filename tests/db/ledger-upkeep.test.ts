import { randomUUID } from 'node:crypto';
import { writeDayBalances } from '../../db/ledger-days.ts';
import { listMonitors, unwatchAccount, watchAccount } from '../../db/ledger-monitors.ts';
import { sealTransactions, verifySeals } from '../../db/ledger-seals.ts';
import { balanceOf } from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import { paidOut, purse } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { houseCommand } from '../support/house-command.ts';
import { aTenant } from '../support/tenants.ts';
import { aReceipt, post } from './ledger-fixture.ts';

let base: TestDatabase;
let tenantId: TenantId;
let shortcode: string;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenantId = (await aTenant(base.db)).tenantId;
  shortcode = randomUUID();
});
afterAll(() => base.drop());

const payOut = (amount: number) =>
  aReceipt(shortcode, 1, {
    postings: paidOut({ shortcodeId: shortcode, amountCents: cents(amount) }),
  });

describe('a monitor', () => {
  const events = async () =>
    (
      await base.asOwner(
        `select data from shared.outbox where tenant_id = $1 and type = 'ledger.threshold-crossed'
         order by seq`,
        [tenantId],
      )
    ).map(({ data }) => data);
  const watch = (direction: 'below' | 'above', amount: number) =>
    base.db.withTenant(tenantId, (t) =>
      watchAccount(t, {
        ...{ account: purse(shortcode), name: 'Float', direction, actor: 'user:test' },
        thresholdCents: cents(amount),
      }),
    );

  test('tells once when a balance falls below, and again only after it came back', async () => {
    await post(base.db, tenantId, aReceipt(shortcode, 1_000));
    await watch('below', 500);
    await post(base.db, tenantId, payOut(400));
    expect(await events()).toEqual([]);
    await post(base.db, tenantId, payOut(200));
    await post(base.db, tenantId, payOut(100));
    expect(await events()).toMatchObject([
      { name: 'Float', direction: 'below', thresholdCents: 500, balanceCents: 400 },
    ]);
    await post(base.db, tenantId, aReceipt(shortcode, 500));
    await post(base.db, tenantId, payOut(400));
    expect(await events()).toHaveLength(2);
  });

  test('tells once when a balance rises above, whatever comes at the same moment', async () => {
    await watch('above', 1_000);
    await Promise.all(
      Array.from({ length: 8 }, () => post(base.db, tenantId, aReceipt(shortcode, 300))),
    );
    expect(await events()).toMatchObject([{ direction: 'above', balanceCents: 1_200 }]);
  });

  test('that is removed tells no more', async () => {
    await watch('above', 100);
    await base.db.withTenant(tenantId, async (t) => {
      const [monitor] = await listMonitors(t);
      expect(await unwatchAccount(t, monitor?.id ?? '')).toBe(true);
      expect(await unwatchAccount(t, monitor?.id ?? '')).toBe(false);
    });
    await post(base.db, tenantId, aReceipt(shortcode, 300));
    expect(await events()).toEqual([]);
  });
});

describe('balances of days', () => {
  const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T09:00:00.000Z` as Instant;
  const receive = (day: number, amount: number) =>
    post(base.db, tenantId, aReceipt(shortcode, amount, { occurredAt: at(day) }));
  const write = (day: number) => base.db.withTenant(tenantId, (t) => writeDayBalances(t, at(day)));
  const balances = (...days: number[]) =>
    base.db.withTenant(tenantId, async (t) => {
      const found: number[] = [];
      for (const day of days)
        found.push((await balanceOf(t, purse(shortcode), { at: at(day) })).balanceCents);
      return found;
    });

  test('give the same answer as the entries, before and after late movements', async () => {
    await receive(5, 10);
    await receive(7, 100);
    expect(await write(9)).toBe(4);
    expect(await write(9)).toBe(0);
    await receive(6, 1_000);
    await receive(3, 1);
    expect(await balances(2, 3, 5, 6, 7, 8)).toEqual([0, 1, 11, 1_011, 1_111, 1_111]);
    expect(await base.invariants()).toEqual([]);
  });

  test('include what was recorded late for an account that had no day yet', async () => {
    const other = shortcode;
    await receive(7, 5);
    await write(9);
    shortcode = randomUUID();
    await receive(4, 40);
    await receive(10, 2);
    await write(12);
    expect(await balances(3, 4, 9, 10)).toEqual([0, 40, 40, 42]);
    shortcode = other;
    expect(await balances(6, 7, 12)).toEqual([0, 5, 5]);
    expect(await base.invariants()).toEqual([]);
  });
});

describe('seals', () => {
  const seal = (limit = 100) => base.db.withTenant(tenantId, (t) => sealTransactions(t, limit));
  const verify = () => base.db.withTenant(tenantId, verifySeals);

  beforeEach(async () => {
    for (const amount of [1, 2, 3, 4, 5])
      await post(base.db, tenantId, aReceipt(shortcode, amount));
  });

  test('cover every transaction once, in links that hang together', async () => {
    expect(await seal(3)).toBe(3);
    expect(await seal(3)).toBe(2);
    expect(await seal(3)).toBe(0);
    await post(base.db, tenantId, aReceipt(shortcode, 6));
    expect(await seal()).toBe(1);
    expect(await verify()).toMatchObject({ ok: true, seals: 3, transactions: 6 });
    expect(await base.invariants()).toEqual([]);
  });

  test('made at the same moment take turns', async () => {
    const counts = await Promise.all([seal(), seal(), seal()]);
    expect(counts.sort()).toEqual([0, 0, 5]);
    expect(await verify()).toMatchObject({ ok: true, transactions: 5 });
  });

  test.each([
    ['an amount', `update shared.ledger_entries set amount_cents = amount_cents * 2`],
    ['a time', `update shared.ledger_transactions set occurred_at = occurred_at - interval '1 h'`],
    ['who did it', `update shared.ledger_transactions set actor = 'user:other'`],
  ])('show that somebody with all power changed %s', async (_what, damage) => {
    await seal(3);
    await seal(3);
    await base.asOwner('begin');
    await base.asOwner('set local session_replication_role = replica');
    await base.asOwner(`${damage} where tenant_id = $1`, [tenantId]);
    await base.asOwner('commit');
    expect(await verify()).toEqual({ ok: false, seq: 1, problem: 'altered' });
    const told = await ledgerVerify();
    expect(told).toEqual({ code: 1, stdout: expect.stringContaining('BROKEN at seal 1: altered') });
  });

  test('that still fit are said to by the command, with their number', async () => {
    await seal();

    const { code, stdout } = await ledgerVerify();

    expect(stdout).toContain(`${tenantId} intact, 1 seals over 5 transactions`);
    expect(stdout).toContain('1 ledgers checked, 0 not as they were sealed');
    expect(code).toBe(0);
  });

  /** `npm run ledger:verify` over the database of this suite. */
  const ledgerVerify = () => houseCommand(base, 'scripts/ledger-verify.ts', '--tenant', tenantId);
});
