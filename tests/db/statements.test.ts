import { randomBytes, randomUUID } from 'node:crypto';
import {
  bumpCategorised,
  findLiveStatementBySha,
  findStatement,
  insertStatement,
  listStatements,
  nextAttempt,
  patchStatement,
  reachStage,
} from '../../db/statements.ts';
import { id } from '../../domain/ids.ts';
import type { StatementId } from '../../domain/ids.ts';
import type { PrintedFacts } from '../../domain/statements/terms.ts';
import { businessDate } from '../../domain/time.ts';
import { aStatement, postStatement } from './fixture.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

describe('statements', () => {
  test('the same bytes are accepted once while a statement of them lives', async () => {
    const sha256 = randomBytes(32).toString('hex');
    const first = await business.asTenant((t) => aStatement(t, business.tenant.userId, sha256));
    await business.asTenant(async (t) => {
      await expect(aStatement(t, business.tenant.userId, sha256)).rejects.toThrow('not inserted');
    });
    await expect(
      business.asTenant((t) => findLiveStatementBySha(t, sha256)),
    ).resolves.toMatchObject({
      id: first,
      stages: [{ stage: 'received' }],
      createdBy: { id: business.tenant.userId, name: 'Njeri' },
    });

    await business.asTenant((t) => patchStatement(t, first, { status: 'abandoned' }));
    await expect(
      business.asTenant((t) => findLiveStatementBySha(t, sha256)),
    ).resolves.toBeUndefined();
    await business.asTenant(async (t) => {
      const old = await findStatement(t, first);
      const attempt = await nextAttempt(t, sha256);
      const inserted = await insertStatement(t, {
        id: id('statement', randomUUID()),
        uploadId: old?.uploadId ?? '',
        sha256,
        attempt,
        fileName: 'again.pdf',
        sizeBytes: 1,
        mediaKind: 'pdf',
        workflowId: 'w',
        operationId: old?.operationId ?? id('operation', randomUUID()),
        createdBy: business.tenant.userId,
      });
      expect({ attempt, inserted }).toEqual({ attempt: 2, inserted: true });
    });
  });

  test('a patch changes what it names, raises the version, and obeys whenStatus', async () => {
    const statementId = await business.asTenant((t) => aStatement(t, business.tenant.userId));
    const patched = await business.asTenant((t) =>
      patchStatement(t, statementId, {
        verdict: 'needsReview',
        checks: [{ name: 'row-count', outcome: 'passed', detail: 'ok', rows: [] }],
        periodFrom: businessDate('2026-01-01'),
        whenStatus: ['processing'],
      }),
    );
    expect(patched).toMatchObject({
      version: 2,
      verdict: 'needsReview',
      checks: [{ name: 'row-count' }],
      periodFrom: '2026-01-01',
      status: 'processing',
    });
    await expect(
      business.asTenant((t) =>
        patchStatement(t, statementId, { status: 'posted', whenStatus: ['undoing'] }),
      ),
    ).resolves.toBeUndefined();
  });

  test('names and numbers the paper prints are sealed and come back whole', async () => {
    const statementId = await business.asTenant((t) => aStatement(t, business.tenant.userId));
    const printed: PrintedFacts = {
      format: 'personal-a',
      customerName: 'WANJIKU KAMAU',
      accountNumber: '0712345678',
      accountName: undefined,
      periodFrom: businessDate('2026-01-01'),
      periodTo: undefined,
      requestedOn: undefined,
      summary: [],
      totalInCents: undefined,
      totalOutCents: undefined,
      openingCents: undefined,
      closingCents: undefined,
      verificationCode: 'ABC123',
      hasBalanceColumn: true,
      balancesPerSubAccount: false,
      pageCount: 3,
    };
    const patched = await business.asTenant((t) => patchStatement(t, statementId, { printed }));
    expect(patched?.printed).toMatchObject({
      customerName: 'WANJIKU KAMAU',
      accountNumber: '0712345678',
      verificationCode: 'ABC123',
    });
    const stored = await business.base.asOwner(
      'select row_to_json(s)::text as text from shared.statements s where id = $1',
      [statementId],
    );
    expect(String(stored[0]?.['text'])).not.toMatch(/WANJIKU|0712345678/);
  });

  test('a stage is noted once, with the time it was first reached', async () => {
    const statementId = await business.asTenant((t) => aStatement(t, business.tenant.userId));
    await business.asTenant((t) =>
      reachStage(t, statementId, { stage: 'parsed', counts: { rows: 7 } }),
    );
    const first = await business.asTenant((t) => findStatement(t, statementId));
    await business.asTenant((t) =>
      reachStage(t, statementId, { stage: 'parsed', counts: { rows: 9 } }),
    );

    const again = await business.asTenant((t) => findStatement(t, statementId));
    expect(again?.stages).toEqual(first?.stages);
    expect(again?.stages.at(-1)).toMatchObject({ stage: 'parsed', counts: { rows: 7 } });
    expect(again?.stages.at(-1)?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('categorising is complete when posting has ended and every new row was counted', async () => {
    const rows = [1, 2, 3].map((n) => ({
      receipt: `TBA000000${n}`,
      direction: 'in' as const,
      amountCents: 100,
      minute: n,
    }));
    const { statementId } = await postStatement(business.base.db, business.tenant, { rows });
    const bump = (n: number) => business.asTenant((t) => bumpCategorised(t, statementId, n));
    await expect(bump(2)).resolves.toEqual({ isComplete: false, done: 2, total: 3 });
    await expect(bump(1)).resolves.toEqual({ isComplete: true, done: 3, total: 3 });
  });

  test('lists pages newest first by filter', async () => {
    const ids: StatementId[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.push(await business.asTenant((t) => aStatement(t, business.tenant.userId)));
    await business.asTenant((t) =>
      patchStatement(t, ids[0] ?? id('statement', ''), { status: 'refused' }),
    );

    const seen: string[] = [];
    for (let after: { createdAt: never; id: never } | undefined; ;) {
      const page = await business.asTenant((t) =>
        listStatements(t, { filter: {}, limit: 2, ...(after ? { after } : {}) }),
      );
      seen.push(...page.map((one) => one.id));
      after = page.at(-1) as never;
      if (page.length < 2) break;
    }
    expect(seen).toEqual([...ids].reverse());
    const refused = await business.asTenant((t) =>
      listStatements(t, { filter: { status: ['refused'], q: 'JANUARY' }, limit: 9 }),
    );
    expect(refused.map((one) => one.id)).toEqual([ids[0]]);
    const none = await business.asTenant((t) =>
      listStatements(t, { filter: { q: '%' }, limit: 9 }),
    );
    expect(none).toEqual([]);
  });
});
