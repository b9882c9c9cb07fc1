import { account, chain, moves } from './chain-runs.ts';
import { linesOf, receiptOf } from './lines.ts';
import type { LineSketch } from './lines.ts';

describe('a chain that holds', () => {
  test('runs oldest first', () => {
    expect(chain(linesOf(account(5000, moves)))).toMatchObject({
      order: 'oldest-first',
      breakCount: 0,
      linkCount: moves.length - 1,
      openingCents: 5000,
      closingCents: 44943,
    });
  });

  test('runs newest first', () => {
    expect(chain(linesOf(account(5000, moves).toReversed()))).toMatchObject({
      order: 'newest-first',
      breakCount: 0,
      linkCount: moves.length - 1,
      openingCents: 5000,
      closingCents: 44943,
    });
  });

  test('passes over rows that are not completed', () => {
    const sketches = account(5000, moves);
    const failed: LineSketch & { balance: number } = {
      receipt: 'UKEFAILED1',
      second: 2,
      moved: -9900,
      balance: 777,
      status: 'failed',
    };
    sketches.splice(3, 0, failed);

    expect(chain(linesOf(sketches))).toMatchObject({ breakCount: 0, balanceCount: moves.length });
  });

  test('carries on over rows that print no balance', () => {
    const sketches = account(5000, moves).map((sketch, n) =>
      n === 0 || n === 3 ? { ...sketch, balance: undefined } : sketch,
    );

    expect(chain(linesOf(sketches))).toMatchObject({ breakCount: 0, openingCents: 5000 });
  });

  test('lets an overdrawn account be negative', () => {
    expect(chain(linesOf(account(0, [-5000, -2000, 9000]))).breakCount).toBe(0);
  });

  test('says nothing without rows', () => {
    expect(chain([])).toMatchObject({
      breakCount: 0,
      linkCount: 0,
      order: 'unknown',
      openingCents: undefined,
    });
  });
});

describe('rows of one moment in another order', () => {
  /** A deposit of 1,000.00 and its automatic repayment of 300.00 in the same second, swapped. */
  const swapped = (seed: number): LineSketch[] => [
    { receipt: receiptOf(seed + 3), second: seed + 2, moved: -500, balance: seed + 69500 },
    {
      receipt: receiptOf(seed + 1),
      second: seed + 1,
      moved: 100000,
      balance: seed + 100000,
    },
    {
      receipt: receiptOf(seed + 2),
      second: seed + 1,
      moved: -30000,
      balance: seed + 70000,
      details: 'OD Loan Repayment to 232323 - M-PESA Overdraw',
    },
    { receipt: receiptOf(seed), second: seed, moved: 0 - 100, balance: seed },
  ];

  test.each(Array.from({ length: 17 }, (_, n) => n * 1000))(
    'an overdraft repayment listed against the chain passes (%i)',
    (seed) => {
      expect(chain(linesOf(swapped(seed)))).toMatchObject({ breakCount: 0, linkCount: 2 });
    },
  );

  test('a charge listed before its payment passes', () => {
    const file = linesOf([
      { receipt: 'UKE7Q2X9LM', second: 10, moved: -405, balance: 4820595 },
      { receipt: 'UKE7Q2X9LM', second: 10, moved: 150000, balance: 4821000 },
      { receipt: 'UKE8A1B2C3', second: 900, moved: -2500000, balance: 2320595 },
    ]);

    expect(chain(file)).toMatchObject({
      breakCount: 0,
      openingCents: 4671000,
      closingCents: 2320595,
    });
  });

  test('a charge stamped a second apart from its payment is still of its moment', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 10, moved: 100000, balance: 100000 },
      { receipt: receiptOf(2), second: 20, moved: -500, balance: 89500 },
      { receipt: receiptOf(2), second: 21, moved: -10000, balance: 90000 },
      { receipt: receiptOf(3), second: 30, moved: -500, balance: 89000 },
    ]);

    expect(chain(file)).toMatchObject({ breakCount: 0, linkCount: 2 });
  });

  test('rows without receipts are not of one moment for that', () => {
    const file = linesOf([
      { receipt: '', second: 10, moved: 100000, balance: 100000 },
      { receipt: '', second: 20, moved: -500, balance: 99500 },
      { receipt: 'TRF', second: 30, moved: -500, balance: 99000 },
      { receipt: 'TRF', second: 40, moved: -500, balance: 98500 },
    ]);

    expect(chain(file)).toMatchObject({ breakCount: 0, linkCount: 3 });
  });

  test('a payment and its charge may print one common balance', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 50000, balance: 50000 },
      { receipt: receiptOf(2), second: 2, moved: -10000, balance: 39000 },
      { receipt: receiptOf(2), second: 2, moved: -1000, balance: 39000 },
      { receipt: receiptOf(3), second: 3, moved: -9000, balance: 30000 },
    ]);

    expect(chain(file)).toMatchObject({ breakCount: 0, linkCount: 2, loose: { count: 0 } });
  });

  test('the three rows of a Fuliza purchase pass in any order', () => {
    const draw = { receipt: receiptOf(2), second: 2, details: 'OverDraft of Credit Party' };
    const trio: LineSketch[] = [
      { ...draw, moved: 20000, balance: 25000 },
      { receipt: receiptOf(2), second: 2, moved: -24000, balance: 1000 },
      {
        receipt: receiptOf(2),
        second: 2,
        moved: -1000,
        balance: 0,
        details: 'Pay Merchant Charge',
      },
    ];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      const file = linesOf([
        { receipt: receiptOf(1), second: 1, moved: 5000, balance: 5000 },
        ...order.map((n) => trio[n] ?? draw).map((row) => ({ moved: 0, ...row })),
        { receipt: receiptOf(3), second: 3, moved: 700, balance: 700 },
      ]);

      expect(chain(file).breakCount).toBe(0);
    }
  });

  test('hundreds of rows of one second are put in order', () => {
    const busy = account(
      1000,
      Array.from({ length: 400 }, (_, n) => (n % 3 === 0 ? -7 : 11 + n)),
    );
    const scrambled = busy
      .map((sketch) => ({ ...sketch, second: 5 }))
      .toSorted((a, b) => (a.moved % 13) - (b.moved % 13));
    const last = busy.at(-1)?.balance ?? 0;
    const file = [
      ...scrambled,
      { receipt: receiptOf(9000), second: 6, moved: 100, balance: last + 100 },
    ];

    expect(chain(linesOf(file))).toMatchObject({ breakCount: 0, linkCount: 1 });
  });
});

