import fc from 'fast-check';
import { cents } from '../../../domain/money.ts';
import { lineIdentity, rowIdentity } from '../../../domain/statements/identity.ts';
import type { RowIdentityParts } from '../../../domain/statements/identity.ts';
import { rowStatuses } from '../../../domain/statements/terms.ts';
import { linesOf } from './lines.ts';

const base: RowIdentityParts = {
  receipt: 'UKE7Q2X9LM',
  direction: 'out',
  amountCents: cents(125000),
  twin: 0,
  status: 'completed',
};

describe('rowIdentity', () => {
  test('is receipt, direction, amount and twin', () => {
    expect(rowIdentity(base)).toBe('UKE7Q2X9LM|out|125000|0');
  });

  test('ignores wording and time where the receipt is M-PESA’s', () => {
    const [a, b] = linesOf([
      { receipt: 'UKE7Q2X9LM', second: 1, moved: -500, details: 'Pay Bill to 1234 - X Acc. 1' },
      { receipt: 'UKE7Q2X9LM', second: 9, moved: -500, details: 'Pay Bill Online to 1234 - X' },
    ]);

    expect(a && lineIdentity(a)).toBe(b && lineIdentity(b));
  });

  test('tells a payment from its charge, and twins from each other', () => {
    const identities = [
      base,
      { ...base, amountCents: cents(500) },
      { ...base, direction: 'in' as const },
      { ...base, twin: 1 },
    ].map(rowIdentity);

    expect(new Set(identities).size).toBe(4);
  });

  test('a row that moved no money never equals one that did', () => {
    const one = fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      amountCents: fc.nat({ max: 3 }).map(cents),
      twin: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(one, one, fc.constantFrom(...rowStatuses.slice(1)), (a, b, status) => {
        expect(rowIdentity({ ...base, ...a })).not.toBe(rowIdentity({ ...base, ...b, status }));
      }),
    );
  });

  test('without a receipt the day, amount and words decide', () => {
    const sketch = { receipt: '', second: 1, moved: -500, details: 'POS  Purchase — NAIVAS' };
    const [a, b, c, d] = linesOf([
      sketch,
      { ...sketch, second: 40000, details: 'pos purchase naivas' },
      { ...sketch, second: 90000 },
      { ...sketch, details: 'POS purchase QUICKMART' },
    ]).map(lineIdentity);

    expect(a).toBe('@2026-11-14 pos purchase naivas|out|500|0');
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(d).not.toBe(a);
  });

  test('a bank’s reference that repeats is kept apart by the day', () => {
    const sketch = { receipt: 'TRF', second: 1, moved: -500 };
    const [a, b] = linesOf([sketch, { ...sketch, second: 90000 }]).map(lineIdentity);

    expect(a).not.toBe(b);
  });

  test('long wording is cut, so identities stay short enough to be indexed', () => {
    const [line] = linesOf([{ receipt: '', second: 1, moved: 5, details: 'x '.repeat(5000) }]);

    expect(line && lineIdentity(line).length).toBeLessThan(200);
  });
});
