import { MockActivityEnvironment } from '@temporalio/testing';
import type { FileKey } from '../../activities/statement-steps.ts';
import type { readStatement } from '../../activities/parser/cage.ts';
import { failureTypes } from '../../temporal/policies.ts';
import { sealTicket } from '../../temporal/password-tickets.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { strikeAt } from '../support/failpoints.ts';
import { until } from '../support/until.ts';
import { openIngestion, perform, type Ingestion } from './ingestion.ts';

describe('the steps that read a file', () => {
  let stage: Ingestion;
  let csv: Uint8Array;
  const rows = 1_300;

  beforeAll(async () => {
    stage = await openIngestion();
    csv = (await generateStatement({ layout: 'classic-csv', rows, seed: 11 })).bytes;
  });

  afterAll(async () => {
    await stage.close();
  });

  /** What reading left behind, without the ids and times of the run. */
  async function stored(key: FileKey) {
    const lines = await stage.rows(
      `select count(*)::int as count, count(distinct ordinal)::int as ordinals,
         md5(string_agg(concat_ws('|', ordinal, page, line, receipt, completed_at, row_status,
           in_cents, out_cents, balance_cents, identity, purpose, direction, nature), ','
           order by ordinal)) as digest
       from shared.statement_lines where statement_id = $1`,
      [key.statementId],
    );
    const statement = await stage.rows(
      `select format, stage, verdict, row_count, reject_count, total_in_cents, total_out_cents,
         opening_cents, closing_cents, jsonb_array_length(stages) as stages
       from shared.statements where id = $1`,
      [key.statementId],
    );
    return { lines, statement };
  }

  test('every row is stored once, and reading again changes nothing', async () => {
    const key = await stage.upload(csv, 'csv');
    const { inspectFile, parseStatement } = stage.steps();

    expect(await perform(() => inspectFile(key))).toEqual({ kind: 'readable' });
    const outcome = await perform(() => parseStatement(key));
    const first = await stored(key);
    const again = await perform(() => parseStatement(key));

    expect(outcome).toEqual({ kind: 'read', rowCount: rows, rejectCount: 0 });
    expect(again).toEqual(outcome);
    expect(await stored(key)).toEqual(first);
    expect(first.lines[0]).toMatchObject({ count: rows, ordinals: rows });
    expect(first.statement[0]).toMatchObject({ stage: 'parsed', verdict: 'proven' });
  });

  test.each([
    { at: 'ingest.midBatch', visit: 1 },
    { at: 'ingest.midBatch', visit: 2 },
    { at: 'ingest.afterParseBeforeReturn', visit: 1 },
  ] as const)('a reading that dies at $at, visit $visit, ends as one that lived', async (given) => {
    const twin = await stage.upload(csv, 'csv');
    await perform(() => stage.steps().parseStatement(twin));
    const key = await stage.upload(csv, 'csv');
    const broken = stage.steps({ failpoint: strikeAt(given.at, given.visit) });

    await expect(perform(() => broken.parseStatement(key))).rejects.toMatchObject({
      name: 'Struck',
    });
    await perform(() => stage.steps().parseStatement(key), { attempt: 2 });

    expect(await stored(key)).toEqual(await stored(twin));
  });

  test('a file with card numbers is not kept, whenever the reading dies; its digest and rows are', async () => {
    const text = new TextDecoder().decode(csv);
    const [, receipt = ''] = /^"?([A-Z0-9]{10})"?,/m.exec(text) ?? [];
    const withCard = text.replace(receipt, '4111111111111111');
    const key = await stage.upload(new TextEncoder().encode(withCard), 'csv');
    const broken = stage.steps({ failpoint: strikeAt('ingest.afterParseBeforeReturn', 1) });

    await expect(perform(() => broken.parseStatement(key))).rejects.toMatchObject({
      name: 'Struck',
    });
    const outcome = await perform(() => stage.steps().parseStatement(key), { attempt: 2 });

    expect(outcome).toEqual({ kind: 'read', rowCount: rows - 1, rejectCount: 1 });
    const kept = await stage.rows(
      `select s.upload_id, length(s.sha256) as digest,
         (select count(*)::int from shared.upload_chunks c where c.upload_id = $2) as chunks,
         (select count(*)::int from shared.audit_log a
           where a.action = 'statement.file-removed' and a.object_id = s.id::text) as told
       from shared.statements s where s.id = $1`,
      [key.statementId, key.uploadId],
    );
    expect(kept).toEqual([{ upload_id: null, digest: 64, chunks: 0, told: 1 }]);
    const other = await stage.upload(csv, 'csv');
    await perform(() => stage.steps().parseStatement(other));
    const whole = await stage.rows('select upload_id from shared.statements where id = $1', [
      other.statementId,
    ]);
    expect(whole).toEqual([{ upload_id: other.uploadId }]);
  });

  test('heartbeats say how many rows are stored and nothing else', async () => {
    const beats: unknown[] = [];
    const key = await stage.upload(csv, 'csv');

    await perform(() => stage.steps().parseStatement(key), { beats });

    expect(beats.length).toBeGreaterThan(0);
    for (const beat of beats) expect(Object.keys(Object(beat))).toEqual(['rowsCommitted']);
  });

  test('a cancelled reading ends its child and may be taken up again', async () => {
    const key = await stage.upload(csv, 'csv');
    const environment = new MockActivityEnvironment();
    const steps = stage.steps({
      failpoint: async (name) => {
        if (name === 'ingest.midBatch') environment.cancel('CANCELLED');
      },
    });

    await expect(environment.run(() => steps.parseStatement(key))).rejects.toMatchObject({
      name: 'CancelledFailure',
    });
    await perform(() => stage.steps().parseStatement(key), { attempt: 2 });

    expect((await stored(key)).lines[0]).toMatchObject({ count: rows, ordinals: rows });
  });

  test('a child that is killed once is a fault to retry, killed for the fifth time one to look at', async () => {
    const key = await stage.upload(csv, 'csv');
    const read: typeof readStatement = async function* () {
      yield* [];
      throw Object.assign(new Error('the reader was ended from outside'), { name: 'ReaderFault' });
    };
    const { parseStatement } = stage.steps({ read });

    await expect(perform(() => parseStatement(key), { attempt: 1 })).rejects.toMatchObject({
      name: 'ReaderFault',
    });
    await expect(perform(() => parseStatement(key), { attempt: 5 })).rejects.toMatchObject({
      type: failureTypes.parserCrashed,
      nonRetryable: true,
    });
  });

  test("another tenant's statement does not exist", async () => {
    const key = await stage.upload(csv, 'csv');
    const stranger = await openIngestion();

    await expect(
      perform(() => stranger.steps().inspectFile({ ...key, tenantId: stranger.tenant.tenantId })),
    ).rejects.toMatchObject({ type: failureTypes.statementMissing });
    await stranger.close();
  });

  test('a damaged file is refused with its problem and leaves no line', async () => {
    const key = await stage.upload(new TextEncoder().encode('%PDF-1.4 nothing more'), 'pdf');

    const outcome = await perform(() => stage.steps().parseStatement(key));

    expect(outcome).toMatchObject({ kind: 'refused', problem: 'malformed-pdf' });
    expect((await stored(key)).lines[0]).toMatchObject({ count: 0 });
  });

  describe('a locked PDF', () => {
    let locked: Uint8Array;

    beforeAll(async () => {
      const options = { layout: 'personal-a', rows: 30, password: 'siri-1234' } as const;
      locked = (await generateStatement(options)).bytes;
    });

    const inspect = (key: FileKey, passwordTicket?: string) =>
      perform(() =>
        stage.steps().inspectFile({ ...key, ...(passwordTicket ? { passwordTicket } : {}) }),
      );

    test('asks for its password, refuses a wrong one and opens with the right one', async () => {
      const key = await stage.upload(locked, 'pdf');
      const { tenantId } = key;
      const [wrong, right] = [
        await sealTicket(stage.redis, tenantId, 'siri-0000'),
        await sealTicket(stage.redis, tenantId, 'siri-1234'),
      ];

      expect(await inspect(key)).toEqual({ kind: 'password', problem: 'password-needed' });
      expect(await inspect(key, wrong)).toEqual({ kind: 'password', problem: 'password-wrong' });
      expect(await inspect(key, right)).toEqual({ kind: 'readable' });
      expect((await stored(key)).statement[0]).toMatchObject({ stage: 'unlocked' });
    });

    test('a ticket that Redis lost asks again instead of failing', async () => {
      const key = await stage.upload(locked, 'pdf');
      const reference = await sealTicket(stage.redis, key.tenantId, 'siri-1234');
      await stage.steps().forgetPassword({ tenantId: key.tenantId, passwordTicket: reference });

      expect(await inspect(key, reference)).toEqual({
        kind: 'password',
        problem: 'ticket-expired',
      });
    });

    test('the password is nowhere in the database', async () => {
      const key = await stage.upload(locked, 'pdf');
      const reference = await sealTicket(stage.redis, key.tenantId, 'siri-1234');
      const input = { ...key, passwordTicket: reference };
      await perform(() => stage.steps().parseStatement(input));

      const found = await stage.rows(
        `select 'statements' as place from shared.statements s where s::text like '%siri-1234%'
         union all select 'operations' from shared.operations o where o::text like '%siri-1234%'
         union all select 'events' from shared.operation_events e where e::text like '%siri-1234%'
         union all select 'outbox' from shared.outbox b where b::text like '%siri-1234%'`,
      );
      expect(found).toEqual([]);
    });
  });

  test('progress is published to whoever watches, and a Redis that is away does not matter', async () => {
    const key = await stage.upload(csv, 'csv');
    const heard: string[] = [];
    const listener = stage.redis.duplicate();
    await listener.subscribe(`t:${key.tenantId}:operation:${key.operationId}`);
    listener.on('message', (channel: string) => heard.push(channel));
    const gone = stage.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false });

    await perform(() => stage.steps().inspectFile(key));
    await until(() => heard.length > 0);
    const outcome = await perform(() => stage.steps({ redis: gone }).parseStatement(key));

    expect(outcome).toMatchObject({ kind: 'read' });
    listener.disconnect();
    gone.disconnect();
  });
});
