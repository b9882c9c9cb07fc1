import type { FileKey, MendInput } from '../../activities/statement-steps.ts';
import type { TenantHandle } from '../../db/database.ts';
import { historyOf } from '../../db/row-history.ts';
import { decideReject, findReject, listRejects } from '../../db/statement-rejects.ts';
import { id } from '../../domain/ids.ts';
import { cellsIn, type TypedCells } from '../../domain/statements/typed-rows.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { strikeAt } from '../support/failpoints.ts';
import { openIngestion, perform, type Ingestion } from './ingestion.ts';
import { statementsOn } from './stored-statements.ts';

let stage: Ingestion;
const { statementOf, digestOf, categorise, takeBack } = statementsOn(() => stage);

beforeAll(async () => {
  stage = await openIngestion();
});
afterAll(() => stage.close());

const layout = { layout: 'classic-csv', rows: 12, seed: 3 } as const;

/** The paper as it should be, and the same with two damaged rows and one that is none. */
async function papers() {
  const whole = new TextDecoder().decode((await generateStatement(layout)).bytes);
  const broken = whole
    .replace(',2719.00,', ',2719.0O,')
    .replace(',10503.67,', ',1O503.67,')
    .replace(/(\r?\n)(TB7DTDTQF7)/, '$1See overleaf,,,,Completed,,,,,,,,,$1$2');
  const bytes = (text: string) => new TextEncoder().encode(text);
  return { whole: bytes(whole), broken: bytes(broken) };
}

async function proved(bytes: Uint8Array): Promise<FileKey> {
  const key = await stage.upload(bytes, 'csv');
  await perform(() => stage.steps().parseStatement(key));
  await perform(() => stage.steps().proveStatement(key));
  return key;
}

async function waiting(): Promise<FileKey> {
  const key = await proved((await papers()).broken);
  const wait = { waitingFor: 'review', problem: 'needs-review', detail: 'Look.' } as const;
  await perform(() => stage.steps().markWaiting({ ...key, ...wait }));
  return key;
}

async function post(key: FileKey): Promise<void> {
  await perform(() => stage.steps().postStatement(key));
  await categorise(key);
  await perform(() => stage.steps().finishStatement(key));
}

function inTenant<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return stage.database.db.withTenant(stage.tenant.tenantId, work);
}

function rejectsOf({ statementId }: FileKey) {
  return inTenant((t) => listRejects(t, statementId, { limit: 10 }));
}

/** Types over what the screen would suggest; undefined leaves the row out. */
async function decide(
  { statementId }: FileKey,
  seq: number,
  over: Partial<TypedCells> | undefined,
): Promise<boolean> {
  return inTenant(async (t) => {
    const reject = await findReject(t, statementId, seq);
    if (reject === undefined) throw new Error(`no reject ${seq}`);
    const typed = { ...cellsIn(reject.raw), ...over };
    const decided = over === undefined ? { reason: 'No row of money.' } : { typed };
    return decideReject(t, { statementId, reject, decidedBy: stage.tenant.userId }, decided);
  });
}

async function decideAll(key: FileKey): Promise<void> {
  await decide(key, 0, { paidIn: '2719.00' });
  await decide(key, 1, { completionTime: '2025-05-09 07:57:54', balance: '10503.67' });
  await decide(key, 2, undefined);
}

async function mending(key: FileKey): Promise<MendInput> {
  const operationId = await stage.operation(key);
  return { ...key, operationId, requestedBy: stage.tenant.userId };
}

const figures = {
  verdict: 'proven',
  row_count: 12,
  reject_count: 0,
  skipped_count: 1,
  total_in_cents: '1070300',
  total_out_cents: '631811',
};

