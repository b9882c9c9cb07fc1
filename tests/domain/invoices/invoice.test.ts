import fc from 'fast-check';
import {
  invoiceNumberIn,
  invoiceReference,
  invoiceStatusOf,
  openCentsOf,
  partToAsk,
  promptableCents,
  totalOf,
  totalProblem,
} from '../../../domain/invoices/invoice.ts';
import { isCollectible, isReference } from '../../../domain/collections/request.ts';
import { cents } from '../../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../../domain/time.ts';

const line = (quantity: number, unitCents: number) => ({
  ...{ description: 'Fees', quantity },
  unitCents: cents(unitCents),
});

describe('the lines of an invoice', () => {
  test('cost what their units cost, together', () => {
    expect(totalOf([line(3, 25_050), line(1, 24_850)])).toBe(100_000);
  });

  test.each([
    ['not-whole-shillings', [line(1, 25_050)]],
    ['too-much', [line(100_000, 10_000_000_00)]],
    [undefined, [line(2, 25_050)]],
  ])('have the problem %s', (problem, lines) => {
    expect(totalProblem(lines)).toBe(problem);
  });
});

describe('the number of an invoice', () => {
  test('fits the prompt and is read again however it is typed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), (number) => {
        const written = invoiceReference(number);
        expect(isReference(written)).toBe(true);
        for (const typed of [written, written.toLowerCase(), `inv ${number}`, String(number)]) {
          expect(invoiceNumberIn(typed)).toBe(number);
        }
      }),
    );
  });

  test.each(['', 'INV', 'INV-0', 'Mary', 'FEES-7', 'INV-1-2x'])('is not in %j', (typed) => {
    expect(invoiceNumberIn(typed)).toBeUndefined();
  });
});

describe('how an invoice stands', () => {
  const due = { dueOn: businessDate('2026-11-30'), totalCents: cents(10_000) };
  const voidedAt = instantFromEpochMs(0);

  test.each([
    ['open', { paidCents: 0, voidedAt: null }, '2026-11-30'],
    ['overdue', { paidCents: 9_900, voidedAt: null }, '2026-12-01'],
    ['paid', { paidCents: 10_000, voidedAt: null }, '2026-12-01'],
    ['void', { paidCents: 0, voidedAt }, '2026-12-01'],
  ])('is %s', (status, { paidCents, voidedAt: at }, today) => {
    const invoice = { ...due, paidCents: cents(paidCents), voidedAt: at };
    expect(invoiceStatusOf(invoice, businessDate(today))).toBe(status);
  });
});

test('what is open can be prompted for, whatever it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), (open) => {
      const asked = promptableCents(cents(open));
      expect(isCollectible(asked)).toBe(true);
      expect(asked >= open || asked === 25_000_000).toBe(true);
    }),
  );
});

test.each([
  ['all of it', [1_000_00, 0, undefined], 1_000_00],
  ['what no other phone is asked for', [1_000_00, 400_00, undefined], 600_00],
  ['a part that is wished', [1_000_00, 400_00, 100_00], 100_00],
  ['too much', [1_000_00, 400_00, 700_00], { refusal: 'too-much', mostCents: 600_00 }],
  ['nothing beside others', [1_000_00, 1_000_00, 100], { refusal: 'under-way' }],
] as const)('a further prompt asks for %s', (_what, [open, underWay, wished], part) => {
  const wishedCents = wished === undefined ? undefined : cents(wished);
  const of = { openCents: cents(open), underWayCents: cents(underWay), wishedCents };
  expect(partToAsk(of)).toEqual(part);
});

test('nothing is open on a void invoice, nor on one that is paid or more than that', () => {
  const invoice = { totalCents: cents(500), paidCents: cents(200), voidedAt: null };
  expect(openCentsOf(invoice)).toBe(300);
  expect(openCentsOf({ ...invoice, paidCents: cents(700) })).toBe(0);
  expect(openCentsOf({ ...invoice, voidedAt: instantFromEpochMs(0) })).toBe(0);
});
