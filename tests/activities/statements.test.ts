import { businessDate } from '../../domain/time.ts';
import { failureTypes } from '../../temporal/policies.ts';
import { strikeAt } from '../support/failpoints.ts';
import { chunkRows, openIngestion, perform, type Ingestion } from './ingestion.ts';
import { statementsOn } from './stored-statements.ts';

describe('the steps that prove and post', () => {
  let stage: Ingestion;
  const { read, proved, posted, statementOf, digestOf, eventsOf } = statementsOn(() => stage);

  beforeAll(async () => {
    stage = await openIngestion();
  });

  afterAll(async () => {
    await stage.close();
  });

  /** Adds a shilling to the first payment in, as a forger would; answers its receipt. */
  async function addShilling({ statementId }: { statementId: string }): Promise<string> {
    const [line] = await stage.rows(
      `update shared.statement_lines set in_cents = in_cents + 100,
         identity = split_part(identity, '|', 1) || '|in|' || (in_cents + 100) || '|0'
       where statement_id = $1 and nature <> 'charge' and ordinal = (
         select min(ordinal) from shared.statement_lines
         where statement_id = $1 and in_cents > 0 and nature <> 'charge')
       returning receipt`,
      [statementId],
    );
    await stage.rows(
      'update shared.statements set total_in_cents = total_in_cents + 100 where id = $1',
      [statementId],
    );
    return String(line?.['receipt']);
  }

  describe('proveStatement', () => {
    test('confirms a clean file and may be repeated', async () => {
      const key = await read({ seed: 21 });

      const proof = await perform(() => stage.steps().proveStatement(key));
      const again = await perform(() => stage.steps().proveStatement(key));

      expect(proof).toMatchObject({ verdict: 'proven', rowCount: 120, detail: '' });
      expect(again).toEqual(proof);
      const { statement, events } = await statementOf(key);
      expect(statement).toMatchObject({ stage: 'proved', verdict: 'proven' });
      expect(events.filter(({ data }) => Object(data).stage === 'proved')).toHaveLength(1);
    });

    test.each([
      [
        'a line is lost',
        'delete from shared.statement_lines where statement_id = $1 and ordinal = 119',
      ],
      [
        'an amount was changed',
        'update shared.statement_lines set in_cents = in_cents + 1 where statement_id = $1 and in_cents > 0',
      ],
    ])('is a fault when, after reading, %s', async (_name, tampering) => {
      const key = await read({ seed: 22 });
      await stage.rows(tampering, [key.statementId]);

      await expect(perform(() => stage.steps().proveStatement(key))).rejects.toMatchObject({
        type: failureTypes.statementInconsistent,
        nonRetryable: true,
      });
    });

    test('a receipt with another amount in another statement needs review', async () => {
      await posted({ seed: 23 });
      const key = await read({ seed: 23 });
      const receipt = await addShilling(key);

      const proof = await perform(() => stage.steps().proveStatement(key));

      expect(proof.verdict).toBe('needsReview');
      expect(proof.detail).toContain(receipt);
      expect(JSON.stringify((await statementOf(key)).statement?.['tamper'])).toContain(
        'receipt-amount-conflict',
      );
    });

    test('an account is found by what the file prints, once for all its statements', async () => {
      const [first, second] = [await read({ seed: 24 }), await read({ seed: 24, rows: 60 })];

      const accounts = await stage.rows(
        'select distinct account_id from shared.statements where id in ($1, $2)',
        [first.statementId, second.statementId],
      );

      expect(accounts).toHaveLength(1);
      expect(accounts[0]?.['account_id']).not.toBeNull();
    });
  });

  describe('postStatement', () => {
    const rows = 1_500;

    test.each([
      { seed: 301, at: 'ingest.midPost', visit: 1, heartbeatDetails: undefined },
      { seed: 302, at: 'ingest.midPost', visit: 1, heartbeatDetails: { nextOrdinal: chunkRows } },
      { seed: 303, at: 'ingest.midPost', visit: 2, heartbeatDetails: undefined },
      {
        seed: 304,
        at: 'ingest.afterPostCommitBeforeReturn',
        visit: 1,
        heartbeatDetails: undefined,
      },
    ] as const)(
      'dies at $at ($visit, $heartbeatDetails) and ends as one that lived',
      async (given) => {
        const key = await proved({ seed: given.seed, rows });
        const broken = stage.steps({ failpoint: strikeAt(given.at, given.visit) });

        await expect(perform(() => broken.postStatement(key))).rejects.toMatchObject({
          name: 'Struck',
        });
        const resumed = { attempt: 2, ...given };
        const posting = await perform(() => stage.steps().postStatement(key), resumed);

        const events = await eventsOf(key);
        const told = events.map(({ data }) => Number(data['newRows']));
        expect(posting.newRowCount).toBeGreaterThan(2 * chunkRows);
        expect(posting.knownRowCount).toBe(0);
        expect((await digestOf(key))[0]).toMatchObject({ count: posting.newRowCount });
        expect(told.reduce((sum, rows) => sum + rows, 0)).toBe(posting.newRowCount);
        expect(Math.max(...told)).toBeLessThanOrEqual(chunkRows);
        expect((await statementOf(key)).statement).toMatchObject({
          stage: 'posted',
          new_row_count: posting.newRowCount,
          posted_count: posting.newRowCount,
        });
      },
    );

    test('a second run adds nothing and answers the same', async () => {
      const key = await proved({ seed: 32 });

      const first = await perform(() => stage.steps().postStatement(key));
      const digest = await digestOf(key);
      const second = await perform(() => stage.steps().postStatement(key));

      expect(second).toEqual(first);
      expect(await digestOf(key)).toEqual(digest);
    });

    test('rows another statement brought are linked, not doubled', async () => {
      const from = businessDate('2025-01-01');
      const book = { seed: 33, rows: 400 };
      const early = await posted({ ...book, window: { from, to: businessDate('2025-03-31') } });
      const late = await proved({
        ...book,
        window: { from: businessDate('2025-03-01'), to: businessDate('2025-06-30') },
      });

      const posting = await perform(() => stage.steps().postStatement(late));

      const [march] = await stage.rows(
        `select count(*)::int as count from shared.statement_lines l
         where l.statement_id = $1 and l.direction is not null
           and (l.completed_at at time zone 'Africa/Nairobi')::date >= date '2025-03-01'`,
        [early.statementId],
      );
      expect(posting.knownRowCount).toBe(march?.['count']);
      expect(posting.newRowCount).toBeGreaterThan(0);
      expect((await digestOf(late))[0]).toMatchObject({ count: posting.newRowCount });
    });

    test('a statement another one contradicts by now is proven no longer, and keeps its rows', async () => {
      const late = await read({ seed: 35 });
      const receipt = await addShilling(late);
      const proof = await perform(() => stage.steps().proveStatement(late));
      await posted({ seed: 35 });

      const posting = await perform(() => stage.steps().postStatement(late));
      await perform(() => stage.steps().finishStatement(late));

      const { statement } = await statementOf(late);
      expect(proof.verdict).toBe('proven');
      expect(posting.newRowCount).toBe(1);
      expect(statement).toMatchObject({ status: 'posted', verdict: 'needsReview' });
      expect(JSON.stringify(statement?.['tamper'])).toContain(receipt);
    });

    test('charges are tied to what they were charged for', async () => {
      const key = await posted({ seed: 34, rows: 400 });

      const charges = await stage.rows(
        `select c.receipt = p.receipt as is_same, p.nature from shared.transactions c
         join shared.transactions p on p.id = c.parent_id
         where c.statement_id = $1 and c.nature = 'charge'`,
        [key.statementId],
      );

      expect(charges.length).toBeGreaterThan(0);
      expect(charges.every((row) => row['nature'] !== 'charge')).toBe(true);
    });
  });

  test('no promise of the data is broken by any of this but the day figures, which are told by events', async () => {
    const broken = await stage.database.invariants();

    expect(broken.filter(({ invariant }) => !String(invariant).startsWith('rollups'))).toEqual([]);
  });
});
