import { accountOf } from '../../activities/statement-account.ts';
import { emptyFacts } from '../../domain/statements/printed.ts';
import type { ColumnMapping, StatementFormat } from '../../domain/statements/terms.ts';

function facts(format: StatementFormat, accountNumber?: string) {
  return { ...emptyFacts(format), accountNumber };
}

function mapping(details: string): ColumnMapping {
  const columns = { completionTime: 'Date', details, amount: 'Amount' };
  const rest = { headerRow: 0, delimiter: ',', dateOrder: 'day-first' } as const;
  return { ...rest, columns, signRule: 'negative-is-out' };
}

describe('the account of a file', () => {
  test.each(['0712 345 678', '+254712345678', '254712345678', '712345678'])(
    '%s is one and the same phone',
    (printed) => {
      expect(accountOf(facts('personal-a', printed), undefined)).toMatchObject({
        kind: 'personal',
        number: '254712345678',
        numberMasked: '0712***678',
        label: 'M-PESA 0712***678',
      });
    },
  );

  test('a till and a pay bill show their number, which is public', () => {
    expect(accountOf(facts('till-pdf', '123456'), undefined)).toMatchObject({
      kind: 'till',
      label: 'Till 123456',
    });
    expect(accountOf(facts('organisation-newer', '600984'), undefined)).toMatchObject({
      kind: 'paybill',
      numberMasked: '600984',
    });
  });

  test('a bank account number is masked to its end', () => {
    const account = accountOf(facts('mapped-csv', '0012 3456 7890'), mapping('Narration'));

    expect(account).toMatchObject({ kind: 'bank', numberMasked: '***7890' });
    expect(account.label).not.toContain('3456');
  });

  test('files of two banks without numbers never share an account', () => {
    const one = accountOf(facts('mapped-csv'), mapping('Narration'));
    const other = accountOf(facts('mapped-csv'), mapping('Details'));
    const again = accountOf(facts('mapped-csv'), mapping('Narration'));

    expect(one.number).not.toBe(other.number);
    expect(again.number).toBe(one.number);
  });

  test('the holder is kept, sealed by the database, where one is printed', () => {
    const printed = { ...facts('personal-a', '0712345678'), customerName: 'WANJIKU N' };

    expect(accountOf(printed, undefined)).toMatchObject({ holderName: 'WANJIKU N' });
  });
});
