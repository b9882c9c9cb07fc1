import { codeFamilies, codeFamilyOf } from '../../../domain/disbursements/code-family.ts';
import { resultCodes } from '../../../domain/daraja/result-codes.ts';

describe('the family of a code', () => {
  test.each([
    [null, null, 'none'],
    ['limit-exceeded', null, 'ours'],
    ['provider-refused', '1', 'money'],
    ['provider-refused', '2040', 'payee'],
    ['provider-refused', '2001', 'initiator'],
    ['provider-refused', '26', 'busy'],
    ['provider-refused', 'NEW-1', 'other'],
  ])('%s %s is %s', (refusalCode, providerCode, family) => {
    expect(codeFamilyOf({ refusalCode, providerCode })).toBe(family);
  });

  test('whatever M-PESA says, there are only as many as are named', () => {
    const told = resultCodes.map(({ code }) =>
      codeFamilyOf({ refusalCode: 'provider-refused', providerCode: code }),
    );

    expect(told.filter((family) => !codeFamilies.includes(family))).toEqual([]);
  });
});
