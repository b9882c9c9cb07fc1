import { acceptedOperation } from '../../api/operations/schema.ts';
import { decidedReject } from '../../api/statements/schema.ts';
import { appendRejects } from '../../db/statement-rejects.ts';
import { patchStatement } from '../../db/statements.ts';
import { tellRow } from '../../domain/statements/row-phrases.ts';
import { anOwner } from '../support/api-statements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const raw = 'TFNAA6C3E8 | 2025-06-23 16:08:23 | Pay Bill from A | Completed | 2719.0O | | 13912.67';

async function withReject(status: 'waiting-review' | 'processing' = 'waiting-review') {
  const owner = await anOwner(stage, status);
  const [statementId] = owner.ids;
  if (statementId === undefined) throw new Error('no statement');
  await stage.database.db.withTenant(owner.somebody.tenantId, async (t) => {
    const reason = 'amount-malformed' as const;
    await appendRejects(t, statementId, [{ seq: 0, page: 1, line: 7, raw, reason, detail: 'a' }]);
    await patchStatement(t, statementId, { format: 'personal-a' });
  });
  const decide = (json: object, headers: Record<string, string> = {}) =>
    stage.fetch(`${owner.path}/rejects`, { token: owner.token, json, headers });
  return { ...owner, statementId, decide };
}

const cells = {
  ...{ receipt: 'TFNAA6C3E8', completionTime: '2025-06-23 16:08:23' },
  details: 'Funds received from - 0712***678 WANJIKU KAMAU',
  ...{ status: 'Completed', paidIn: '2,719.00', withdrawn: '', balance: '13912.67' },
};

describe('POST /v1/statements/{id}/rejects', () => {
  test('a row is typed in over what could be read of it, with who did it and when', async () => {
    const { decide, somebody } = await withReject();

    const answer = await decide({ decision: 'mend', seq: 0, cells });

    const body = decidedReject.parse(answer.body);
    expect(body).toMatchObject({ state: 'mended', isSettled: false, version: 2, typed: cells });
    expect(body.suggested).toMatchObject({ receipt: 'TFNAA6C3E8', paidIn: '' });
    expect(body.decidedBy?.name).not.toBe('');
    const audit = await stage.database.asOwner(
      'select action, detail::text from shared.audit_log where tenant_id = $1 order by seq desc limit 1',
      [somebody.tenantId],
    );
    expect(audit[0]).toMatchObject({ action: 'statement-row.mend' });
    expect(String(audit[0]?.['detail'])).toContain('2,719.00');
    expect(String(audit[0]?.['detail'])).not.toContain('WANJIKU');
  });

  test('a cell that does not follow the grammar is named', async () => {
    const { decide } = await withReject();

    const answer = await decide({
      decision: 'mend',
      seq: 0,
      cells: { ...cells, paidIn: '2.719,0' },
    });

    expect(problemIn(answer)).toMatchObject({
      code: 'row-unreadable',
      detail: tellRow('cell-problem', { cell: 'Paid In', problem: tellRow('amount-shape') }),
      detailSw: 'Paid In: Kiasi huandikwa kama 1,234.50; hiki hakikusomeka.',
    });
  });

  test('a row is left out with a reason, and open again when that is taken back', async () => {
    const { decide } = await withReject();

    const skipped = await decide({ decision: 'skip', seq: 0, reason: 'A heading.' });
    const opened = await decide({ decision: 'reopen', seq: 0 });

    expect(skipped.body).toMatchObject({ state: 'skipped', whySkipped: 'A heading.' });
    expect(opened.body).toMatchObject({ state: 'open', whySkipped: null, decidedBy: null });
  });

  test('of two people with the same version the second one is told', async () => {
    const { decide } = await withReject();
    const headers = { 'if-match': 'W/"1"' };

    const first = await decide({ decision: 'skip', seq: 0, reason: 'x' }, headers);
    const second = await decide({ decision: 'mend', seq: 0, cells }, headers);

    expect(first.status).toBe(200);
    expect(problemIn(second).code).toBe('precondition-failed');
  });

  test('a row that is not there is not found; a statement that is read takes none', async () => {
    const { decide } = await withReject();
    const early = await withReject('processing');

    const nothing = await decide({ decision: 'reopen', seq: 5 });
    const tooEarly = await early.decide({ decision: 'reopen', seq: 0 });

    expect(problemIn(nothing).code).toBe('not-found');
    expect(problemIn(tooEarly).code).toBe('not-waiting');
  });

  test('what a run has taken in stays as it is', async () => {
    const { decide, statementId } = await withReject();
    await decide({ decision: 'skip', seq: 0, reason: 'x' });
    await stage.database.asOwner(
      'update shared.statement_rejects set settled_at = now() where statement_id = $1',
      [statementId],
    );

    const answer = await decide({ decision: 'reopen', seq: 0 });

    expect(problemIn(answer).code).toBe('reject-settled');
  });
});

describe('POST /v1/statements/{id}/rejects/rerun', () => {
  test('a run is started for what was decided, once a decision is there', async () => {
    const { decide, token, path, statementId } = await withReject();
    const rerun = () => stage.fetch(`${path}/rejects/rerun`, { token, method: 'POST' });

    const early = await rerun();
    await decide({ decision: 'skip', seq: 0, reason: 'x' });
    const answer = await rerun();

    expect(problemIn(early).code).toBe('nothing-decided');
    expect(answer.status).toBe(202);
    const { operation } = acceptedOperation.parse(answer.body);
    expect(operation).toMatchObject({ kind: 'statement.mend', status: 'running' });
    const started = await stage.database.asOwner(
      `select data -> 'input' ->> 'statementId' as of from shared.outbox where type = $1`,
      ['mendStatement'],
    );
    expect(started).toContainEqual({ of: statementId });
  });

  test('a statement of nobody is not found, one that is read has to wait', async () => {
    const { token, path } = await withReject('processing');
    const ask = (at: string) => stage.fetch(`${at}/rejects/rerun`, { token, method: 'POST' });

    expect(problemIn(await ask(path)).code).toBe('not-waiting');
    expect(problemIn(await ask(`/v1/statements/stm_${'0'.repeat(32)}`)).code).toBe('not-found');
  });
});
