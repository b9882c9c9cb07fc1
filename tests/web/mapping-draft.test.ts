import { columnMapping } from '../../api/statements/mapping-schema.ts';
import { draftOf, mappingOf, missingIn } from '../../web/src/statements/mapping-draft.ts';
import { fixtureMapping } from './support/fixture-files.ts';

describe('the column mapper', () => {
  test('a proposal comes back unchanged when nothing is changed', () => {
    expect(mappingOf(draftOf(fixtureMapping))).toEqual(fixtureMapping.proposed);
  });

  test('without a proposal it says what is missing, one thing at a time', () => {
    const draft = draftOf({ ...fixtureMapping, proposed: null });

    expect(missingIn(draft)).toBe('time');
    draft.columns.completionTime = 'Txn Date';
    expect(missingIn(draft)).toBe('details');
    draft.columns.details = 'Narrative';
    draft.columns.paidIn = 'Credit';
    expect(missingIn(draft)).toBe('amount');
    draft.columns.withdrawn = 'Debit';
    expect(missingIn(draft)).toBeUndefined();
  });

  test('whatever it calls complete, the API accepts', () => {
    const draft = draftOf({ ...fixtureMapping, proposed: null });
    Object.assign(draft.columns, {
      completionTime: 'Txn Date',
      details: 'Narrative',
      amount: 'Debit',
    });

    expect(missingIn(draft)).toBeUndefined();
    expect(columnMapping.safeParse(mappingOf(draft)).success).toBe(true);
  });
});
