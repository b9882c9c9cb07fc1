import { businessDate, businessDateOf } from '../../../domain/time.ts';
import { receiptPrefix } from '../../../simulators/statements/book/receipts.ts';
import { generateStatement } from '../../../simulators/statements/statement.ts';
import { layoutNames } from '../../../simulators/statements/truth.ts';
import type { TruthRow } from '../../../simulators/statements/truth.ts';

const anyRows = 400;

/** Oldest first, in the order in which the account moved. */
function chronological(layout: string, rows: readonly TruthRow[]): TruthRow[] {
  return layout === 'bank-csv' ? [...rows] : rows.toReversed();
}

describe.each(layoutNames)('the truth about %s', (layout) => {
  const statement = generateStatement({ layout, seed: 5, rows: anyRows });

  test('has exactly the rows that were asked for, newest first', async () => {
    const { truth } = await statement;
    expect(truth.rowCount).toBe(anyRows);
    expect(truth.rows).toHaveLength(anyRows);
    const times = chronological(layout, truth.rows).map((row) => row.completedAt);
    expect(times).toEqual(times.toSorted());
  });

  test('gives totals that are the sums of the completed rows', async () => {
    const { truth } = await statement;
    let [inCents, outCents] = [0, 0];
    for (const row of truth.rows) {
      inCents += row.inCents;
      outCents += row.outCents;
      if (row.status !== 'completed') expect(row.inCents + row.outCents).toBe(0);
    }
    expect(truth.totals).toEqual({ inCents, outCents });
    expect(truth.openingCents + inCents - outCents).toBe(truth.closingCents);
  });

  test('leads from row to row to the printed balance, which is never negative', async () => {
    const { truth } = await statement;
    const balances = new Map<string, number>([
      ['main', truth.openingCents],
      ['settlement', 0],
    ]);
    for (const row of chronological(layout, truth.rows)) {
      const isSettlement =
        row.purpose === 'settlement.bank' ||
        (row.purpose === 'settlement.internal' && row.inCents > 0);
      const account = layout.startsWith('newer') && isSettlement ? 'settlement' : 'main';
      balances.set(account, (balances.get(account) ?? 0) + row.inCents - row.outCents);
      expect(row.balanceCents).toBe(balances.get(account));
      expect(row.balanceCents).toBeGreaterThanOrEqual(0);
    }
  });

  test('lies within its period', async () => {
    const { truth } = await statement;
    const days = truth.rows.map((row) => businessDateOf(row.completedAt));
    expect(days.every((day) => day >= truth.period.from && day <= truth.period.to)).toBe(true);
  });
});

test.each([0, 1, 2, 3, 7, 30, 31])(
  'exactly %i rows are printed when so few are asked for',
  async (rows) => {
    for (const layout of layoutNames) {
      for (const seed of [1, 2, 3]) {
        expect((await generateStatement({ layout, seed, rows })).truth.rowCount).toBe(rows);
      }
    }
  },
);

describe('receipts', () => {
  test.each(layoutNames.filter((name) => name !== 'bank-csv'))(
    'of %s name the Nairobi day and belong to one second',
    async (layout) => {
      const { truth } = await generateStatement({ layout, seed: 8, rows: 1500, months: 3 });
      const secondOf = new Map<string, string>();
      for (const { receipt, completedAt } of truth.rows) {
        expect(receipt).toMatch(/^[A-Z][A-L][1-9A-V][A-Z0-9]{7}$/);
        expect(receipt.slice(0, 3)).toBe(receiptPrefix(completedAt));
        expect(secondOf.get(receipt) ?? completedAt).toBe(completedAt);
        secondOf.set(receipt, completedAt);
      }
    },
  );

  test('are shared by a payment, its charge and the overdraft that covers it', async () => {
    const { truth } = await generateStatement({ layout: 'personal-a', seed: 3, rows: 1200 });
    const byReceipt = Map.groupBy(truth.rows, (row) => row.receipt);
    const dependents = truth.rows.filter((row) => row.parentReceipt !== undefined);
    expect(dependents.length).toBeGreaterThan(100);
    for (const row of dependents) {
      expect(row.parentReceipt).toBe(row.receipt);
      expect(byReceipt.get(row.receipt)?.some((own) => own.parentReceipt === undefined)).toBe(true);
    }
  });
});