describe('rows that could not be read', () => {
  test('the rest of such a row is suggested to whoever types it in', async () => {
    const key = await waiting();

    const [first, second] = await rejectsOf(key);

    expect(cellsIn(first?.raw ?? '')).toEqual({
      receipt: 'TFNAA6C3E8',
      completionTime: '2025-06-23 16:08:23',
      details: 'Pay Bill from 25470****927 - ANDRÉ **** SIMIYU Acc.',
      status: 'Completed',
      ...{ paidIn: '', withdrawn: '', balance: '13912.67' },
    });
    expect(cellsIn(second?.raw ?? '')).toMatchObject({
      // The 9th of May or the 5th of September: a person has to say.
      ...{ completionTime: '', withdrawn: '-16.48', balance: '' },
    });
  });

  test('typed in or left out before a review, they prove the statement', async () => {
    const key = await waiting();
    await decideAll(key);
    const input = await mending(key);

    const done = await perform(() => stage.steps().takeInMended(input));
    const again = await perform(() => stage.steps().takeInMended(input));

    expect(done).toMatchObject({ kind: 'taken-in', mendedCount: 2, skippedCount: 1 });
    expect(again).toEqual(done);
    const { statement, audit } = await statementOf(key);
    expect(statement).toMatchObject({ ...figures, status: 'waiting-review' });
    expect(audit.filter((action) => action === 'statement.mend')).toHaveLength(1);
    await perform(() => stage.steps().recordApproval({ ...key, decidedBy: stage.tenant.userId }));
    await post(key);
    const whole = await proved((await papers()).whole);
    await perform(() => stage.steps().postStatement(whole));
    expect((await statementOf(whole)).statement).toMatchObject({ new_row_count: 0 });
    await takeBack(key);
    await takeBack(whole);
  });

  test('typed in after posting, they are posted, tied, and leave with the statement', async () => {
    const key = await waiting();
    await perform(() => stage.steps().recordApproval({ ...key, decidedBy: stage.tenant.userId }));
    await post(key);
    await decideAll(key);
    const input = await mending(key);
    const struck = stage.steps({ failpoint: strikeAt('mend.midChunk', 1) });

    await expect(perform(() => struck.takeInMended(input))).rejects.toThrow();
    const done = await perform(() => stage.steps().takeInMended(input));

    expect(done).toMatchObject({ mendedCount: 2, rejectCount: 0, verdict: 'proven' });
    expect((await statementOf(key)).statement).toMatchObject({ ...figures, posted_count: 12 });
    const fees = await stage.rows(
      `select parent_id is not null as tied from shared.transactions
       where statement_id = $1 and nature = 'charge' and reversed_at is null`,
      [key.statementId],
    );
    expect(fees).toEqual(Array.from({ length: 5 }, () => ({ tied: true })));
    const broken = `select * from ops.invariants where invariant like 'statement%'`;
    expect(await stage.rows(broken)).toEqual([]);
    const [typed] = await stage.rows(
      `select x.id from shared.transactions x join shared.statement_rejects r
         on r.statement_id = x.statement_id and r.ordinal = x.ordinal
       where x.statement_id = $1 and r.seq = 0`,
      [key.statementId],
    );
    const history = await inTenant((t) => historyOf(t, id('transaction', String(typed?.['id']))));
    expect(history?.map(({ kind }) => kind).sort()).toEqual(['posted', 'typed']);
    expect(history).toContainEqual(
      expect.objectContaining({ kind: 'typed', actor: `user:${stage.tenant.userId}` }),
    );
    expect(await takeBack(key)).toMatchObject({ reversedCount: 12 });
    expect((await digestOf(key))[0]).toMatchObject({ count: 0 });
  });

  test('a row that the file shows as well is a twin of it, not the same', async () => {
    const key = await waiting();
    await decide(key, 0, { receipt: 'TF8A2FA7JL', paidIn: '690.00', balance: '' });

    await perform(async () => stage.steps().takeInMended(await mending(key)));

    const lines = await stage.rows(
      'select identity from shared.statement_lines where statement_id = $1 and receipt = $2',
      [key.statementId, 'TF8A2FA7JL'],
    );
    expect(lines.map(({ identity }) => identity).toSorted()).toEqual([
      'TF8A2FA7JL|in|69000|0',
      'TF8A2FA7JL|in|69000|1',
    ]);
  });

  test('of two who decide about one version one succeeds, and nobody after a run', async () => {
    const key = await waiting();
    const [reject] = await rejectsOf(key);
    if (reject === undefined) throw new Error('no reject');
    const of = { statementId: key.statementId, reject, decidedBy: stage.tenant.userId };
    const skip = () => inTenant((t) => decideReject(t, of, { reason: 'None of ours.' }));

    const both = await Promise.all([skip(), skip()]);
    await perform(async () => stage.steps().takeInMended(await mending(key)));

    expect(both.toSorted()).toEqual([false, true]);
    expect(await decide(key, 0, {})).toBe(false);
  });

  test('a statement that was refused meanwhile takes no rows', async () => {
    const key = await waiting();
    await decide(key, 2, undefined);
    await perform(() =>
      stage.steps().refuseStatement({ ...key, problem: 'review-refused', detail: 'No.' }),
    );
    const input = await mending(key);

    const answer = await perform(() => stage.steps().takeInMended(input));

    expect(answer).toMatchObject({ kind: 'refused' });
    expect(
      await stage.rows('select status from shared.operations where id = $1', [input.operationId]),
    ).toEqual([{ status: 'refused' }]);
  });
});
