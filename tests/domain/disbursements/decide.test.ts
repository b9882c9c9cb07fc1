import fc from 'fast-check';
import {
  decideStanding,
  notFoundTimes,
  parseProviderStatus,
  type Evidence,
  type ProviderStatus,
} from '../../../domain/disbursements/decide.ts';
import { resultEvidence, statusEvidence } from '../../../domain/disbursements/result.ts';
import { canBecome, isFinal, statusesBefore } from '../../../domain/disbursements/status.ts';
import { disbursementStatuses } from '../../../domain/disbursements/terms.ts';

const accepted: Evidence = { source: 'answer', answer: 'accepted' };
const silence: Evidence = { source: 'answer', answer: 'unknown' };
const duplicate: Evidence = { source: 'answer', answer: 'duplicate' };
const foundPaid: Evidence = { source: 'person', said: 'paid', receipt: 'UKE9PEOPLE' };
const foundNothing: Evidence = { source: 'person', said: 'not-paid' };
const timeout: Evidence = { source: 'timeout' };
const result = (code: string, receipt: string | null = null): Evidence =>
  resultEvidence({ code, receipt, isReversal: false });
const status = (told: ProviderStatus, receipt: string | null = null): Evidence => ({
  source: 'status',
  status: told,
  receipt,
  isSettled: true,
});
const tooEarly: Evidence = {
  source: 'status',
  status: 'not-found',
  receipt: null,
  isSettled: false,
};
const paid = result('0', 'UKE9A1B2C3');

