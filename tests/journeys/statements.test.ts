/**
 * A business and its statements, through the public API alone, against real processes. The
 * independent checker compares what is stored with the truth beside each generated file.
 */
import { demoLogin } from '../../scripts/demo-tenant.ts';
import type { StatementOptions } from '../../simulators/statements/options.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import type { ApiClient } from '../support/api-client.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let client: ApiClient;

beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startGateway(), stack.startWorkers()]);
  client = await stack.client();
}, 180_000);

afterAll(() => stack.close(), 60_000);

interface Line {
  receipt: string;
  completedAt: string;
  details: string;
  status: string;
  inCents: number;
  outCents: number;
  balanceCents: number | null;
}

async function linesOf(statementId: string): Promise<Line[]> {
  const lines: Line[] = [];
  let cursor = '';
  for (;;) {
    const page = await client.get<{ data: Line[]; nextCursor: string | null }>(
      `/v1/statements/${statementId}/lines?limit=1000${cursor}`,
    );
    lines.push(...page.body.data);
    if (page.body.nextCursor === null) return lines;
    cursor = `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
  }
}

async function ingested(options: StatementOptions, password?: string) {
  const file = await generateStatement(options);
  const given = password === undefined ? {} : { password };
  const uploaded = await client.upload({ ...file, ...given });
  expect(uploaded.status).toBe(202);
  const statement = await client.settled(uploaded.body.statement.id);
  return { ...file, statement };
}

function spaced(details: string): string {
  return details
    .replace(/\s*-\s*/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('every layout', () => {
  test.each([
    [
      'a locked personal statement of layout A',
      { layout: 'personal-a', rows: 120, seed: 101, password: '31245678', cipher: 'aes-128' },
    ],
    ['a personal statement of layout B', { layout: 'personal-b', rows: 120, seed: 102 }],
    ['a till statement', { layout: 'till', rows: 90, seed: 103 }],
    ['an organisation export as CSV', { layout: 'classic-csv', rows: 200, seed: 104 }],
    ['an organisation export as a workbook', { layout: 'classic-xlsx', rows: 90, seed: 105 }],
    ['an organisation export as an old workbook', { layout: 'classic-xls', rows: 90, seed: 106 }],
    ['the newer export', { layout: 'newer-xlsx', rows: 90, seed: 107 }],
  ] as const)(
    '%s is proven, and every row is as the paper says',
    async (_what, options) => {
      const password = 'password' in options ? options.password : undefined;

      const { statement, truth } = await ingested(options, password);

      expect(statement).toMatchObject({
        status: 'posted',
        stage: 'categorised',
        verdict: 'proven',
        problem: null,
        rejectCount: 0,
      });
      expect(statement).toMatchObject({
        rowCount: truth.rowCount,
        newRowCount: movedRows(truth.rows),
        format: truth.format,
      });
      expect(statement.totals).toMatchObject(truth.totals);
      const lines = await linesOf(statement.id);
      expect(lines.map((line) => ({ ...pick(line), details: spaced(line.details) }))).toEqual(
        truth.rows.map((row) => ({ ...pick(row), details: spaced(row.details) })),
      );
    },
    90_000,
  );
});

/** Rows that moved money: a failed attempt is kept as a line and is no transaction. */
function movedRows(rows: readonly { inCents: number; outCents: number }[]): number {
  return rows.filter((row) => row.inCents + row.outCents > 0).length;
}

function pick({ receipt, completedAt, status, inCents, outCents, balanceCents }: Line) {
  return { receipt, completedAt, status, inCents, outCents, balanceCents };
}

describe('what a business does with a statement', () => {
  test('a locked file waits for its password, tells a wrong one from a missing one, and goes on', async () => {
    const password = '88997766';
    const file = await generateStatement({ layout: 'personal-b', rows: 40, seed: 201, password });
    const uploaded = await client.upload(file);
    const id = uploaded.body.statement.id;

    expect(await client.settled(id)).toMatchObject({
      status: 'waiting-password',
      problem: 'password-needed',
    });
    const wrong = await client.post<object>(`/v1/statements/${id}/password`, {
      password: '00000000',
    });
    expect(wrong).toMatchObject({
      status: 200,
      body: { accepted: false, problem: 'password-wrong', triesLeft: 4 },
    });
    const right = await client.post<object>(`/v1/statements/${id}/password`, { password });
    expect(right).toMatchObject({ status: 200, body: { accepted: true } });

    expect(await client.settled(id)).toMatchObject({
      status: 'posted',
      verdict: 'proven',
      rowCount: file.truth.rowCount,
    });
  }, 90_000);

  test('the same file again is the same statement', async () => {
    const file = await generateStatement({ layout: 'personal-a', rows: 30, seed: 202 });
    const first = await client.upload(file);
    await client.settled(first.body.statement.id);

    const again = await client.upload({ ...file, fileName: 'renamed.pdf' });

    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({
      duplicate: true,
      statement: { id: first.body.statement.id },
    });
  }, 60_000);

  test('two users who upload the same file at once get one statement', async () => {
    const file = await generateStatement({ layout: 'personal-a', rows: 30, seed: 203 });

    const answers = await Promise.all(Array.from({ length: 5 }, () => client.upload(file)));

    expect(new Set(answers.map((answer) => answer.body.statement.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    await client.settled(answers[0]?.body.statement.id ?? '');
  }, 60_000);

  test('overlapping statements, even in different layouts, add only what is new', async () => {
    const book = { months: 3, rows: 180, seed: 204, failures: false } as const;
    const first = await ingested({
      ...book,
      layout: 'personal-a',
      window: window('2025-01-01', '2025-02-20'),
    });
    const second = await ingested({
      ...book,
      layout: 'personal-b',
      window: window('2025-02-01', '2025-03-31'),
    });

    const known = new Set(first.truth.rows.map(keyOf));
    const fresh = second.truth.rows.filter((row) => !known.has(keyOf(row)));
    expect(second.statement).toMatchObject({
      verdict: 'proven',
      rowCount: second.truth.rowCount,
      newRowCount: fresh.length,
    });
    expect(fresh.length).toBeLessThan(second.truth.rowCount);
  }, 90_000);

  /** Rollups are made from events: they follow a posted statement by a moment, and then agree. */
  const figuresCaughtUp = () => until(async () => (await stack.checker.violations()).length === 0);

  test('undo takes back exactly what the statement brought', async () => {
    const kept = await ingested({ layout: 'classic-csv', rows: 60, seed: 205 });
    await figuresCaughtUp();
    const before = await stateWithoutUndone();
    const undone = await ingested({ layout: 'classic-csv', rows: 60, seed: 206 });

    const preview = await client.get<{ transactionCount: number }>(
      `/v1/statements/${undone.statement.id}/undo-preview`,
    );
    const undo = await client.post(`/v1/statements/${undone.statement.id}/undo`, {
      reason: 'wrong account',
    });
    expect(undo.status).toBe(202);
    const after = await client.settled(undone.statement.id);

    expect(preview.body.transactionCount).toBeGreaterThan(0);
    expect(after.status).toBe('undone');
    await figuresCaughtUp();
    expect(await stateWithoutUndone()).toEqual(before);
    expect(kept.statement.status).toBe('posted');
  }, 90_000);

  test('an undone file can be ingested again', async () => {
    const file = await generateStatement({ layout: 'personal-a', rows: 30, seed: 207 });
    const first = await client.upload(file);
    await client.settled(first.body.statement.id);
    await client.post(`/v1/statements/${first.body.statement.id}/undo`, {});
    expect((await client.settled(first.body.statement.id)).status).toBe('undone');

    const again = await client.upload(file);

    expect(again.status).toBe(202);
    expect(await client.settled(again.body.statement.id)).toMatchObject({
      status: 'posted',
      newRowCount: movedRows(file.truth.rows),
    });
  }, 60_000);

  test('an edited amount is held for review, posts nothing, and a person may refuse it', async () => {
    const count = () =>
      stack.database.asOwner('select count(*)::int as n from shared.transactions');
    const before = await count();
    const { statement, truth } = await ingested({
      layout: 'personal-a',
      rows: 80,
      seed: 208,
      mutations: ['edited-amount'],
    });

    expect(statement).toMatchObject({ status: 'waiting-review', verdict: 'needsReview' });
    expect(JSON.stringify(statement)).toContain(truth.mutations[0]?.affectedReceipts[0]);
    expect(await count()).toEqual(before);

    await client.post(`/v1/statements/${statement.id}/review`, {
      decision: 'refuse',
      reason: 'edited',
    });
    expect(await client.settled(statement.id)).toMatchObject({
      status: 'refused',
      problem: 'review-refused',
    });
    expect(await count()).toEqual(before);
  }, 90_000);

  test('a statement with bad rows names them and posts the others once somebody accepts', async () => {
    const { statement, truth } = await ingested({
      layout: 'classic-csv',
      rows: 50,
      seed: 209,
      mutations: ['bad-row-date'],
    });
    expect(statement).toMatchObject({
      status: 'waiting-review',
      rowCount: truth.rowCount,
      rejectCount: 1,
    });

    const rejects = await client.get<{ data: { reason: string; raw: string }[] }>(
      `/v1/statements/${statement.id}/rejects`,
    );
    expect(rejects.body.data).toMatchObject([{ reason: 'time-impossible' }]);

    await client.post(`/v1/statements/${statement.id}/review`, { decision: 'post' });
    expect(await client.settled(statement.id)).toMatchObject({
      status: 'posted',
      newRowCount: movedRows(truth.rows),
    });
  }, 90_000);

  test("a bank's CSV is read through a mapping that is proposed, accepted and remembered", async () => {
    const file = await generateStatement({ layout: 'bank-csv', rows: 40, seed: 210 });
    const uploaded = await client.upload(file);
    const id = uploaded.body.statement.id;
    expect(await client.settled(id)).toMatchObject({
      status: 'waiting-mapping',
      problem: 'mapping-needed',
    });

    const proposal = await client.get<{ proposed: object | null }>(`/v1/statements/${id}/mapping`);
    expect(proposal.body.proposed).not.toBeNull();
    const answer = await client.post(`/v1/statements/${id}/mapping`, {
      mapping: proposal.body.proposed,
      remember: true,
      name: 'My bank',
    });
    expect(answer.status).toBe(200);
    const statement = await client.settled(id);
    expect(statement).toMatchObject({ rowCount: file.truth.rowCount, rejectCount: 0 });

    const next = await client.upload(
      await generateStatement({ layout: 'bank-csv', rows: 40, seed: 211 }),
    );
    expect((await client.settled(next.body.statement.id)).status).not.toBe('waiting-mapping');
  }, 90_000);

  test('an export holds exactly the rows of the filter, and no cell can run as a formula', async () => {
    const summary = await client.get<{ count: number }>('/v1/transactions/summary?direction=in');
    const { password } = demoLogin;
    expect((await client.post('/v1/sessions/step-up', { password })).status).toBe(204);
    const csv = await client.get<string>('/v1/transactions/export?format=csv&direction=in');

    const rows = csv.body.trim().split(/\r?\n/).slice(1);
    expect(rows).toHaveLength(summary.body.count);
    expect(csv.body).not.toMatch(/(^|,)"?[=@]/m);
  });
});

function window(from: string, to: string): NonNullable<StatementOptions['window']> {
  return { from, to } as NonNullable<StatementOptions['window']>;
}

function keyOf(row: { receipt: string; inCents: number; outCents: number }): string {
  return `${row.receipt}|${row.inCents}|${row.outCents}`;
}

/** The final state but for statements that were undone and their lines, which stay as history. */
async function stateWithoutUndone(): Promise<string[]> {
  const rows = await stack.checker.canonicalRows(stack.tenantId);
  return rows.filter(
    (row) =>
      row.startsWith('["rollup"') || (row.startsWith('["transaction"') && row.endsWith('false]')),
  );
}

test('at the end no invariant is violated', async () => {
  await until(async () => (await stack.checker.violations()).length === 0);

  expect(await stack.checker.violations()).toEqual([]);
});
