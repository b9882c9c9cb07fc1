import { randomUUID } from 'node:crypto';
import {
  balanceOf,
  commitReservation,
  expireReservations,
  reserve,
  voidReservation,
} from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import { charged, outside, paidOut, purse } from '../../domain/ledger/movements.ts';
import { cents, type Cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';
import { aReceipt, aSource, noon, post } from './ledger-fixture.ts';

let base: TestDatabase;
let tenantId: TenantId;
let shortcode: string;
let reference: string;

beforeAll(async () => {
  base = await createTestDatabase();
  tenantId = (await aTenant(base.db)).tenantId;
});
beforeEach(async () => {
  shortcode = randomUUID();
  reference = `disbursement/${randomUUID()}`;
  await post(base.db, tenantId, aReceipt(shortcode, 1_000));
});
afterEach(async () => {
  expect(await base.invariants()).toEqual([]);
});
afterAll(() => base.drop());

const source = aSource({ kind: 'disbursement' });
const never = '2099-01-01T00:00:00.000Z' as Instant;

const hold = (amount: number, expiresAt = never, name = reference) =>
  base.db.withTenant(tenantId, (t) =>
    reserve(t, {
      reference: name,
      from: purse(shortcode),
      to: outside(shortcode),
      amountCents: cents(amount),
      expiresAt,
      source,
    }),
  );
const commit = (extra: { amountCents?: Cents; postings?: ReturnType<typeof paidOut> } = {}) =>
  base.db.withTenant(tenantId, (t) =>
    commitReservation(t, { reference, occurredAt: noon, source, ...extra }),
  );
const release = (why: 'rejected' | 'expired' | 'cancelled') =>
  base.db.withTenant(tenantId, (t) => voidReservation(t, { reference, why }));
const held = () => base.db.withTenant(tenantId, (t) => balanceOf(t, purse(shortcode)));

describe('a reservation', () => {
  test('takes money out of reach without moving it', async () => {
    expect(await hold(600)).toMatchObject({ ok: true, isNew: true });
    expect(await held()).toEqual({ balanceCents: 1_000, reservedCents: 600, availableCents: 400 });
    const wish = { postings: paidOut({ shortcodeId: shortcode, amountCents: cents(401) }) };
    expect(await post(base.db, tenantId, aReceipt(shortcode, 1, wish))).toMatchObject({
      ok: false,
      refusal: { code: 'insufficient-funds' },
    });
  });

  test('is refused with what is available when that is too little', async () => {
    await hold(600);
    expect(await hold(500, never, `${reference}/b`)).toEqual({
      ok: false,
      refusal: { code: 'insufficient-funds', availableCents: 400 },
    });
  });

  test('is found again by its reference, and never with another amount', async () => {
    const first = await hold(600);
    expect(await hold(600)).toEqual({ ...first, isNew: false });
    expect(await hold(601)).toEqual({ ok: false, refusal: { code: 'reference-mismatch' } });
    expect(await held()).toMatchObject({ reservedCents: 600 });
  });

  test('of two that together exceed the balance one is refused, also at the same moment', async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map((n) => hold(600, never, `${reference}/${n}`)),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('becomes the movement that happened, once', async () => {
    await hold(600);
    const first = await commit();
    expect(first).toMatchObject({ ok: true, isNew: true });
    expect(await commit()).toEqual({ ...first, isNew: false });
    expect(await held()).toEqual({ balanceCents: 400, reservedCents: 0, availableCents: 400 });
  });

  test('commits a part and frees the rest', async () => {
    await hold(600);
    await commit({ amountCents: cents(150) });
    expect(await held()).toEqual({ balanceCents: 850, reservedCents: 0, availableCents: 850 });
  });

  test('may be committed with a charge on top, and with no other money', async () => {
    await hold(1_000);
    const sent = paidOut({ shortcodeId: shortcode, amountCents: cents(1_001) });
    expect(await commit({ postings: sent })).toEqual({
      ok: false,
      refusal: { code: 'over-reserved' },
    });
    const postings = paidOut({
      shortcodeId: shortcode,
      amountCents: cents(1_000),
      chargeCents: cents(23),
    });
    expect(await commit({ postings })).toMatchObject({ ok: true });
    expect(await held()).toMatchObject({ balanceCents: -23, reservedCents: 0 });
  });

  test('stays committable when a charge took the account below what is reserved', async () => {
    await hold(1_000);
    const charge = { postings: charged({ shortcodeId: shortcode, amountCents: cents(50) }) };
    await post(base.db, tenantId, aReceipt(shortcode, 1, charge));
    expect(await commit()).toMatchObject({ ok: true });
    expect(await held()).toMatchObject({ balanceCents: -50, reservedCents: 0 });
  });

  test('that is voided frees everything and can no longer be committed', async () => {
    await hold(600);
    expect(await release('rejected')).toEqual({ ok: true, isNew: true });
    expect(await release('rejected')).toEqual({ ok: true, isNew: false });
    expect(await held()).toMatchObject({ reservedCents: 0, availableCents: 1_000 });
    expect(await commit()).toEqual({ ok: false, refusal: { code: 'not-open' } });
  });

  test('that is committed cannot be voided any more', async () => {
    await hold(600);
    await commit();
    expect(await release('cancelled')).toEqual({ ok: false, refusal: { code: 'not-open' } });
  });

  test('is either committed or voided when both come at the same moment', async () => {
    await hold(600);
    const [committed, voided] = await Promise.all([commit(), release('expired')]);
    expect([committed.ok, voided.ok].sort()).toEqual([false, true]);
  });

  test('expires when its time has come and not before', async () => {
    await hold(600, '2026-01-01T00:00:10.000Z' as Instant);
    const expire = (now: string) =>
      base.db.withTenant(tenantId, (t) =>
        expireReservations(t, { now: now as Instant, limit: 10 }),
      );
    expect(await expire('2026-01-01T00:00:09.999Z')).toEqual([]);
    expect(await expire('2026-01-01T00:00:10.000Z')).toEqual([reference]);
    expect(await held()).toMatchObject({ reservedCents: 0 });
  });

  test('cannot be changed or moved out of order even by hand', async () => {
    await hold(600);
    const change = (set: string) =>
      base.asOwner(`update shared.ledger_reservations set ${set} where reference = $1`, [
        reference,
      ]);
    await expect(change('amount_cents = 1')).rejects.toThrow('cannot become');
    await release('cancelled');
    await expect(change(`status = 'open', closed_at = null, why = null`)).rejects.toThrow(
      'cannot become',
    );
    await expect(base.asOwner('delete from shared.ledger_reservations')).rejects.toThrow(
      'append-only',
    );
  });
});
