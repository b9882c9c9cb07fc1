import {
  clockOf,
  countStandings,
  isHeldBack,
  outlookOf,
  remindersOf,
  type ReminderKind,
  type Timed,
} from '../../../domain/breaches/clocks.ts';
import { instantFromEpochMs, type Instant } from '../../../domain/time.ts';

const noticedMs = Date.UTC(2026, 10, 2, 9);
const at = (hours: number) => instantFromEpochMs(noticedMs + hours * 3_600_000);
const ms = (hours: number) => Date.parse(at(hours));

function aBusiness(told: { toldAt?: Instant; authorityToldAt?: Instant; isOver?: boolean } = {}) {
  const none: Timed = { noticedAt: at(0), toldAt: null, authorityToldAt: null, isOver: false };
  return { ...none, ...told };
}

describe('the clocks of a breach', () => {
  test('end 48 hours after it was noticed for the business, and 72 for the authority', () => {
    expect(clockOf(aBusiness(), 'business', ms(0)).by).toBe(at(48));
    expect(clockOf(aBusiness(), 'authority', ms(0)).by).toBe(at(72));
  });

  test.each([
    [35.9, 'running'],
    [36, 'near'],
    [47.9, 'near'],
    [48, 'over'],
  ] as const)('after %d hours the one of the business is %s', (hours, standing) => {
    expect(clockOf(aBusiness(), 'business', ms(hours)).standing).toBe(standing);
  });

  test('stand still once it was done, in time or late, whatever time it is', () => {
    const standing = (hours: number) =>
      clockOf(aBusiness({ toldAt: at(hours) }), 'business', ms(1_000)).standing;

    expect([standing(47), standing(48), standing(48.1)]).toEqual(['done', 'done', 'late']);
  });

  test('stop when the matter ends without it, and what was done stays done', () => {
    const one = aBusiness({ isOver: true, toldAt: at(2) });

    expect(clockOf(one, 'authority', ms(100)).standing).toBe('stopped');
    expect(clockOf(one, 'business', ms(100)).standing).toBe('done');
  });
});

describe('reminders', () => {
  const of = (hours: number, reminded: ReminderKind[] = [], told = {}) =>
    remindersOf({ ...aBusiness(told), reminded }, ms(hours));

  test('come twelve hours before each end and at it, each once', () => {
    expect(of(0)).toEqual({ due: [], nextAt: at(36) });
    expect(of(36)).toEqual({ due: ['business-near'], nextAt: at(48) });
    expect(of(36, ['business-near'])).toEqual({ due: [], nextAt: at(48) });
    expect(of(48, ['business-near'])).toEqual({ due: ['business-over'], nextAt: at(60) });
    const sent: ReminderKind[] = ['business-near', 'business-over'];
    expect(of(60, sent)).toEqual({ due: ['authority-near'], nextAt: at(72) });
    expect(of(72, [...sent, 'authority-near'])).toEqual({ due: ['authority-over'], nextAt: null });
  });

  test('of what was put on record late begin with the last one', () => {
    expect(of(1_000)).toEqual({ due: ['business-over', 'authority-over'], nextAt: null });
  });

  test('do not come for what was done, or once the matter is over', () => {
    expect(of(40, [], { toldAt: at(3) })).toEqual({ due: [], nextAt: at(60) });
    expect(of(80, [], { toldAt: at(3), authorityToldAt: at(9) })).toEqual({
      due: [],
      nextAt: null,
    });
    expect(of(80, [], { isOver: true })).toEqual({ due: [], nextAt: null });
  });

  test('leave no moment out: from any hour the next look finds something, or nothing is left', () => {
    for (let hour = 0; hour < 80; hour += 0.5) {
      const { nextAt } = of(hour);
      if (nextAt === null) expect(of(hour).due).toContain('authority-over');
      else
        expect(remindersOf({ ...aBusiness(), reminded: [] }, Date.parse(nextAt)).due).not.toEqual(
          [],
        );
    }
  });
});

describe('several businesses', () => {
  const reminded: ReminderKind[] = [];
  const two = [
    { ...aBusiness(), reminded },
    { ...aBusiness({ toldAt: at(3) }), reminded },
  ];

  test('are due when the first of them is, and their clocks are counted', () => {
    expect(outlookOf(two, Date.parse(at(1)))).toEqual({ nextAt: at(36), overCount: 0 });
    expect(outlookOf(two, Date.parse(at(100)))).toEqual({ nextAt: null, overCount: 3 });
    expect(countStandings(two, 'business', Date.parse(at(100)))).toMatchObject({
      over: 1,
      done: 1,
    });
  });

  test('one that is being told is not reminded for an hour', () => {
    const one = { ...aBusiness(), tellAskedAt: at(40) };
    expect(isHeldBack(one, Date.parse(at(40.5)))).toBe(true);
    expect(isHeldBack(one, Date.parse(at(41.5)))).toBe(false);
    expect(isHeldBack({ ...one, toldAt: at(40.2) }, Date.parse(at(40.5)))).toBe(false);
    expect(isHeldBack({ ...one, tellAskedAt: null }, Date.parse(at(40.5)))).toBe(false);
  });
});
