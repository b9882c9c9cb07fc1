import fc from 'fast-check';
import { decide, type Decision } from '../../../domain/collections/decide.ts';
import { witnessKinds, witnessOutcomes, type Witness } from '../../../domain/collections/terms.ts';
import { cents } from '../../../domain/money.ts';
import { epochMsOf, instantFromEpochMs } from '../../../domain/time.ts';

const startMs = Date.UTC(2026, 10, 14, 6, 35, 12);
const provisionalMs = 60_000;

function at(seconds: number) {
  return instantFromEpochMs(startMs + seconds * 1_000);
}

function aWitness(said: Partial<Witness>): Witness {
  return {
    kind: 'callback',
    outcome: 'paid',
    code: '0',
    receipt: null,
    amountCents: null,
    observedAt: at(0),
    ...said,
  };
}

function decided(witnesses: readonly Witness[], afterSeconds = 3_600): Decision {
  return decide(witnesses, { nowMs: startMs + afterSeconds * 1_000, provisionalMs });
}

const paidByCallback = aWitness({ receipt: 'UKE7Q2X9LM', amountCents: cents(150_000) });
const cancelled = aWitness({ outcome: 'failed', code: '1032' });

describe('the decision table', () => {
  test('a receipt is a payment, whatever failure was told before it', () => {
    const decision = decided([cancelled, { ...paidByCallback, observedAt: at(90) }]);

    expect(decision).toMatchObject({ verdict: 'paid', disagreements: ['outcome'] });
    expect(decision.receipts).toEqual([{ receipt: 'UKE7Q2X9LM', amountCents: 150_000 }]);
  });

  test('a failure told after a payment takes nothing back and is shown', () => {
    const decision = decided([paidByCallback, { ...cancelled, observedAt: at(90) }]);

    expect(decision).toMatchObject({ verdict: 'paid', disagreements: ['outcome'] });
  });

  test('a success that only a query tells is paid with an unknown receipt', () => {
    expect(decided([aWitness({ kind: 'query' })])).toMatchObject({ verdict: 'paid', receipts: [] });
  });

  test.each([
    { code: '1032', verdict: 'refused' },
    { code: '1', verdict: 'refused' },
    { code: '2001', verdict: 'refused' },
    { code: '1037', verdict: 'expired' },
    { code: '1019', verdict: 'expired' },
  ])('a callback with code $code is final: $verdict', ({ code, verdict }) => {
    expect(decided([aWitness({ outcome: 'failed', code })])).toMatchObject({ verdict, code });
  });

  test('a query’s 1037 is believed after a minute, counted from the first one', () => {
    const first = aWitness({ kind: 'query', outcome: 'failed', code: '1037', observedAt: at(40) });
    const again = { ...first, observedAt: at(70) };

    expect(decided([first, again], 99)).toMatchObject({
      verdict: 'open',
      provisionalUntil: at(100),
    });
    expect(decided([first, again], 100)).toMatchObject({ verdict: 'expired', code: '1037' });
  });

  test('words that settle nothing leave it open', () => {
    const pending = aWitness({ kind: 'query', outcome: 'pending', code: '4999' });
    const unclear = aWitness({ outcome: 'unclear', code: '9998' });

    expect(decided([pending, unclear])).toMatchObject({ verdict: 'open', provisionalUntil: null });
    expect(decided([])).toMatchObject({ verdict: 'open', disagreements: [] });
  });

  test('two receipts are a double payment, the better witnessed one first', () => {
    const byStatement = aWitness({ kind: 'statement', receipt: 'UKE7Q2X9LN' });

    const decision = decided([paidByCallback, byStatement]);

    expect(decision.receipts.map(({ receipt }) => receipt)).toEqual(['UKE7Q2X9LN', 'UKE7Q2X9LM']);
    expect(decision.disagreements).toEqual(['receipts']);
  });

  test('two amounts of one receipt are shown', () => {
    const other = { ...paidByCallback, kind: 'c2b' as const, amountCents: cents(150_100) };

    expect(decided([paidByCallback, other]).disagreements).toEqual(['amount']);
  });
});

