import {
  classifyGatewayError,
  isConfigurationError,
} from '../../../domain/daraja/gateway-codes.ts';
import { initiatorStopCodes } from '../../../domain/daraja/initiator-codes.ts';
import { documentedCodes, otherCodes, type DocumentedCode } from './documented-codes.ts';
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

  const families = Object.entries(documentedCodes);

  test.each(families)('says of %s codes what is documented, in both languages', (family, codes) => {
    for (const { code, end, waitS, fix } of codes as readonly DocumentedCode[]) {
      const entry = resultCodes.find((each) => each.family === family && each.code === code);
      const { status, isFinal, requery } = entry ?? {};
      const conclusion = { paid: ['paid', true, false], final: ['failed', true, false] } as const;

      if (end === 'ask') expect([code, isFinal, requery]).toEqual([code, false, true]);
      else expect([code, status, isFinal, requery]).toEqual([code, ...conclusion[end]]);
      if (waitS !== undefined) expect(entry?.retryAfterSeconds).toBeGreaterThanOrEqual(waitS);
      if (fix === true) expect([code, entry?.isConfiguration]).toEqual([code, true]);
      expect(entry?.wordsEn).toMatch(/^[A-Z].*\.$/);
      expect(entry?.wordsSw).toMatch(/^[A-Z].*\.$/);
      expect(entry?.wordsSw).not.toBe(entry?.wordsEn);
    }
  });

  test('holds no code that is neither documented nor known to be ours', () => {
    const documented = (family: string) => [
      ...(documentedCodes[family as keyof typeof documentedCodes] as readonly DocumentedCode[]),
      ...(family === 'reversal' ? documentedCodes.initiator : []),
    ];
    const strangers = resultCodes.filter(
      ({ family, code }) =>
        !documented(family).some((known) => known.code === code) &&
        !(otherCodes[family === 'reversal' ? 'initiator' : family] ?? []).includes(code),
    );

    expect(strangers).toEqual([]);
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