describe('a personal book', () => {
  test('covers the catalogue of movements', async () => {
    const { truth } = await generateStatement({
      layout: 'personal-b',
      seed: 2,
      rows: 3000,
      months: 12,
    });
    const purposes = new Set(truth.rows.map((row) => row.purpose));
    const expected =
      `send send.card send.other-network pochi pochi.received receive receive.other-network paybill
      paybill.card standing-order card.purchase till till.card till.received withdraw.agent withdraw.atm deposit.agent
      airtime airtime.other bundles salary promotion business-payout bank.in remittance.in remittance.out reversal
      fee.send fee.paybill fee.till fee.withdraw fee.other loan.fuliza.draw loan.fuliza.repay savings.in savings.out
      savings.locked investment.in investment.out shares.buy shares.sell own.restored loan.mshwari.draw
      loan.mshwari.repay loan.kcb.draw loan.term.draw loan.hustler.draw`.split(/\s+/);
    expect(expected.filter((purpose) => !purposes.has(purpose))).toEqual([]);
    expect(new Set(truth.rows.map((row) => row.status)).size).toBeGreaterThanOrEqual(3);
  });

  test('pays the salary on the 28th and has quieter nights than evenings', async () => {
    const { truth } = await generateStatement({ layout: 'personal-a', seed: 2, rows: 3000 });
    const salaries = truth.rows.filter((row) => row.purpose === 'salary');
    expect(salaries.map((row) => businessDateOf(row.completedAt).slice(8))).toEqual(
      Array(6).fill('28'),
    );
    const hour = (row: TruthRow): number => (Number(row.completedAt.slice(11, 13)) + 3) % 24;
    const evening = truth.rows.filter((row) => hour(row) >= 17 && hour(row) < 20).length;
    const night = truth.rows.filter((row) => hour(row) >= 1 && hour(row) < 4).length;
    expect(evening).toBeGreaterThan(night * 5);
  });

  test('repays an overdraft in the second of the incoming payment, under another receipt', async () => {
    const { truth } = await generateStatement({ layout: 'personal-a', seed: 3, rows: 1500 });
    const repayments = truth.rows.filter((row) => row.purpose === 'loan.fuliza.repay');
    expect(repayments.length).toBeGreaterThan(5);
    for (const repayment of repayments) {
      const trigger = truth.rows.find(
        (row) => row.completedAt === repayment.completedAt && row.inCents > 0,
      );
      expect(trigger?.receipt).not.toBe(repayment.receipt);
    }
  });

  test('prints the same transactions in both layouts, in other words', async () => {
    const book = { seed: 9, rows: 300, failures: false } as const;
    const a = (await generateStatement({ ...book, layout: 'personal-a' })).truth;
    const b = (await generateStatement({ ...book, layout: 'personal-b' })).truth;
    const figures = (rows: readonly TruthRow[]) => rows.map(({ details: _, ...rest }) => rest);
    expect(figures(a.rows)).toEqual(figures(b.rows));
    expect(a.rows.map((row) => row.details)).not.toEqual(b.rows.map((row) => row.details));
  });
});

describe('windows of one book', () => {
  test('share identical rows', async () => {
    const book = { layout: 'newer-csv', seed: 4, rows: 600 } as const;
    const [march, june] = [businessDate('2025-03-01'), businessDate('2025-06-30')];
    const whole = (await generateStatement(book)).truth;
    const part = (await generateStatement({ ...book, window: { from: march, to: june } })).truth;
    expect(part.rows.length).toBeGreaterThan(300);
    expect(part.rows).toEqual(whole.rows.slice(0, part.rows.length));
    expect(part.closingCents).toBe(whole.closingCents);
  });

  test('may reach past the end of the book without changing its rows', async () => {
    const book = { layout: 'classic-csv', seed: 4, rows: 600 } as const;
    const whole = (await generateStatement(book)).truth;
    const later = (await generateStatement({ ...book, mutations: ['overlapping-period'] })).truth;
    const receipts = new Set(later.mutations[0]?.affectedReceipts);
    const shared = later.rows.filter((row) => receipts.has(row.receipt));
    expect(shared.length).toBeGreaterThan(200);
    expect(shared).toEqual(whole.rows.slice(0, shared.length));
    expect(later.rows.length).toBeGreaterThan(shared.length);
  });
});

test('200,000 rows of an export cost seconds of processor time, not minutes', async () => {
  const before = process.cpuUsage();
  const { truth } = await generateStatement({ layout: 'classic-csv', rows: 200_000, seed: 1 });
  const { user, system } = process.cpuUsage(before);
  expect(truth.rowCount).toBe(200_000);
  expect((user + system) / 1_000_000).toBeLessThan(12);
}, 120_000);
