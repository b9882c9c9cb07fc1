import { businessDate } from '../../domain/time.ts';
import type { FileKey } from '../../activities/statement-steps.ts';
import { failureTypes } from '../../temporal/policies.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import type { StatementOptions } from '../../simulators/statements/options.ts';
import { openEventData } from '../../db/outbox.ts';
import { recordVisits, strikeAt } from '../support/failpoints.ts';
import { openIngestion, perform, type Ingestion } from './ingestion.ts';

jest.setTimeout(60_000);

describe('the database steps of ingestion', () => {
  let stage: Ingestion;

  beforeAll(async () => {
    stage = await openIngestion();
  });

  afterAll(async () => {
    await stage.close();
  });

  async function read(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const asked = { layout: 'classic-csv', rows: 120, ...options } as const;
    const key = await stage.upload((await generateStatement(asked)).bytes, 'csv');
    await perform(() => stage.steps().parseStatement(key));
    return key;
  }

  async function proved(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const key = await read(options);
    await perform(() => stage.steps().proveStatement(key));
    return key;
  }

  async function posted(options: Partial<StatementOptions> = {}): Promise<FileKey> {
    const key = await proved(options);
    await perform(() => stage.steps().postStatement(key));
    return key;
  }

  async function statementOf(key: FileKey) {
    const [statement] = await stage.rows('select * from shared.statements where id = $1', [
      key.statementId,
    ]);
    const [operation] = await stage.rows('select * from shared.operations where id = $1', [
      key.operationId,
    ]);
    const events = await stage.rows(
      'select type, data from shared.operation_events where operation_id = $1 order by seq',
      [key.operationId],
    );
    const audit = await stage.rows('select action from shared.audit_log where object_id = $1', [
      key.statementId,
    ]);
    return { statement, operation, events, audit: audit.map(({ action }) => action) };
  }

  async function digestOf(key: FileKey) {
    return stage.rows(
      `select count(*)::int as count, coalesce(sum(x.amount_cents), 0)::bigint as total,
         md5(string_agg(concat_ws('|', identity, occurred_at, direction, amount_cents, purpose,
           parent_id is null), ',' order by identity)) as digest
       from shared.transactions x
       where x.statement_id = $1 and x.reversed_at is null`,
      [key.statementId],
    );
  }

  /** The rows of all `transactions.raw` events of a statement, opened. */
  async function eventsOf(key: FileKey) {
    const rows = await stage.rows(
      `select type, data from shared.outbox where topic = 'transactions.raw' order by seq`,
    );
    return stage.database.db.withTenant(key.tenantId, async (t) =>
      rows
        .map(({ type, data }) => ({ type, data: openEventData(t, Object(data)) }))
        .filter(({ data }) => data['statementId'] === key.statementId)
        .map(({ type, data }) => ({ type, rows: [data['rows']].flat() })),
    );
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
      ['a line is lost', 'delete from shared.statement_lines where statement_id = $1 and ordinal = 119'],
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
      const [line] = await stage.rows(
        `update shared.statement_lines set in_cents = in_cents + 100,
           identity = split_part(identity, '|', 1) || '|in|' || (in_cents + 100) || '|0'
         where statement_id = $1 and nature <> 'charge' and ordinal = (
           select min(ordinal) from shared.statement_lines
           where statement_id = $1 and in_cents > 0 and nature <> 'charge')
         returning receipt`,
        [key.statementId],
      );
      await stage.rows(
        'update shared.statements set total_in_cents = total_in_cents + 100 where id = $1',
        [key.statementId],
      );

      const proof = await perform(() => stage.steps().proveStatement(key));

      expect(proof.verdict).toBe('needsReview');
      expect(proof.detail).toContain(String(line?.['receipt']));
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
    const rows = 6_000;

    test.each([
      { at: 'ingest.midPost', visit: 1, heartbeatDetails: undefined },
      { at: 'ingest.midPost', visit: 1, heartbeatDetails: { nextOrdinal: 5_000 } },
      { at: 'ingest.midPost', visit: 2, heartbeatDetails: undefined },
      { at: 'ingest.afterPostCommitBeforeReturn', visit: 1, heartbeatDetails: undefined },
    ] as const)('dies at $at ($visit, $heartbeatDetails) and ends as one that lived', async (given) => {
      const seed = 31;
      const key = await proved({ seed, rows });
      const broken = stage.steps({ failpoint: strikeAt(given.at, given.visit) });

      await expect(perform(() => broken.postStatement(key))).rejects.toMatchObject({
        name: 'Struck',
      });
      const resumed = { attempt: 2, ...given };
      const posting = await perform(() => stage.steps().postStatement(key), resumed);

      const events = await eventsOf(key);
      const told = events.flatMap((event) => event.rows);
      expect(posting.newRowCount).toBeGreaterThan(5_000);
      expect(posting.knownRowCount).toBe(0);
      expect((await digestOf(key))[0]).toMatchObject({ count: posting.newRowCount });
      expect(told).toHaveLength(posting.newRowCount);
      expect(Math.max(...events.map((event) => event.rows.length))).toBeLessThanOrEqual(500);
      expect((await statementOf(key)).statement).toMatchObject({
        stage: 'posted',
        new_row_count: posting.newRowCount,
        posted_count: posting.newRowCount,
      });
      await takeBack(key);
    });

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

  async function categorise(key: FileKey): Promise<void> {
    await stage.rows(
      'update shared.statements set categorised_count = new_row_count where id = $1',
      [key.statementId],
    );
  }

  async function takeBack(key: FileKey) {
    await categorise(key);
    await perform(() => stage.steps().finishStatement(key));
    const operationId = await stage.operation(key);
    const input = { ...key, operationId, requestedBy: stage.tenant.userId };
    const reversal = await perform(() => stage.steps().reverseTransactions(input));
    await perform(() => stage.steps().finishUndo({ ...input, ...reversal }));
    return reversal;
  }

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
      const ids = reversed.flatMap((event) => event.rows.map((row) => row.transactionId));
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
