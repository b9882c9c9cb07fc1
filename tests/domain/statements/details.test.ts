import { readDetails } from '../../../domain/statements/details.ts';

describe('what a reading says', () => {
  const read = (details: string) => readDetails(details, { side: 'personal' });

  test.each([
    'Customer Transfer Fuliza MPesa to - 0712***678 JANE DOE',
    'Pay Bill Fuliza M-Pesa to 123456 - MAMA SHOP Acc. 1',
    'Merchant Payment Fuliza M-Pesa to 123456 - MAMA SHOP',
    'Customer Withdrawal at Agent Till with Fuliza to 012345 - KAMAU AGENCIES',
    'Airtime Purchase with Fuliza',
    'Customer Bundle Purchase with Fuliza to 4093441SAFARICOM DATA BUNDLES',
  ])('%s is a purchase paid with Fuliza and no loan', (details) => {
    expect(read(details)).toMatchObject({ isFulizaFunded: true, isLoanPrincipal: false });
  });

  test('a biller called FULIZA is a biller', () => {
    const reading = read('Pay Bill to 123456 - FULIZA HARDWARE Acc. 1');

    expect(reading).toMatchObject({ purpose: 'paybill', isFulizaFunded: false });
  });

  test('a shop whose name ends in Charge is a shop', () => {
    const reading = read('Merchant Payment to 123456 - SUPER CHARGE');

    expect(reading).toMatchObject({ purpose: 'till', isFee: false });
  });

  test('a reversed charge is a reversal', () => {
    expect(read('Pay Bill Charge Reversal')).toMatchObject({ purpose: 'reversal', isFee: false });
  });

  test('an unknown wording is of low confidence and says so', () => {
    expect(read('Kitu kipya')).toMatchObject({ confidence: 'low', channel: 'other' });
    expect(read('Kitu kipya').reason).toContain('No known wording');
  });

  test('the reason quotes the phrase that matched', () => {
    expect(read('Pay Bill to 1234 - X Acc. 1').reason).toBe(
      '“Pay Bill to” means a payment to a pay bill number.',
    );
  });

  test('case, spacing and broken hyphens do not matter', () => {
    const plain = read('M-Pesa Global Send Money to JOHN SMITH');

    for (const details of [
      'm- pesa global send money to JOHN SMITH',
      'M -PESA  Global Send\nMoney to JOHN SMITH',
      'MPESA Global Send Money to JOHN SMITH',
    ]) {
      expect(read(details)).toMatchObject({
        purpose: plain.purpose,
        counterparty: plain.counterparty,
      });
    }
  });

  test('own money and loan principal are marked, purchases are neither', () => {
    expect(read('M-Shwari Deposit').isOwnMoney).toBe(true);
    expect(read('Term Loan Repayment').isLoanPrincipal).toBe(true);
    expect(read('Airtime Purchase')).toMatchObject({ isOwnMoney: false, isLoanPrincipal: false });
  });
});

describe('the other side', () => {
  const key = (details: string) => readDetails(details, { side: 'personal' }).counterparty?.key;

  test('a person is one under every spelling of the number', () => {
    const keys = [
      'Customer Transfer to - 0743***860 JANE DOE',
      'Customer Transfer to 254743***860 - JANE DOE',
      'Customer Transfer to +254743***860 - jane  doe',
      'Customer Transfer to - 07******860 JANE DOE',
      'Customer Transfer to 0743**860 - JANE DOE',
      'Customer Transfer to 0743111860 - JANE DOE',
    ].map(key);

    expect(new Set(keys)).toEqual(new Set(['860 JANE DOE']));
  });

  test('people who share digits but no name stay apart', () => {
    expect(key('Customer Transfer to - 0743***860 JANE DOE')).not.toBe(
      key('Customer Transfer to - 0743***860 JOHN DOE'),
    );
  });

  test('branches of one business are one', () => {
    expect(key('Merchant Payment to 111222 - CARREFOUR X 6')).toBe('CARREFOUR X');
    expect(key('Merchant Payment to 111333 - Carrefour X 14.')).toBe('CARREFOUR X');
  });

  test('an account may hold a phone number, a hyphen or nothing', () => {
    const party = (details: string) => readDetails(details, { side: 'personal' }).counterparty;

    expect(party('Pay Bill to 400200 - CO-OP BANK Acc. A - 1')).toMatchObject({
      name: 'CO-OP BANK',
      accountReference: 'A - 1',
    });
    expect(party('Pay Bill to 400200 - X Acc. Y Acc. Z')).toMatchObject({
      name: 'X Acc. Y',
      accountReference: 'Z',
    });
    expect(party('Pay Bill to 400200 - CO-OP BANK Acc.')).toMatchObject({
      accountReference: undefined,
    });
  });
});
