import fc from 'fast-check';
import { createChain } from '../../../domain/statements/chain.ts';
import type { ChainResult } from '../../../domain/statements/chain.ts';
import type { StatementLine } from '../../../domain/statements/terms.ts';
import { linesOf, receiptOf } from './lines.ts';
import type { LineSketch } from './lines.ts';

function chain(lines: readonly StatementLine[], perSubAccount = false): ChainResult {
  const running = createChain({ perSubAccount });
  for (const line of lines) running.add(line);
  return running.finish();
}

/** Oldest first, a second apart, balances running from `opening`. */
function account(opening: number, moves: readonly number[]): (LineSketch & { balance: number })[] {
  let balance = opening;
  return moves.map((moved, n) => {
    balance += moved;
    return { receipt: receiptOf(n), second: n, moved, balance };
  });
}

const moves = [100000, -2500, -40000, 12345, -1, 99, -30000];

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

  test('a payment and its charge may print one common balance', () => {
    const file = linesOf([
      { receipt: receiptOf(1), second: 1, moved: 50000, balance: 50000 },
      { receipt: receiptOf(2), second: 2, moved: -10000, balance: 39000 },
      { receipt: receiptOf(2), second: 2, moved: -1000, balance: 39000 },
      { receipt: receiptOf(3), second: 3, moved: -9000, balance: 30000 },
    ]);

    expect(chain(file)).toMatchObject({ breakCount: 0, linkCount: 2 });
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

describe('sub-accounts of the newer export', () => {
  const sweep: LineSketch[] = [
    { receipt: receiptOf(3), second: 30, moved: -9140000, balance: 0, subAccount: 'settlement' },
    {
      receipt: receiptOf(2),
      second: 20,
      moved: 9140000,
      balance: 9140000,
      subAccount: 'settlement',
    },
    { receipt: receiptOf(2), second: 20, moved: -9140000, balance: 0, subAccount: 'utility' },
    { receipt: receiptOf(1), second: 10, moved: 150000, balance: 9140000, subAccount: 'utility' },
  ];

  test('each account has its own chain, so a sweep breaks nothing', () => {
    expect(chain(linesOf(sweep), true)).toMatchObject({
      breakCount: 0,
      linkCount: 2,
      openingCents: undefined,
    });
  });

  test('a cent inside one account is still found', () => {
    const [first, ...rest] = sweep.toReversed();
    const edited = [
      { ...first, receipt: receiptOf(1), second: 10, moved: 150000, balance: 9140001 },
    ];

    expect(chain(linesOf([...edited, ...rest].toReversed()), true).breakCount).toBe(1);
  });
});

describe('properties of the chain', () => {
  /** A history in groups of one second, in whole shillings so that no sum hides a cent. */
  const history = fc
    .record({
      opening: fc.integer({ min: 0, max: 1e9 }),
      groups: fc.array(
        fc.array(
          fc.integer({ min: -5000, max: 5000 }).map((n) => (n === 0 ? 100 : n * 100)),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        { minLength: 2, maxLength: 12 },
      ),
    })
    .map(({ opening, groups }) => {
      let balance = opening;
      let n = 0;
      return groups.map((group, second) =>
        group.map((moved): LineSketch & { balance: number } => {
          balance += moved;
          n += 1;
          return { receipt: receiptOf(n), second, moved, balance };
        }),
      );
    });

  test('shuffling rows within their second never breaks it, whichever way the file runs', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), fc.boolean(), (groups, salt, isNewest) => {
        const shuffled = groups.map((group) =>
          group
            .map((sketch) => ({ sketch, key: salt.next().value }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ sketch }) => sketch),
        );
        const file = (isNewest ? shuffled.toReversed() : shuffled).flat();

        expect(chain(linesOf(file)).breakCount).toBe(0);
      }),
    );
  });

  test('one cent more on any amount is always found', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.boolean(), (groups, pick, isNewest) => {
        const rows = groups.flat();
        const at = pick % rows.length;
        const edited = rows.map((row, n) => (n === at ? { ...row, moved: row.moved + 1 } : row));
        const first = groups[0]?.length ?? 0;
        // Nothing precedes the oldest moment, so an amount there only shifts the opening balance.
        fc.pre(at >= first);

        expect(chain(linesOf(isNewest ? edited.toReversed() : edited)).breakCount).toBeGreaterThan(
          0,
        );
      }),
    );
  });

  test('one cent more on any balance of a moment of its own is always found', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (pick, isNewest) => {
        const rows = account(5000, moves);
        const at = pick % rows.length;
        const edited = rows.map((row, n) =>
          n === at ? { ...row, balance: row.balance + 1 } : row,
        );

        expect(chain(linesOf(isNewest ? edited.toReversed() : edited)).breakCount).toBe(1);
      }),
    );
  });
});
