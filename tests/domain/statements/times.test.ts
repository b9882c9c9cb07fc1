import fc from 'fast-check';
import { createDateOrderVotes, decideDateOrder } from '../../../domain/statements/date-order.ts';
import {
  fromSpreadsheetSerial,
  parseCompletionTime,
  parsePeriod,
  parsePrintedDate,
} from '../../../domain/statements/times.ts';
import type { DateOrder } from '../../../domain/statements/times.ts';
import { instantFromEpochMs, nairobiText } from '../../../domain/time.ts';

function read(text: string, order: DateOrder): string {
  const outcome = parseCompletionTime(text, order);
  return outcome.ok ? nairobiText(outcome.value) : outcome.refusal.code;
}

describe('parseCompletionTime', () => {
  test.each<[string, DateOrder, string]>([
    ['2026-11-14 09:35:41', 'year-first', '2026-11-14 09:35:41'],
    ['2026-11-14 09:35:41', 'month-first', '2026-11-14 09:35:41'],
    ['2026-11-14T09:35:41', 'year-first', '2026-11-14 09:35:41'],
    ['14-11-2026 09:35:41', 'day-first', '2026-11-14 09:35:41'],
    ['14/11/2026 23:09:30', 'day-first', '2026-11-14 23:09:30'],
    ['11/14/2026 09:35', 'month-first', '2026-11-14 09:35:00'],
    ['11/14/2026 9:35 PM', 'month-first', '2026-11-14 21:35:00'],
    ['05/11/2026 12:00 AM', 'day-first', '2026-11-05 00:00:00'],
    ['05/11/2026 12:00:05 pm', 'month-first', '2026-05-11 12:00:05'],
    ['14 Nov 2026 09:35:41', 'month-first', '2026-11-14 09:35:41'],
    ['2026-11-14 09:35:41.250', 'year-first', '2026-11-14 09:35:41'],
    [' 2026-11-14   09:35:41 ', 'year-first', '2026-11-14 09:35:41'],
    ['2028-02-29 00:00:00', 'year-first', '2028-02-29 00:00:00'],
    ['45975.399780', 'day-first', '2025-11-14 09:35:41'],
  ])('%j read %s is %s in Nairobi', (text, order, expected) => {
    expect(read(text, order)).toBe(expected);
  });

  test.each<[string, DateOrder, string]>([
    ['30-02-2026 10:00:00', 'day-first', 'time-impossible'],
    ['2026-02-29 10:00:00', 'year-first', 'time-impossible'],
    ['13/25/2026 10:00:00', 'day-first', 'time-impossible'],
    ['13/25/2026 10:00:00', 'month-first', 'time-impossible'],
    ['2026-11-14 24:00:00', 'year-first', 'time-impossible'],
    ['2026-11-14 10:60:00', 'year-first', 'time-impossible'],
    ['14/11/2026 13:05 PM', 'day-first', 'time-impossible'],
    ['14/11/2026 0:05 AM', 'day-first', 'time-impossible'],
    ['0001-01-01 00:00:00', 'year-first', 'time-out-of-range'],
    ['9999-12-31 23:59:59', 'year-first', 'time-out-of-range'],
    ['14/11/26 09:35:41', 'day-first', 'time-malformed'],
    ['26-11-14 09:35:41', 'year-first', 'time-malformed'],
    ['14-11-2026 09:35:41', 'year-first', 'time-malformed'],
    ['2026-11-14', 'year-first', 'time-malformed'],
    ['2026-11/14 09:35:41', 'year-first', 'time-malformed'],
    ['2026-11-14 09:35:41Z', 'year-first', 'time-malformed'],
    ['٢٠٢٦-11-14 09:35:41', 'year-first', 'time-malformed'],
    ['yesterday', 'day-first', 'time-malformed'],
    ['', 'day-first', 'time-malformed'],
  ])('%j read %s is refused as %s', (text, order, code) => {
    expect(read(text, order)).toBe(code);
  });

  test('every second of the covered years survives printing and reading', () => {
    const range = { min: Date.UTC(2000, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 };
    fc.assert(
      fc.property(fc.integer(range), (seconds) => {
        const instant = instantFromEpochMs(seconds * 1000);
        expect(parseCompletionTime(nairobiText(instant), 'day-first')).toEqual({
          ok: true,
          value: instant,
        });
      }),
    );
  });
});

describe('fromSpreadsheetSerial', () => {
  test.each([
    [45975, '2025-11-14 00:00:00'],
    [45975.5, '2025-11-14 12:00:00'],
    [45975.3997801, '2025-11-14 09:35:41'],
  ])('%d is %s', (serial, text) => {
    expect(fromSpreadsheetSerial(serial)).toBe(text);
  });

  test.each([0, 1, 25569, 99999, Number.NaN, Infinity])('%d is no statement date', (serial) => {
    expect(fromSpreadsheetSerial(serial)).toBeUndefined();
  });
});

describe('decideDateOrder', () => {
  const rows = (texts: string[], receipts: string[] = []) =>
    texts.map((text, n) => ({ text: `${text} 10:00:00`, receipt: receipts[n] ?? '' }));

  test.each([
    ['a day above twelve in first place', rows(['05/11/2026', '14/11/2026']), 'day-first'],
    ['a day above twelve in second place', rows(['11/05/2026', '11/14/2026']), 'month-first'],
    ['the year in first place', rows(['2026-11-05', '2026-11-14']), 'year-first'],
    ['receipts of the day read first', rows(['05/11/2026'], ['UK5AAAAAAA']), 'day-first'],
    ['receipts of the month read first', rows(['05/11/2026'], ['UEBAAAAAAA']), 'month-first'],
    ['nothing that settles it', rows(['05/11/2026', '06/11/2026']), 'ambiguous'],
    [
      'receipts that disagree',
      rows(['05/11/2026', '05/11/2026'], ['UK5AAAAAAA', 'UEBAAAAAAA']),
      'ambiguous',
    ],
    ['dates that parse in no common order', rows(['14/11/2026', '11/14/2026']), 'ambiguous'],
    ['dates that mean the same either way', rows(['05/05/2026']), 'day-first'],
    ['no date at all', rows(['never']), 'none'],
    ['no rows', [], 'none'],
  ])('%s', (_, samples, decision) => {
    expect(decideDateOrder(samples)).toBe(decision);
  });

  test('one impossible date does not outvote the receipts', () => {
    const samples = rows(['05/11/2026', '11/31/2026'], ['UK5AAAAAAA', 'UKVAAAAAAA']);

    expect(decideDateOrder(samples)).toBe('day-first');
  });

  test('the vote can be asked before and after more rows', () => {
    const votes = createDateOrderVotes();
    votes.add({ text: '05/11/2026 10:00:00', receipt: '' });
    expect(votes.decide()).toBe('ambiguous');

    votes.add({ text: '14/11/2026 10:00:00', receipt: '' });
    expect(votes.decide()).toBe('day-first');
  });
});

describe('parsePeriod', () => {
  test.each([
    ['01st 2 2025 - 28th 2 2025', '2025-02-01', '2025-02-28'],
    ['2nd 3 2025 - 3rd 12 2025', '2025-03-02', '2025-12-03'],
    ['01 Aug 2026 - 14 Aug 2026', '2026-08-01', '2026-08-14'],
    ['01/08/2026 - 14/08/2026', '2026-08-01', '2026-08-14'],
    ['01-08-2026 to 14-08-2026', '2026-08-01', '2026-08-14'],
    ['2026-08-01 - 2026-08-14', '2026-08-01', '2026-08-14'],
    ['1 August 2026 – 14 September 2026', '2026-08-01', '2026-09-14'],
  ])('%j runs from %s to %s', (text, from, to) => {
    expect(parsePeriod(text)).toEqual({ from, to });
  });

  test.each(['14 Aug 2026 - 01 Aug 2026', '31 Feb 2026 - 01 Mar 2026', '01 Aug 2026', '', '- - -'])(
    '%j is no period',
    (text) => {
      expect(parsePeriod(text)).toBeUndefined();
    },
  );

  test('a printed date may carry a time of day', () => {
    expect(parsePrintedDate('01-11-2026 00:00:00')).toBe('2026-11-01');
  });
});
