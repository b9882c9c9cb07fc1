import { randomUUID } from 'node:crypto';
import {
  balanceOf,
  creditReceipt,
  postTransaction,
  postTransactions,
  reverseTransaction,
} from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import {
  charged,
  outside,
  paidOut,
  purse,
  received,
  suspense,
} from '../../domain/ledger/movements.ts';
import type { AccountRef } from '../../domain/ledger/terms.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';
import { aReceipt, aSource, noon, post } from './ledger-fixture.ts';

let base: TestDatabase;
let tenantId: TenantId;
let shortcode: string;

beforeAll(async () => {
  base = await createTestDatabase();
  tenantId = (await aTenant(base.db)).tenantId;
});
beforeEach(() => {
  shortcode = randomUUID();
});
afterEach(async () => {
  expect(await base.invariants()).toEqual([]);
});
afterAll(() => base.drop());

const held = async (account: AccountRef, at?: Instant) =>
  base.db.withTenant(tenantId, (t) => balanceOf(t, account, at === undefined ? {} : { at }));

const amountOf = async (account: AccountRef, at?: Instant) =>
  (await held(account, at)).balanceCents;

describe('a transaction', () => {
  test('moves money between accounts that open by being used', async () => {
    expect(await post(base.db, tenantId, aReceipt(shortcode, 5_000))).toMatchObject({
      ok: true,
      isNew: true,
    });
    expect(await held(purse(shortcode))).toEqual({
      balanceCents: 5_000,
      reservedCents: 0,
      availableCents: 5_000,
    });
    expect(await amountOf(outside(shortcode))).toBe(-5_000);
  });

  test('counts once however often its reference comes', async () => {
    const draft = aReceipt(shortcode, 700);
    const first = await post(base.db, tenantId, draft);
    const again = await post(base.db, tenantId, { ...draft, occurredAt: noon });
    expect(again).toEqual({ ...first, isNew: false });
    expect(await amountOf(purse(shortcode))).toBe(700);
  });

  test('is refused when its reference stands for other postings', async () => {
    const draft = aReceipt(shortcode, 700);
    await post(base.db, tenantId, draft);
    const other = {
      ...draft,
      postings: received({ shortcodeId: shortcode, amountCents: cents(701) }),
    };
    expect(await post(base.db, tenantId, other)).toEqual({
      ok: false,
      refusal: { code: 'reference-mismatch' },
    });
  });

  test('cannot spend what is not there, and leaves no trace of the attempt', async () => {
    await post(base.db, tenantId, aReceipt(shortcode, 100));
    const wish = aReceipt(shortcode, 1, {
      postings: paidOut({ shortcodeId: shortcode, amountCents: cents(101) }),
    });
    expect(await post(base.db, tenantId, wish)).toEqual({
      ok: false,
      refusal: { code: 'insufficient-funds', account: purse(shortcode) },
    });
    expect(await amountOf(purse(shortcode))).toBe(100);
    const stored = await base.asOwner(
      'select from shared.ledger_transactions where reference = $1',
      [wish.reference],
    );
    expect(stored).toEqual([]);
  });

  test('may take utility below zero for a charge of M-PESA and for nothing else', async () => {
    await post(base.db, tenantId, aReceipt(shortcode, 100));
    const charge = { postings: charged({ shortcodeId: shortcode, amountCents: cents(130) }) };
    expect(await post(base.db, tenantId, aReceipt(shortcode, 1, charge))).toMatchObject({
      ok: true,
    });
    expect(await amountOf(purse(shortcode))).toBe(-30);
    const payout = { postings: paidOut({ shortcodeId: shortcode, amountCents: cents(1) }) };
    expect(await post(base.db, tenantId, aReceipt(shortcode, 1, payout))).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient-funds' },
    });
  });

  test('of a batch sees what the ones before it moved', async () => {
    const pay = paidOut({ shortcodeId: shortcode, amountCents: cents(60) });
    const results = await base.db.withTenant(tenantId, (t) =>
      postTransactions(t, [
        aReceipt(shortcode, 100),
        aReceipt(shortcode, 1, { postings: pay }),
        aReceipt(shortcode, 1, { postings: pay }),
      ]),
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(await amountOf(purse(shortcode))).toBe(40);
  });

  test('is undone by its opposite, once', async () => {
    const posted = await post(base.db, tenantId, aReceipt(shortcode, 900));
    if (!posted.ok) throw new Error('refused');
    const undo = (reference: string) =>
      base.db.withTenant(tenantId, (t) =>
        reverseTransaction(t, {
          ...{ transactionId: posted.transactionId, reference, occurredAt: noon },
          source: aSource({ kind: 'reversal' }),
        }),
      );
    expect(await undo('undo/1/' + shortcode)).toMatchObject({ ok: true, isNew: true });
    expect(await undo('undo/1/' + shortcode)).toMatchObject({ ok: true, isNew: false });
    expect(await undo('undo/2/' + shortcode)).toEqual({
      ok: false,
      refusal: { code: 'already-reversed' },
    });
    expect(await amountOf(purse(shortcode))).toBe(0);
  });
});