describe('the standing of a payout that was sent', () => {
  test.each<[string, Evidence[], object]>([
    ['nothing is known', [], { status: 'unknown' }],
    ['the answer was lost', [silence], { status: 'unknown' }],
    ['the provider has this id already', [duplicate], { status: 'unknown' }],
    ['it was accepted', [accepted], { status: 'accepted' }],
    ['it was paid', [accepted, paid], { status: 'paid', receipt: 'UKE9A1B2C3', isDisputed: false }],
    ['its result came before our answer', [paid, accepted], { status: 'paid' }],
    ['it timed out in the queue', [accepted, timeout], { status: 'unknown' }],
    ['it timed out, then was paid (C18)', [accepted, timeout, paid], { status: 'paid' }],
    [
      'it was refused at once',
      [{ source: 'answer', answer: 'rejected', code: '400.002.02' }],
      { status: 'refused', reason: 'provider-refused', code: '400.002.02' },
    ],
    [
      'the recipient has reached the limit',
      [accepted, result('4', 'UKE0000000')],
      { status: 'refused', reason: 'provider-refused', code: '4' },
    ],
    ['the provider failed inside', [accepted, result('17')], { status: 'accepted' }],
    ['the id is a duplicate by result', [silence, result('15')], { status: 'unknown' }],
    ['an undocumented code came', [accepted, result('7777')], { status: 'accepted' }],
    ['a success without a receipt came', [accepted, result('0')], { status: 'accepted' }],
    ['the status is Initiated', [silence, status('pending')], { status: 'unknown' }],
    ['the status is Completed', [silence, status('completed', 'UKE9A1B2C3')], { status: 'paid' }],
    ['Completed names no receipt', [silence, status('completed')], { status: 'unknown' }],
    [
      'the status is Declined',
      [silence, status('declined')],
      { status: 'refused', reason: 'provider-cancelled', code: 'declined' },
    ],
    ['it is not found once', [silence, status('not-found')], { status: 'unknown' }],
    ['it is not found too early', [silence, tooEarly, tooEarly, tooEarly], { status: 'unknown' }],
    [
      'it is not found twice after silence',
      [silence, status('not-found'), status('not-found')],
      { status: 'refused', reason: 'not-found-at-provider', code: null },
    ],
    [
      'it was accepted and is not found',
      [accepted, status('not-found'), status('not-found'), status('not-found')],
      { status: 'accepted' },
    ],
    [
      'it timed out and is not found',
      [accepted, timeout, status('not-found'), status('not-found')],
      { status: 'refused', reason: 'not-found-at-provider' },
    ],
    [
      'it was seen once and is not found later',
      [silence, status('pending'), status('not-found'), status('not-found')],
      { status: 'unknown' },
    ],
    [
      'a success follows a failure',
      [accepted, result('4'), paid],
      { status: 'paid', isDisputed: true },
    ],
    [
      'two receipts are told',
      [paid, status('completed', 'UKE9ZZZZZZ')],
      { status: 'paid', receipt: 'UKE9A1B2C3', isDisputed: true },
    ],
    [
      'two people found its receipt after silence',
      [accepted, timeout, foundPaid],
      { status: 'paid', receipt: 'UKE9PEOPLE', isDisputed: false },
    ],
    [
      'two people found that no money left',
      [accepted, timeout, foundNothing],
      { status: 'refused', reason: 'closed-by-hand' },
    ],
    [
      'M-PESA tells of success after two people found no money gone',
      [accepted, foundNothing, paid],
      { status: 'paid', receipt: 'UKE9A1B2C3', isDisputed: true },
    ],
    [
      'M-PESA refuses after two people found its receipt',
      [silence, foundPaid, result('4')],
      { status: 'paid', receipt: 'UKE9PEOPLE', isDisputed: true },
    ],
  ])('when %s', (_when, evidence, standing) => {
    expect(decideStanding(evidence)).toMatchObject(standing);
  });

  const code = fc.constantFrom('0', '1', '4', '15', '17', '26', '2001', 'SFC_IC0003', '7777');
  const receipt = fc.constantFrom(null, 'UKE9A1B2C3', 'UKE9ZZZZZZ');
  const anyEvidence: fc.Arbitrary<Evidence> = fc.oneof(
    fc.constantFrom(accepted, silence, duplicate, timeout, foundPaid, foundNothing),
    fc.record({
      source: fc.constant('answer' as const),
      answer: fc.constant('rejected' as const),
      code: fc.constantFrom('400.002.02', 'initiator-stopped'),
    }),
    fc.tuple(code, receipt).map(([c, r]) => result(c, r)),
    fc
      .tuple(
        fc.constantFrom<ProviderStatus>(
          ...(['completed', 'pending', 'cancelled', 'declined'] as const),
          ...(['expired', 'not-found', 'unreadable'] as const),
        ),
        receipt,
      )
      .map(([s, r]) => status(s, r)),
  );
  const story = fc.array(anyEvidence, { maxLength: 12 });

  test('does not depend on the order in which the news came', () => {
    fc.assert(
      fc.property(
        story.chain((s) =>
          fc.tuple(fc.constant(s), fc.shuffledSubarray(s, { minLength: s.length })),
        ),
        ([told, shuffled]) => {
          expect(decideStanding(shuffled)).toEqual(decideStanding(told));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('does not change when the same callback comes twice, whatever it says', () => {
    // Answers to questions are kept once per question, so only those may count by number.
    const repeatable = story.map((s) => s.filter((e) => e.source !== 'status'));
    fc.assert(
      fc.property(repeatable, (told) => {
        expect(decideStanding([...told, ...told])).toEqual(decideStanding(told));
      }),
    );
  });

  test('once paid stays paid whatever comes later, and is never paid without a receipt', () => {
    fc.assert(
      fc.property(story, story, (told, later) => {
        const before = decideStanding(told);
        const after = decideStanding([...told, ...later]);
        if (before.status === 'paid') expect(after.status).toBe('paid');
        if (after.status === 'paid') expect(after.receipt).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  test('every story of up to six words ends the same in any order, paid exactly if it has a receipt', () => {
    const words = [
      ...[accepted, silence, timeout, paid, result('4', 'UKE0000000'), result('17')],
      ...[status('completed', 'UKE9A1B2C3'), status('declined'), status('not-found')],
    ];
    const ends = new Map<string, string>();
    const wrong: string[] = [];
    const tell = (story: number[], misses: number): void => {
      const standing = decideStanding(story.flatMap((pick) => words[pick] ?? []));
      if ((standing.status === 'paid') !== (story.includes(3) || story.includes(6))) {
        wrong.push(`${story.join()}: ${standing.status}`);
      }
      // Only of "no such payment" does the number count, and only up to two.
      const key = `${[...new Set(story)].toSorted().join()}/${Math.min(misses, notFoundTimes)}`;
      const end = JSON.stringify(standing);
      if ((ends.get(key) ?? end) !== end) wrong.push(`${key}: ${end}`);
      ends.set(key, end);
      if (story.length === 6) return;
      for (const pick of words.keys()) tell([...story, pick], misses + (pick === 8 ? 1 : 0));
    };
    tell([], 0);

    expect(wrong).toEqual([]);
    // Every set of at most six of the nine words; those of at most five with a miss also with two.
    expect(ends.size).toBe(466 + 163);
  });

  test('is refused only for a definite reason', () => {
    fc.assert(
      fc.property(story, (told) => {
        const standing = decideStanding(told);
        if (standing.status !== 'refused') return;
        const isDefinite = told.some(
          (e) =>
            (e.source === 'answer' && e.answer === 'rejected') ||
            (e.source === 'result' && e.code !== '0' && e.isDefinite) ||
            (e.source === 'status' && ['cancelled', 'declined', 'expired'].includes(e.status)) ||
            e === foundNothing,
        );
        const misses = told.filter((e) => e.source === 'status' && e.status === 'not-found');
        expect(isDefinite || misses.length >= notFoundTimes).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what the provider says', () => {
  const asked = { statusText: '', receipt: null, isSettled: true };

  test.each([
    ['Completed', 'completed'],
    ['completed ', 'completed'],
    ['Initiated', 'pending'],
    ['Authorized', 'pending'],
    ['Pending  Authorized', 'pending'],
    ['Cancelled', 'cancelled'],
    ['Declined', 'declined'],
    ['Expired', 'expired'],
    ['', 'unreadable'],
    ['Something new', 'unreadable'],
  ])('TransactionStatus %j reads as %s', (text, read) => {
    expect(parseProviderStatus(text)).toBe(read);
  });

  test('a query that failed says nothing about the payment', () => {
    expect(
      statusEvidence({ ...asked, code: '2001', statusText: 'Completed', receipt: 'X' }),
    ).toEqual({
      source: 'status',
      status: 'unreadable',
      receipt: null,
      isSettled: true,
    });
  });

  test('the code for an unknown original says that there is no such payment', () => {
    const answer = statusEvidence({ ...asked, code: 'R000002' });
    expect(answer).toMatchObject({ status: 'not-found' });
  });

  test('a reversal that somebody made already is asked about, not refused', () => {
    const evidence = resultEvidence({ code: 'R000001', receipt: null, isReversal: true });
    expect(evidence).toMatchObject({ isDefinite: false });
  });
});

describe('the status table', () => {
  test('what was sent is never sent again', () => {
    for (const after of ['accepted', 'unknown', 'paid', 'refused'] as const) {
      expect(canBecome(after, 'sending')).toBe(false);
      expect(canBecome(after, 'reserved')).toBe(false);
    }
    expect(statusesBefore('sending')).toEqual(['reserved']);
  });

  test('paid, cancelled and expired are the end; a refusal may turn out to be paid', () => {
    for (const end of ['paid', 'cancelled', 'expired'] as const) {
      expect(disbursementStatuses.filter((next) => canBecome(end, next))).toEqual([]);
    }
    expect(disbursementStatuses.filter((next) => canBecome('refused', next))).toEqual(['paid']);
  });

  test('nothing can be called back once it is being sent', () => {
    const before = statusesBefore('cancelled');
    expect(before).toEqual(['requested', 'awaiting-approval', 'reserved']);
    expect(before.some(isFinal)).toBe(false);
  });
});