describe('a chain that breaks', () => {
  test('one cent on a balance names that row alone and the cent', () => {
    const sketches = account(5000, moves).map((sketch, n) =>
      n === 3 ? { ...sketch, balance: sketch.balance + 1 } : sketch,
    );

    for (const file of [sketches, sketches.toReversed()]) {
      const { breaks, breakCount } = chain(linesOf(file));

      expect(breakCount).toBe(1);
      expect(breaks[0]).toMatchObject({ kind: 'balance', differenceCents: 1 });
      expect(breaks[0]?.rows.map((row) => row.receipt)).toEqual([receiptOf(3)]);
    }
  });

  test('one cent on an amount names both neighbours and the cent', () => {
    const sketches = account(5000, moves).map((sketch, n) =>
      n === 3 ? { ...sketch, moved: sketch.moved + 1 } : sketch,
    );

    for (const file of [sketches, sketches.toReversed()]) {
      const { breaks, breakCount } = chain(linesOf(file));

      expect(breakCount).toBe(1);
      expect(breaks[0]?.kind).toBe('between');
      expect(Math.abs(breaks[0]?.differenceCents ?? 0)).toBe(1);
      expect(breaks[0]?.rows.map((row) => row.receipt)).toContain(receiptOf(3));
    }
  });

  test('one cent on a balance inside a group is found', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 50000, balance: 50000 },
      { receipt: receiptOf(2), second: 2, moved: -10000, balance: 40001 },
      { receipt: receiptOf(2), second: 2, moved: -1000, balance: 39000 },
      { receipt: receiptOf(3), second: 3, moved: -9000, balance: 30000 },
    ]);

    expect(chain(file)).toMatchObject({
      breakCount: 1,
      breaks: [{ kind: 'balance', differenceCents: 1, rows: [{ line: 2 }] }],
    });
  });

  test('two rows of one moment cannot both start from the same balance', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 50000, balance: 50000 },
      { receipt: receiptOf(2), second: 2, moved: -10000, balance: 40000 },
      { receipt: receiptOf(3), second: 2, moved: -1000, balance: 49000 },
      { receipt: receiptOf(4), second: 3, moved: -9000, balance: 30000 },
    ]);

    expect(chain(file).breakCount).toBeGreaterThan(0);
  });

  test('rows that only lead back to each other are not part of the account', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 1000, balance: 1000 },
      { receipt: receiptOf(2), second: 2, moved: 500, balance: 1500 },
      { receipt: receiptOf(3), second: 2, moved: 100, balance: 9100 },
      { receipt: receiptOf(4), second: 2, moved: -100, balance: 9000 },
      { receipt: receiptOf(5), second: 3, moved: 100, balance: 1600 },
    ]);

    expect(chain(file)).toMatchObject({ breakCount: 1, breaks: [{ kind: 'balance' }] });
  });

  test('a balance inside a crowded second is found', () => {
    const busy = account(
      1000,
      Array.from({ length: 9 }, (_, n) => (n + 1) * 100),
    ).map((row, n) => ({
      ...row,
      second: 5,
      balance: n === 4 ? row.balance + 1 : row.balance,
    }));
    const file = linesOf([
      { receipt: receiptOf(90), second: 1, moved: 1000, balance: 1000 },
      ...busy,
      { receipt: receiptOf(91), second: 9, moved: 100, balance: 5600 },
    ]);

    expect(chain(file)).toMatchObject({
      breakCount: 1,
      breaks: [{ differenceCents: 1, rows: [{ receipt: receiptOf(4) }] }],
    });
  });

  test('a missing page is one break at its edge', () => {
    const sketches = account(5000, [...moves, ...moves, ...moves]);
    sketches.splice(8, 5);

    expect(chain(linesOf(sketches.toReversed())).breakCount).toBe(1);
  });

  test('swapped pages break and are out of order', () => {
    const sketches = account(5000, [...moves, ...moves, ...moves]).toReversed();
    const swapped = [...sketches.slice(0, 7), ...sketches.slice(14), ...sketches.slice(7, 14)];
    const result = chain(linesOf(swapped));

    expect(result.breakCount).toBeGreaterThan(0);
    expect(result.disorder.count).toBe(1);
  });

  test('thousands of breaks are counted and fifty are kept', () => {
    const sketches = Array.from({ length: 3000 }, (_, n) => ({
      receipt: receiptOf(n),
      second: n,
      moved: 100,
      balance: (n * 7919) % 1000003,
    }));
    const { breakCount, breaks } = chain(linesOf(sketches));

    expect(breakCount).toBeGreaterThan(1000);
    expect(breaks.length).toBe(50);
  });
});
