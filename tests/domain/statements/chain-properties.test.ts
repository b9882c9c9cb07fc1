import fc from 'fast-check';
import { account, chain, moves } from './chain-runs.ts';
import { linesOf, receiptOf } from './lines.ts';
import type { LineSketch } from './lines.ts';

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
