import fc from 'fast-check';
import { authorise, type Verdicts } from '../../../domain/authorisation/decide.ts';
import {
  firstPaymentMaximum,
  judgePayout,
  type PayoutHistory,
} from '../../../domain/authorisation/fraud.ts';
import { add, cents } from '../../../domain/money.ts';

const clear = { check: 'fraud', verdict: 'clear', reasons: [] } as const;
const suspicious = { check: 'fraud', verdict: 'suspicious', reasons: ['New payee.'] } as const;
const blocked = { check: 'fraud', verdict: 'blocked', reasons: ['Too fast.'] } as const;
const allow = (check: 'revenue' | 'core') => ({ check, verdict: 'allowed' }) as const;
const deny = (check: 'revenue' | 'core', code: string) =>
  ({ check, verdict: 'denied', code, message: `${code}.` }) as const;
const all: Verdicts = { fraud: clear, revenue: allow('revenue'), core: allow('core') };

describe('the authorisation of a payment', () => {
  test.each<[string, Verdicts, object]>([
    ['all checks agree', all, { decision: 'PROCEED' }],
    [
      'fraud is suspicious',
      { ...all, fraud: suspicious },
      { decision: 'REVIEW', reasons: ['New payee.'] },
    ],
    [
      'fraud blocks',
      { ...all, fraud: blocked },
      { decision: 'REJECT', code: 'fraud-suspected', message: 'It looks like fraud: Too fast.' },
    ],
    [
      'a limit denies',
      { ...all, revenue: deny('revenue', 'limit-exceeded') },
      { decision: 'REJECT', code: 'limit-exceeded' },
    ],
    [
      'money is missing',
      { ...all, core: deny('core', 'insufficient-funds') },
      { decision: 'REJECT', code: 'insufficient-funds' },
    ],
    ['fraud is late', { ...all, fraud: 'late' }, { decision: 'REJECT', code: 'checks-late' }],
    ['core is late', { ...all, core: 'late' }, { decision: 'REJECT', code: 'checks-late' }],
    [
      'one is late and another denies',
      { fraud: 'late', revenue: deny('revenue', 'limit-exceeded'), core: 'late' },
      { decision: 'REJECT', code: 'limit-exceeded' },
    ],
  ])('when %s', (_when, verdicts, decision) => {
    expect(authorise(verdicts)).toMatchObject(decision);
  });

  test('money goes out only when all three said yes in time', () => {
    const verdict = <Check extends 'revenue' | 'core'>(check: Check) =>
      fc.constantFrom('late' as const, allow(check), deny(check, 'x'));
    fc.assert(
      fc.property(
        fc.constantFrom('late' as const, clear, suspicious, blocked),
        verdict('revenue'),
        verdict('core'),
        (fraud, revenue, core) => {
          const { decision } = authorise({ fraud, revenue, core });
          const isSure =
            fraud === clear &&
            [revenue, core].every((v) => v !== 'late' && v.verdict === 'allowed');
          expect(decision === 'PROCEED').toBe(isSure);
        },
      ),
    );
  });
});

describe('the fraud rules', () => {
  const known: PayoutHistory = {
    paidBefore: 3,
    toPayeeLately: 0,
    roundLately: 0,
    isPartOfBatch: false,
  };
  const much = add(firstPaymentMaximum, cents(1_00));

  test('a large first payment to somebody is looked at, a second one is not', () => {
    expect(judgePayout(much, { ...known, paidBefore: 0 })).toMatchObject({ verdict: 'suspicious' });
    expect(judgePayout(firstPaymentMaximum, { ...known, paidBefore: 0 }).verdict).toBe('clear');
    expect(judgePayout(much, known).verdict).toBe('clear');
  });

  test('many payouts to one payee within minutes are looked at, then blocked', () => {
    const lately = (toPayeeLately: number) =>
      judgePayout(cents(5_50), { ...known, toPayeeLately }).verdict;
    expect([lately(2), lately(3), lately(9), lately(10)]).toEqual([
      'clear',
      'suspicious',
      'suspicious',
      'blocked',
    ]);
  });

  test('a burst of round amounts is looked at, unless it is a batch', () => {
    const burst = { ...known, roundLately: 5 };
    expect(judgePayout(cents(5_000_00), burst).reasons).toEqual([
      '6 payouts of round thousands within ten minutes.',
    ]);
    expect(judgePayout(cents(5_001_00), burst).verdict).toBe('clear');
    expect(judgePayout(cents(5_000_00), { ...burst, isPartOfBatch: true }).verdict).toBe('clear');
  });
});
