import { rowsKnown } from '../../web/src/statements/row-counts.ts';

describe('what can be said about the rows of a file', () => {
  test.each([
    ['none', { rowCount: 0, newRowCount: 0, stage: 'unlocked', status: 'processing' }],
    ['read', { rowCount: 412, newRowCount: 0, stage: 'proved', status: 'waiting-review' }],
    ['read', { rowCount: 412, newRowCount: 200, stage: 'posted', status: 'processing' }],
    ['all-new', { rowCount: 412, newRowCount: 412, stage: 'categorised', status: 'posted' }],
    ['partly-new', { rowCount: 1204, newRowCount: 312, stage: 'categorised', status: 'posted' }],
    ['partly-new', { rowCount: 412, newRowCount: 0, stage: 'categorised', status: 'posted' }],
  ] as const)('it is "%s" for %j', (known, statement) => {
    expect(rowsKnown(statement)).toBe(known);
  });
});
