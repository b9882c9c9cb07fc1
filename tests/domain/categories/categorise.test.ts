import fc from 'fast-check';
import { categorise } from '../../../domain/categories/categorise.ts';
import { categories, type CategorySubject } from '../../../domain/categories/terms.ts';

function aRow(differences: Partial<CategorySubject>): CategorySubject {
  return {
    purpose: 'paybill',
    channel: 'paybill',
    direction: 'out',
    nature: 'ordinary',
    counterpartyName: null,
    shortcode: null,
    details: '',
    ...differences,
  };
}

describe('categorise', () => {
  test.each([
    ['a fee', { purpose: 'fee.send', nature: 'charge', channel: 'charge' }, 'charges', 'certain'],
    [
      'a Fuliza draw',
      { purpose: 'loan.fuliza.draw', nature: 'loan', channel: 'loan', direction: 'in' },
      'loans',
      'certain',
    ],
    [
      'a salary',
      { purpose: 'salary', channel: 'business-payment', direction: 'in' },
      'salary',
      'certain',
    ],
    ['electricity', { counterpartyName: 'KPLC PREPAID' }, 'utilities', 'likely'],
    [
      'a supermarket',
      { counterpartyName: 'NAIVAS WESTLANDS', channel: 'till' },
      'groceries',
      'likely',
    ],
    ['a bet', { counterpartyName: 'SPORTPESA' }, 'betting', 'likely'],
    [
      'a sale at a till',
      { channel: 'till', direction: 'in', counterpartyName: 'KPLC STAFF' },
      'sales',
      'certain',
    ],
    [
      'money sent to a person',
      { purpose: 'send', channel: 'send-money', counterpartyName: 'WANJIKU NJERI' },
      'transfers-out',
      'likely',
    ],
    [
      'cash from an agent',
      { purpose: 'withdraw', channel: 'agent', counterpartyName: 'PAMBAZUKA COMMS' },
      'cash-out',
      'likely',
    ],
    ['a pay bill nobody knows', { counterpartyName: 'XYZZY' }, 'uncategorised', 'low'],
  ] as const)(
    '%s has its category and says how sure that is',
    (_what, differences, category, confidence) => {
      expect(categorise(aRow(differences))).toMatchObject({ category, confidence });
    },
  );

  test('a word counts only where a word of the name begins', () => {
    expect(categorise(aRow({ counterpartyName: 'LAS VEGAS LTD' })).category).not.toBe('utilities');
  });

  test('every row gets a category of the list and a reason, whatever it says', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.constantFrom('in' as const, 'out' as const),
        (purpose, channel, details, direction) => {
          const reading = categorise(aRow({ purpose, channel, details, direction }));
          expect(categories).toContain(reading.category);
          expect(reading.reason).not.toBe('');
        },
      ),
    );
  });

  test('the same row always gets the same answer', () => {
    const row = aRow({ counterpartyName: 'JAVA HOUSE KIMATHI' });

    expect(categorise(row)).toEqual(categorise({ ...row }));
  });
});
