import { createProof } from '../../../domain/statements/proof.ts';
import { withFindingsOfFile } from '../../../domain/statements/reproof.ts';
import { cellsIn, readTypedRow } from '../../../domain/statements/typed-rows.ts';
import type { PrintedFacts, ProofReport } from '../../../domain/statements/terms.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const notAfter = instantFromEpochMs(Date.UTC(2026, 10, 20));
const place = { page: 2, line: 7, raw: 'as the file has it' };
const cells = {
  ...{ receipt: 'TFNAA6C3E8', completionTime: '14/11/2026 09:35', status: 'Completed' },
  details: 'Funds received from - 0712***678 WANJIKU KAMAU',
  ...{ paidIn: '2,719.00', withdrawn: '', balance: '3,000.00' },
};

describe('a typed row', () => {
  test('is read like a printed one, with the day first, and says who read it', () => {
    const read = readTypedRow(place, cells, { format: 'personal-a', notAfter });

    expect(read).toMatchObject({
      ok: true,
      line: { ...place, completedAt: '2026-11-14T06:35:00.000Z', inCents: 271_900 },
    });
    if (read.ok) expect(read.line.reading.reason).toContain('A person typed the row in');
  });

  test.each([
    [{ receipt: '' }, 'receipt-malformed'],
    [{ completionTime: '31/11/2026 09:35' }, 'time-impossible'],
    [{ completionTime: '2026-12-01 09:35' }, 'time-out-of-range'],
    [{ withdrawn: '5.00' }, 'amount-both-columns'],
    [{ balance: 'x' }, 'balance-malformed'],
  ])('%j is refused as %s', (over, reason) => {
    const read = readTypedRow(place, { ...cells, ...over }, { format: 'personal-a', notAfter });

    expect(read).toMatchObject({ ok: false, reject: { reason } });
  });
});

describe('what is suggested', () => {
  test('is what can be told of the row; a date of two meanings is left out', () => {
    const raw =
      'TFNAA6C3E8 | 09-05-2025 07:57:54 | Pay Bill Charge | completed |  | 1O.00 | 8,841.20';

    expect(cellsIn(raw)).toEqual({
      ...{ receipt: 'TFNAA6C3E8', completionTime: '', details: 'Pay Bill Charge' },
      ...{ status: 'completed', paidIn: '', withdrawn: '', balance: '8,841.20' },
    });
  });

  test('is nothing where the row is no row', () => {
    expect(cellsIn('- 7 -')).toMatchObject({ receipt: '', details: '', status: 'Completed' });
  });
});

describe('a proof that is made again', () => {
  const facts = { format: 'personal-a', summary: [], hasBalanceColumn: false } as unknown;
  const prove = (candidateCount: number, skippedCount = 0): ProofReport => {
    const proof = createProof(facts as PrintedFacts);
    const read = readTypedRow(place, cells, { format: 'personal-a', notAfter });
    if (read.ok) proof.addLine({ ...read.line, ordinal: 0, twin: 0 });
    return proof.finish({ candidateCount, skippedCount });
  };
  const countIn = ({ checks }: Pick<ProofReport, 'checks'>) => checks[0]?.outcome;

  test('notes rows that were left out and misses none', () => {
    expect(countIn(prove(2, 1))).toBe('noted');
    expect(countIn(prove(2))).toBe('failed');
  });

  test('keeps the word of the file that rows were lost, and signs in its metadata', () => {
    const sign = { signal: 'active-content', severity: 'note', detail: 'x', rows: [] } as const;
    const before = { ...prove(2), tamper: [sign] };

    const after = withFindingsOfFile(prove(1), before);

    expect(countIn(after)).toBe('failed');
    expect(after.verdict).toBe('needsReview');
    expect(after.tamper).toContainEqual(sign);
  });
});
