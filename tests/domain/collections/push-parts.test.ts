/** A paid push is divided to the cent: its link takes no more than it still asked for. */
import fc from 'fast-check';
import { divideOfPush } from '../../../domain/collections/allocation.ts';
import { cents } from '../../../domain/money.ts';

const amount = fc.integer({ min: 100, max: 25_000_000 }).map(cents);
const open = fc.integer({ min: 0, max: 25_000_000 }).map(cents);
const state = fc.constantFrom('open' as const, 'settled' as const, 'closed' as const);

test('what is over is kept for a customer, and nothing is left out or given twice', () => {
  fc.assert(
    fc.property(amount, open, state, (paid, openCents, how) => {
      const target = { state: how, openCents, hasCustomer: true };
      const { linkCents, keptCents } = divideOfPush(paid, target);

      expect(linkCents + keptCents).toBe(paid);
      expect(linkCents).toBe(how === 'open' ? Math.min(paid, openCents) : 0);
    }),
  );
});

test('a link nobody is known for, and one that takes any amount, have it all', () => {
  fc.assert(
    fc.property(amount, open, state, (paid, openCents, how) => {
      const all = { linkCents: paid, keptCents: 0 };
      expect(divideOfPush(paid, { state: how, openCents, hasCustomer: false })).toEqual(all);
      const any = { state: 'open', openCents: null, hasCustomer: true } as const;
      expect(divideOfPush(paid, any)).toEqual(all);
    }),
  );
});