const someWitness: fc.Arbitrary<Witness> = fc
  .record({
    kind: fc.constantFrom(...witnessKinds),
    outcome: fc.constantFrom(...witnessOutcomes),
    code: fc.constantFrom('0', '1', '1032', '1037', '1019', '4999', null),
    receipt: fc.constantFrom('UKE7Q2X9LM', 'UKE7Q2X9LN', null),
    amountCents: fc.constantFrom(cents(150_000), cents(150_100), null),
    observedAt: fc.integer({ min: 0, max: 300 }).map(at),
  })
  .map((witness) => (witness.outcome === 'paid' ? witness : { ...witness, receipt: null }));

const someStory = fc.array(someWitness, { maxLength: 7 });

describe('for every story', () => {
  test('any order and any repeats of the witnesses give the same decision', () => {
    const shuffled = someStory.chain((story) =>
      fc.record({
        story: fc.constant(story),
        other: fc
          .shuffledSubarray([...story, ...story], { minLength: 0 })
          .map((some) => [...some, ...story]),
        nowSeconds: fc.integer({ min: 0, max: 400 }),
      }),
    );

    fc.assert(
      fc.property(shuffled, ({ story, other, nowSeconds }) => {
        expect(decided(other, nowSeconds)).toEqual(decided(story, nowSeconds));
      }),
      { numRuns: 3_000 },
    );
  });

  test('it is paid exactly when somebody saw a payment', () => {
    fc.assert(
      fc.property(someStory, (story) => {
        const isSeen = story.some(({ outcome }) => outcome === 'paid');
        expect(decided(story).verdict === 'paid').toBe(isSeen);
      }),
      { numRuns: 2_000 },
    );
  });

  test('one more witness never takes a payment or a receipt back', () => {
    fc.assert(
      fc.property(someStory, someWitness, (story, more) => {
        const [before, after] = [decided(story), decided([...story, more])];
        if (before.verdict === 'paid') expect(after.verdict).toBe('paid');
        const receipts = after.receipts.map(({ receipt }) => receipt);
        for (const { receipt } of before.receipts) expect(receipts).toContain(receipt);
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is open for want of time is decided when the time has come', () => {
    fc.assert(
      fc.property(someStory, fc.integer({ min: 0, max: 400 }), (story, nowSeconds) => {
        const { provisionalUntil } = decided(story, nowSeconds);
        if (provisionalUntil === null) return;
        const then = (epochMsOf(provisionalUntil) - startMs) / 1_000;
        expect(decided(story, then).verdict).toBe('expired');
      }),
      { numRuns: 2_000 },
    );
  });

  test('every sequence of up to six kinds of word ends paid exactly if one of them is a payment', () => {
    const words: readonly Witness[] = [
      paidByCallback,
      cancelled,
      aWitness({ kind: 'query' }),
      aWitness({ kind: 'query', outcome: 'failed', code: '1037' }),
      aWitness({ kind: 'query', outcome: 'pending', code: '4999' }),
      aWitness({ kind: 'c2b', receipt: 'UKE7Q2X9LM', amountCents: cents(150_000) }),
    ];
    const bySet = new Map<string, string>();
    const differing: string[] = [];
    for (let code = 0; code < 6 ** 6; code += 1) {
      const picks = [...code.toString(6).padStart(6, '0')].map(Number);
      const set = [...new Set(picks)].sort().join('');
      const story = picks.map((pick, index) => ({
        ...(words[pick] ?? cancelled),
        observedAt: at(index),
      }));
      const { verdict, disagreements } = decided(story);
      const end = `${verdict} ${disagreements.join()}`;
      if ((bySet.get(set) ?? end) !== end) differing.push(set);
      bySet.set(set, end);
    }
    expect(differing).toEqual([]);
    expect(bySet.size).toBe(2 ** 6 - 1);
  });
});
