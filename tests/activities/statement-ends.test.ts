import { businessDate } from '../../domain/time.ts';
import { failureTypes } from '../../temporal/policies.ts';
import { recordVisits, strikeAt } from '../support/failpoints.ts';
import { openIngestion, perform, type Ingestion } from './ingestion.ts';
import { statementsOn } from './stored-statements.ts';

describe('the steps that end a statement or take it back', () => {
  let stage: Ingestion;
  const { read, proved, posted, statementOf, digestOf, eventsOf, categorise, takeBack } =
    statementsOn(() => stage);

  beforeAll(async () => {
    stage = await openIngestion();
  });

  afterAll(async () => {
    await stage.close();
  });

  describe('the end of a statement', () => {
    test('categories are pending, retryably, until every new row has one', async () => {
      const key = await posted({ seed: 41 });

      await expect(perform(() => stage.steps().checkCategorised(key))).rejects.toMatchObject({
        type: failureTypes.categoriesPending,
        nonRetryable: false,
      });
      await categorise(key);

      await expect(perform(() => stage.steps().checkCategorised(key))).resolves.toBeUndefined();
    });

    test('a finished statement is posted, told and audited once, however often it is finished', async () => {
      const key = await posted({ seed: 42 });
      await categorise(key);
      const visits = recordVisits();

      const first = await perform(() => stage.steps({ failpoint: visits }).finishStatement(key));
      const second = await perform(() => stage.steps().finishStatement(key));

      expect(second).toEqual(first);
      expect(visits.names).toContain('ingest.afterCategorised');
      const { statement, operation, events, audit } = await statementOf(key);
      expect(statement).toMatchObject({ status: 'posted', stage: 'categorised' });
      expect(operation).toMatchObject({ status: 'succeeded' });
      expect(events.filter(({ type }) => type === 'finished')).toHaveLength(1);
      expect(audit.filter((action) => action === 'statement.post')).toHaveLength(1);
    });

    test('a refusal is told once with its reason, and the file may be uploaded again', async () => {
      const key = await read({ seed: 43 });
      const end = { ...key, problem: 'review-refused', detail: 'Not our account.' };
      const decided = { ...end, decidedBy: stage.tenant.userId };

      await perform(() => stage.steps().refuseStatement(decided));
      await perform(() => stage.steps().refuseStatement(decided));

      const { statement, operation, events, audit } = await statementOf(key);
      expect(statement).toMatchObject({ status: 'refused', problem: 'review-refused' });
      expect(operation).toMatchObject({ status: 'refused' });
      expect(events.filter(({ type }) => type === 'finished')).toEqual([
        { type: 'finished', data: expect.objectContaining({ problem: 'review-refused' }) },
      ]);
      expect(audit.filter((action) => action === 'statement.refuse')).toHaveLength(1);
    });

    test('an abandoned statement is over and its operation cancelled', async () => {
      const key = await read({ seed: 44 });
      const end = { ...key, problem: 'password-expired', detail: 'Nobody came.' };

      await perform(() => stage.steps().abandonStatement({ ...end, cause: 'expired' }));

      const { statement, operation } = await statementOf(key);
      expect(statement).toMatchObject({ status: 'abandoned', problem: 'password-expired' });
      expect(operation).toMatchObject({ status: 'cancelled' });
    });

    test('a failure before posting frees the file, one after it leaves the rows to an operator', async () => {
      const before = await read({ seed: 45 });
      const after = await posted({ seed: 46 });
      const end = { problem: 'failed', detail: 'proveStatement gave up (Bug).' };

      await perform(() => stage.steps().failStatement({ ...before, ...end }));
      await perform(() => stage.steps().failStatement({ ...after, ...end }));

      const [untouched, touched] = [await statementOf(before), await statementOf(after)];
      expect(untouched.statement).toMatchObject({ status: 'refused', problem: 'failed' });
      expect(touched.statement).toMatchObject({ status: 'processing', problem: 'failed' });
      expect(untouched.operation).toMatchObject({ status: 'failed' });
      expect(touched.operation).toMatchObject({ status: 'failed' });
    });

    test('an end that comes after the end changes nothing', async () => {
      const key = await read({ seed: 47 });
      const end = { ...key, problem: 'abandoned', detail: 'Stopped.' };
      await perform(() => stage.steps().refuseStatement({ ...end, problem: 'proof-failed' }));

      await perform(() => stage.steps().abandonStatement({ ...end, cause: 'cancelled' }));

      const { statement, operation } = await statementOf(key);
      expect(statement).toMatchObject({ status: 'refused', problem: 'proof-failed' });
      expect(operation).toMatchObject({ status: 'refused' });
    });

    test('a wait shows who is waited for, and going on clears it', async () => {
      const key = await proved({ seed: 48 });
      const { userId: decidedBy } = stage.tenant;

      await perform(() =>
        stage.steps().markWaiting({
          ...key,
          waitingFor: 'review',
          problem: 'needs-review',
          detail: 'The total differs.',
        }),
      );
      const waiting = await statementOf(key);
      await perform(() => stage.steps().recordApproval({ ...key, decidedBy }));
      await perform(() => stage.steps().recordApproval({ ...key, decidedBy }));
      const going = await statementOf(key);

      expect(waiting.statement).toMatchObject({ status: 'waiting-review' });
      expect(waiting.operation).toMatchObject({ status: 'waiting' });
      expect(going.statement).toMatchObject({ status: 'processing', problem: null });
      expect(going.operation).toMatchObject({ status: 'running', error: null });
      expect(going.audit.filter((action) => action === 'statement.approve')).toHaveLength(1);
    });

    test('a proof or a wait that is repeated is told to other services once', async () => {
      const key = await proved({ seed: 49 });
      const wait = { waitingFor: 'review', problem: 'needs-review', detail: 'Look.' } as const;

      await perform(() => stage.steps().proveStatement(key));
      await perform(() => stage.steps().markWaiting({ ...key, ...wait }));
      await perform(() => stage.steps().markWaiting({ ...key, ...wait }));

      const told = await stage.rows(
        `select type from shared.outbox
         where topic = 'domain-events' and data ->> 'statementId' = $1 order by seq`,
        [key.statementId],
      );
      expect(told.map(({ type }) => type)).toEqual(['statement.proven', 'statement.needs_review']);
    });
  });

  describe('undo', () => {
    test('dies between two chunks and still reverses every row once', async () => {
      const key = await posted({ seed: 51, rows: 1_400 });
      await categorise(key);
      await perform(() => stage.steps().finishStatement(key));
      const [before] = await digestOf(key);
      const operationId = await stage.operation(key);
      const input = { ...key, operationId, requestedBy: stage.tenant.userId };
      const broken = stage.steps({ failpoint: strikeAt('undo.midChunk', 2) });

      await expect(perform(() => broken.reverseTransactions(input))).rejects.toThrow();
      const reversal = await perform(() => stage.steps().reverseTransactions(input));
      await perform(() => stage.steps().finishUndo({ ...input, ...reversal }));

      const reversed = (await eventsOf(key)).filter(({ type }) => type === 'transactions.reversed');
      const ids = reversed.flatMap(({ data }) =>
        [data['rows']].flat().map((row) => String(Object(row).transactionId)),
      );
      expect(reversal).toEqual({ reversedCount: before?.['count'], keptCount: 0 });
      expect(new Set(ids).size).toBe(before?.['count']);
      expect(ids).toHaveLength(new Set(ids).size);
      expect((await digestOf(key))[0]).toMatchObject({ count: 0 });
      expect((await statementOf(key)).statement).toMatchObject({ status: 'undone' });
    });

    test('rows another live statement shows stay', async () => {
      const window = { from: businessDate('2025-01-01'), to: businessDate('2025-03-31') };
      const early = await posted({ seed: 52, rows: 300, window });
      const whole = await posted({ seed: 52, rows: 300 });
      await categorise(early);
      await perform(() => stage.steps().finishStatement(early));

      const reversal = await takeBack(whole);

      expect(reversal.keptCount).toBeGreaterThan(0);
      expect((await digestOf(early))[0]).toMatchObject({ count: reversal.keptCount });
    });

    test('a statement that was never posted has nothing to take back', async () => {
      const key = await read({ seed: 53 });
      const input = { ...key, requestedBy: stage.tenant.userId };

      await expect(perform(() => stage.steps().reverseTransactions(input))).rejects.toMatchObject({
        type: failureTypes.statementInconsistent,
      });
    });
  });

  test('no promise of the data is broken by any of this but the day figures, which are told by events', async () => {
    const broken = await stage.database.invariants();

    expect(broken.filter(({ invariant }) => !String(invariant).startsWith('rollups'))).toEqual([]);
  });
});
