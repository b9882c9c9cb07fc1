import fc from 'fast-check';
import { id, toPublicId } from '../../../domain/ids.ts';
import { meaningOfEvent } from '../../../domain/notices/from-event.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const uuid = '01900000-0000-7000-8000-000000000001';
const occurredAt = instantFromEpochMs(Date.UTC(2026, 10, 20, 22, 30));
const mean = (type: string, data: Record<string, unknown> = {}) =>
  meaningOfEvent({ type, occurredAt, data });
const disbursementId = toPublicId('disbursement', id('disbursement', uuid));

describe('an event tells', () => {
  test('of a statement, with its figures and no words of anybody', () => {
    const told = { statementId: uuid, verdict: 'proven', rowCount: 9, secret: { name: 'X' } };

    expect(mean('statement.posted', told)).toEqual([
      {
        ...{ tells: 'statement-posted', key: `statement-posted/${uuid}`, subjectId: uuid },
        ...{ figures: { verdict: 'proven', rowCount: 9 }, amountCents: null },
      },
      { settles: [`statement-review/${uuid}`] },
    ]);
  });

  test('of a payout that waits, under the UUID of the id that clients know', () => {
    const data = { disbursementId, amountCents: 5_000, kind: 'pochi', batchId: null };

    expect(mean('disbursement.awaiting_approval', data)).toMatchObject([
      { tells: 'payout-approval', subjectId: uuid, amountCents: 5_000 },
    ]);
  });

  test('that what waited is over once it is decided', () => {
    for (const end of ['approved', 'cancelled', 'paid', 'refused', 'expired']) {
      const [settled] = mean(`disbursement.${end}`, { disbursementId, batchId: null });

      expect(settled).toMatchObject({
        settles: expect.arrayContaining([`payout-approval/${uuid}`]),
      });
    }
  });

  test('of many payouts once a day, which begins at midnight in Nairobi', () => {
    const data = { disbursementId, amountCents: 100, batchId: null };

    expect(mean('disbursement.paid', data)[1]).toMatchObject({
      ...{ key: 'payouts-paid/2026-11-21', subjectId: null, amountCents: 100 },
    });
  });

  test('of the payouts of a list only with their list', () => {
    const data = { disbursementId, batchId: 'pob_x' };
    const told = ['awaiting_approval', 'paid', 'refused', 'unknown'].flatMap((end) =>
      mean(`disbursement.${end}`, data).filter((one) => 'tells' in one),
    );

    expect(told).toEqual([]);
  });

  test('of money only while it waits for somebody', () => {
    expect(mean('payment.received', { state: 'unallocated', amountCents: 1 })).toHaveLength(1);
    expect(mean('payment.received', { state: 'linked', amountCents: 1 })).toEqual([]);
  });
});

test('no event, however odd, stops the ones behind it, and figures stay flat', () => {
  const type = fc.constantFrom(
    ...['statement.posted', 'disbursement.paid', 'payment.received', 'ledger.threshold-crossed'],
    ...['export.ready', 'nobody.knows', 'constructor', '__proto__', 'toString'],
  );
  fc.assert(
    fc.property(type, fc.dictionary(fc.string(), fc.jsonValue()), (name, data) => {
      for (const meaning of meaningOfEvent({ type: name, occurredAt, data })) {
        if (!('tells' in meaning)) continue;
        const values = Object.values(meaning.figures);
        expect(values.every((one) => ['number', 'string'].includes(typeof one))).toBe(true);
      }
    }),
  );
});