describe('the database itself', () => {
  const insertEntries = (amounts: number[], legs = [1, 2]) => `
    with x as (
      insert into shared.ledger_transactions (tenant_id, reference, kind, occurred_at, postings_hash,
        source_kind, source_id, actor)
      values ('${tenantId}', '${randomUUID()}', 'k', now(), sha256(''), 'manual', 's', 'a')
      returning tenant_id, id
    ), a as (
      select id, row_number() over (order by id) as n from shared.ledger_accounts
      where tenant_id = '${tenantId}'
    )
    insert into shared.ledger_entries (tenant_id, transaction_id, leg, account_id, amount_cents,
      occurred_at)
    select x.tenant_id, x.id, e.leg, a.id, e.cents, now()
    from x, unnest('{${legs.join()}}'::int[], '{${amounts.join()}}'::bigint[]) with ordinality
      as e(leg, cents, n)
    join a using (n)`;

  beforeEach(() => post(base.db, tenantId, aReceipt(shortcode, 1)));

  test('refuses entries that do not sum to zero', async () => {
    await expect(base.asOwner(insertEntries([-5, 6]))).rejects.toThrow('sum to 1 cents');
  });

  test('refuses a transaction without entries when it is committed', async () => {
    await expect(
      base.asOwner(
        `insert into shared.ledger_transactions (tenant_id, reference, kind, occurred_at,
           postings_hash, source_kind, source_id, actor)
         values ($1, 'empty', 'k', now(), sha256(''), 'manual', 's', 'a')`,
        [tenantId],
      ),
    ).rejects.toThrow('ledger_transactions_has_entries');
  });

  test('refuses entries added to a transaction later, even balanced ones', async () => {
    const [row] = await base.asOwner(
      'select transaction_id as x from shared.ledger_entries where tenant_id = $1 limit 1',
      [tenantId],
    );
    await expect(
      base.asOwner(
        `insert into shared.ledger_entries (tenant_id, transaction_id, leg, account_id,
           amount_cents, occurred_at)
         select tenant_id, transaction_id, leg + 2, account_id, amount_cents, occurred_at
         from shared.ledger_entries where transaction_id = $1`,
        [row?.['x']],
      ),
    ).rejects.toThrow('were written before');
  });

  test.each(['ledger_transactions', 'ledger_entries'])(
    'never changes or deletes rows of %s',
    async (table) => {
      await expect(base.asOwner(`delete from shared.${table}`)).rejects.toThrow('append-only');
      const column = table === 'ledger_entries' ? 'leg = leg' : 'kind = kind';
      await expect(base.asOwner(`update shared.${table} set ${column}`)).rejects.toThrow(
        'append-only',
      );
    },
  );
});

describe('a receipt', () => {
  test('is credited once, whoever brings it', async () => {
    const credit = (kind: 'collection' | 'c2b') =>
      base.db.withTenant(tenantId, (t) =>
        creditReceipt(t, {
          shortcodeId: shortcode,
          receipt: 'TEX1234567',
          amountCents: cents(450),
          source: aSource({ kind }),
        }),
      );
    const [first, second] = await Promise.all([credit('collection'), credit('c2b')]);
    expect([first.isNew, second.isNew].sort()).toEqual([false, true]);
    expect(first.transactionId).toBe(second.transactionId);
    expect(await amountOf(suspense(shortcode))).toBe(450);
  });

  test('says what the first witness credited when the second disagrees', async () => {
    const credit = (amount: number) =>
      base.db.withTenant(tenantId, (t) =>
        creditReceipt(t, {
          shortcodeId: shortcode,
          receipt: 'TEX0000001',
          amountCents: cents(amount),
          source: aSource(),
          postings: received({ shortcodeId: shortcode, amountCents: cents(amount) }),
        }),
      );
    await credit(100);
    expect(await credit(200)).toMatchObject({ isNew: false, creditedCents: 100 });
  });
});

describe('another tenant', () => {
  test('sees neither accounts nor transactions, and may use the same reference', async () => {
    const draft = aReceipt(shortcode, 333);
    await post(base.db, tenantId, draft);
    const other = await aTenant(base.db);
    const seen = await base.db.withTenant(other.tenantId, async (t) => ({
      balance: (await balanceOf(t, purse(shortcode))).balanceCents,
      posted: await postTransaction(t, draft),
    }));
    expect(seen).toMatchObject({ balance: 0, posted: { ok: true, isNew: true } });
    expect(await amountOf(purse(shortcode))).toBe(333);
  });
});

describe('a balance at a past time', () => {
  test('counts what happened up to that instant, also when it was recorded late', async () => {
    const at = (time: string) => `2026-02-0${time}.000Z` as Instant;
    for (const [occurredAt, amount] of [
      [at('3T10:00:00'), 10],
      [at('1T10:00:00'), 1],
      [at('2T10:00:00'), 100],
    ] as const)
      await post(base.db, tenantId, aReceipt(shortcode, amount, { occurredAt }));
    const seen = await Promise.all(
      ['1T09:59:59', '1T10:00:00', '2T23:00:00', '3T11:00:00'].map((time) =>
        amountOf(purse(shortcode), at(time)),
      ),
    );
    expect(seen).toEqual([0, 1, 101, 111]);
  });
});
