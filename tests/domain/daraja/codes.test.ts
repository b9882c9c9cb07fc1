import {
  classifyGatewayError,
  isConfigurationError,
} from '../../../domain/daraja/gateway-codes.ts';
import { initiatorStopCodes } from '../../../domain/daraja/initiator-codes.ts';
import { codeText, meaningOf, resultCodes } from '../../../domain/daraja/result-codes.ts';

describe('the table of result codes', () => {
  test('holds every documented code of STK and our own with what to conclude from it', () => {
    const stk = resultCodes.filter(({ family }) => family === 'stk');
    const failedCodes = stk.filter(({ status }) => status === 'failed').map(({ code }) => code);

    expect(meaningOf('stk', '0')).toMatchObject({ status: 'paid', isFinal: true, requery: false });
    expect(failedCodes.toSorted()).toEqual(
      [
        ...['1', '2', '3', '4', '8', '17', '26', '1001', '1019', '1025', '9999', '1031', '1032'],
        ...['1037', '2001', '2028', '8006', 'SFC_IC0003', 'not-in-pull'],
      ].toSorted(),
    );
    for (const code of ['1036', '4999']) {
      expect(meaningOf('stk', code)).toMatchObject({ isFinal: false, requery: true });
    }
  });

  test.each([
    ['initiator', ['0', '1', '2', '3', '4', '8', '11', '15', '17', '18', '19', '20', '21', '22']],
    ['initiator', ['24', '25', '26', '29', '2001', '2006', '2028', '2040', '8006', 'SFC_IC0003']],
    ['initiator', ['100000000', '100000001', '100000002', '100000004', '100000005']],
    ['initiator', ['100000007', '100000009', '100000010', '100000011']],
    ['reversal', ['0', 'R000001', 'R000002', '1', '11', '21', '2001', '2006', '2028', '8006']],
    ['validation', ['C2B00011', 'C2B00012', 'C2B00013', 'C2B00014', 'C2B00015', 'C2B00016']],
    ['gateway', ['400.002.02', '400.002.05', '400.003.02', '400.003.01', '401.002.01']],
    ['gateway', ['401.003.01', '404.001.03', '400.008.01', '400.008.02', '404.001.01']],
    ['gateway', ['404.002.01', '404.003.01', '404.001.04', '405.001', '500.001.1001']],
    ['gateway', ['500.002.1001', '500.003.02', '500.003.03', '500.003.1001', '401.001', '400.001']],
  ] as const)('knows the %s codes %s in both languages', (family, codes) => {
    for (const code of codes) {
      const entry = resultCodes.find((each) => each.family === family && each.code === code);
      expect(entry?.wordsEn).toMatch(/^[A-Z].*\.$/);
      expect(entry?.wordsSw).toMatch(/^[A-Z].*\.$/);
      expect(entry?.wordsSw).not.toBe(entry?.wordsEn);
    }
  });

  test('has each code once per family, and nothing is both final and asked about', () => {
    const keys = resultCodes.map(({ family, code }) => `${family} ${code}`);

    expect(new Set(keys).size).toBe(keys.length);
    for (const entry of resultCodes) expect(entry.isFinal).toBe(!entry.requery);
  });

  test('an unknown code settles nothing', () => {
    expect(meaningOf('stk', '77777')).toMatchObject({ status: 'unknown', requery: true });
    expect(meaningOf('initiator', 'NEW_1')).toMatchObject({ isFinal: false, isRetryable: false });
  });

  test('a repeated originator id and a repeated reversal are asked about, never failed', () => {
    expect(meaningOf('initiator', '15')).toMatchObject({ status: 'unknown', requery: true });
    expect(meaningOf('reversal', 'R000001')).toMatchObject({ status: 'unknown', requery: true });
  });

  test('codes that near a lock-out are never retried by themselves', () => {
    for (const code of initiatorStopCodes) {
      expect(meaningOf('initiator', code)).toMatchObject({
        isRetryable: false,
        isConfiguration: true,
      });
    }
  });

  test.each([
    [0, '0'],
    ['0', '0'],
    [1032, '1032'],
    [' 1032 ', '1032'],
    ['SFC_IC0003', 'SFC_IC0003'],
    [null, undefined],
    ['', undefined],
    [{}, undefined],
    [Number.NaN, undefined],
    ['x'.repeat(41), undefined],
  ])('the code %p is read as %p', (given, code) => {
    expect(codeText(given)).toBe(code);
  });
});

describe('gateway errors', () => {
  test.each([
    [404, '404.001.03', 'Invalid Access Token', 'token'],
    [400, '400.003.01', 'Invalid Access Token', 'token'],
    [401, '401.002.01', 'Error Occurred - Invalid Access Token', 'token'],
    [401, '401.003.01', 'Invalid Access Token', 'token'],
    [401, '401.001', 'token', 'token'],
    [401, 'http-401', '', 'token'],
    [401, '401.003.01', 'Invalid API call as no apiproduct match found', 'refused'],
    [400, '400.002.02', 'Bad Request - Invalid PhoneNumber', 'refused'],
    [500, '500.001.1001', 'The transaction is being processed', 'pending'],
    [
      500,
      '500.001.1001',
      'Unable to lock subscriber, a transaction is already in process',
      'later',
    ],
    [500, '500.001.1001', 'Merchant does not exist', 'refused'],
    [500, '500.001.1001', '[MerchantValidate] - Wrong credentials', 'refused'],
    [500, '500.001.1001', 'something new', 'unclear'],
    [500, '500.002.1001', 'Duplicate OriginatorConversationID', 'duplicate'],
    [500, '500.003.02', 'Error Occurred: Spike Arrest Violation', 'later'],
    [500, '500.003.02', 'System is busy. Please try again in few minutes.', 'later'],
    [500, '500.003.03', 'Quota violation', 'later'],
    [500, '500.003.1001', 'Internal Server Error', 'unclear'],
    [500, '500.003.1001', 'Urls are already registered.', 'registered'],
    [500, '500.003.1001', 'Duplicate notification info, SP ID is 107031', 'refused'],
    [429, 'http-429', '', 'later'],
    [503, 'http-503', '<html>', 'unclear'],
    [403, 'http-403', '<html>', 'refused'],
    [408, 'http-408', '', 'unclear'],
  ])('%i %s "%s" is %s', (httpStatus, code, message, expected) => {
    expect(classifyGatewayError({ httpStatus, code, message })).toBe(expected);
  });

  test('says when settings are to blame', () => {
    const error = (code: string, message: string) => ({ httpStatus: 500, code, message });

    expect(isConfigurationError(error('500.001.1001', 'Merchant does not exist'))).toBe(true);
    expect(isConfigurationError(error('x', 'no apiproduct match found'))).toBe(true);
    expect(isConfigurationError(error('400.002.02', 'Bad Request - Invalid PhoneNumber'))).toBe(
      false,
    );
  });
});
