/** The report about a person, gathered by a run that may die and goes on, kept for a week. */
import { createSubjectActivities } from '../../activities/data-subjects.ts';
import { noFailpoint } from '../../activities/failpoint.ts';
import { subjectFile, subjectReport } from '../../api/data-subjects/schema.ts';
import { download, downloadList } from '../../api/downloads/schema.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { decideSubjectRequest, insertSubjectRequest } from '../../db/subject-requests.ts';
import { id } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { MockActivityEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { postStatement } from '../db/fixture.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { bytesOf, downloadNow, inputOf, makeFile } from '../support/downloads.ts';
import { tiers } from '../support/tiers.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { aVictim } from '../support/victim.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const msisdn = '254712345678';
const reason = 'He asked by letter';

/** A person somewhere among a few thousand rows that do not speak of them. */
async function aPerson(tier: TenantTier = 'starter') {
  const victim = await aVictim(stage, tier);
  const tenantId = id('tenant', victim.tenantId);
  const userId = id('user', victim.userId);
  const posted = await postStatement(stage.database.db, { tenantId, userId } as never, {
    rows: Array.from({ length: 4_300 }, (_, n) => ({
      receipt: `TS${String(n).padStart(8, '0')}`,
      direction: 'in' as const,
      amountCents: 1_00,
      minute: n % 600,
      details: n % 430 === 0 ? `Received from ${msisdn}` : 'Somebody else',
    })),
  });
  const days = [...new Set(posted.inserted.map(({ businessDate }) => businessDate))];
  await stage.database.db.withTenant(tenantId, (t) => recomputeRollups(t, posted.accountId, days));
  return { victim, tenantId, question: { msisdn, name: victim.mark, reason } };
}

const begin = (token: string, json: object) =>
  stage.fetch('/v1/data-subjects/reports', { method: 'POST', token, json });

/** Everything that is held, asked for answer by answer. */
async function heldAbout(token: string, question: object) {
  const records: object[] = [];
  for (let cursor: string | null = null; ;) {
    const json = cursor === null ? question : { ...question, cursor };
    const answer = await stage.fetch('/v1/data-subjects/report', { method: 'POST', token, json });
    const part = subjectReport.parse(answer.body);
    records.push(...part.records);
    cursor = part.nextCursor;
    if (cursor === null) return records;
  }
}

describe.each(tiers)('a report of a business of the tier %s', (tier) => {
  test('holds what is told answer by answer, for seven days', async () => {
    const { victim, tenantId, question } = await aPerson(tier);
    const { token, mark } = victim;
    const answer = await begin(token, question);
    expect(answer.status).toBe(202);
    const begun = download.parse(answer.body);
    expect(begun).toMatchObject({ kind: 'subject-report', format: 'json', status: 'running' });
    expect(begun.filter).toEqual({ by: ['msisdn', 'name'] });

    await makeFile(stage, inputOf(tenantId, begun));

    const one = await downloadNow(stage, token, begun);
    expect(Date.parse(one.expiresAt ?? '') - Date.parse(one.readyAt ?? '')).toBe(7 * 86_400_000);
    const { bytes, type } = await bytesOf(stage, token, `/v1/downloads/${one.id}/file`);
    const file = subjectFile.parse(JSON.parse(bytes.toString()));
    expect(type).toBe('application/json; charset=utf-8');
    expect(file).toMatchObject({ msisdn, name: mark });
    expect(file.records).toHaveLength(one.rowCount);
    expect(file.records.length).toBeGreaterThan(10);
    expect(file.records).toEqual(await heldAbout(token, question));
  });
});

test.each(['download.midFile', 'download.afterReady'])(
  'killed at %s, it goes on where it stopped, and every record is there once',
  async (name) => {
    const { victim, tenantId, question } = await aPerson();
    const begun = download.parse((await begin(victim.token, question)).body);
    const input = inputOf(tenantId, begun);

    expect(await makeFile(stage, input, name)).toEqual([name]);

    const { bytes } = await bytesOf(stage, victim.token, `/v1/downloads/${begun.id}/file`);
    const file = subjectFile.parse(JSON.parse(bytes.toString()));
    expect(file.records).toEqual(await heldAbout(victim.token, question));
    const attempts = await stage.database.asOwner(
      'select attempt from shared.downloads where id = $1',
      [input.downloadId],
    );
    // The first attempt left pieces the second one kept; what was ready is not begun again.
    expect(attempts).toEqual([{ attempt: name === 'download.midFile' ? 2 : 1 }]);
  },
);

test('who asked and why is recorded, number and name are nowhere in clear', async () => {
  const { victim, tenantId, question } = await aPerson();
  const { token, mark } = victim;
  const begun = download.parse((await begin(token, question)).body);
  await makeFile(stage, inputOf(tenantId, begun));
  await bytesOf(stage, token, `/v1/downloads/${begun.id}/file`);

  const log = await stage.fetch('/v1/audit?action=subject.report', { token });
  expect(log.body).toMatchObject({
    data: [{ actor: `user:${victim.userId}`, detail: { reason, by: ['msisdn', 'name'] } }],
  });
  const taken = await stage.fetch('/v1/audit?action=list.download', { token });
  expect(taken.body).toMatchObject({ data: [{ objectId: 'subject-report' }] });
  const stored = await stage.database.asOwner(
    `select to_jsonb(d)::text as row from shared.downloads d where id = $1
     union all select detail::text from shared.audit_log where tenant_id = $2
     union all select encode(sealed, 'escape') from shared.download_chunks
       where tenant_id = $2`,
    [inputOf(tenantId, begun).downloadId, tenantId],
  );
  const texts = stored.map(({ row }) => String(row)).join('\n');
  expect(texts).not.toContain(mark);
  expect(texts).not.toContain('712345678');
});

test('nobody else has it, and a second factor is asked for each time', async () => {
  const { victim, tenantId, question } = await aPerson();
  const somebody = { tenantId, userId: id('user', victim.userId), email: 'owner@shop.test' };
  const begun = download.parse((await begin(victim.token, question)).body);
  await makeFile(stage, inputOf(tenantId, begun));
  const path = `/v1/downloads/${begun.id}/file`;

  const stale = await stage.token(somebody, { hasSecondFactor: false });
  expect(problemIn(await begin(stale, question)).code).toBe('step-up-required');
  expect(problemIn(await stage.fetch(path, { token: stale })).code).toBe('step-up-required');
  const colleague = await stage.token(somebody, 'admin');
  expect(problemIn(await stage.fetch(path, { token: colleague })).code).toBe('not-found');
  const analyst = await stage.token(somebody, 'analyst');
  expect(problemIn(await begin(analyst, question)).code).toBe('forbidden');
});

test('once the person is forgotten, no file that may speak of them is left', async () => {
  const { victim, tenantId, question } = await aPerson();
  const begun = download.parse((await begin(victim.token, question)).body);
  await makeFile(stage, inputOf(tenantId, begun));
  const now = Date.now();
  const requestId = id('subjectRequest', randomUUID());
  await stage.database.db.withTenant(tenantId, async (t) => {
    await insertSubjectRequest(t, {
      ...{ id: requestId, reason, requestedBy: 'user:maker', person: { msisdn } },
      ...{ requestedAt: instantFromEpochMs(now), expiresAt: instantFromEpochMs(now + 9_000) },
      workflowId: `tenant/${tenantId}/subject/${requestId}`,
    });
    await decideSubjectRequest(t, requestId, {
      ...{ status: 'running', decidedBy: 'user:checker', note: 'passport seen' },
      decidedAt: instantFromEpochMs(now),
    });
  });
  const { endSubjectRequest } = createSubjectActivities({
    ...{ db: stage.database.db, failpoint: noFailpoint },
  });

  await new MockActivityEnvironment().run(endSubjectRequest, { tenantId, requestId, left: 0 });

  const list = await stage.fetch('/v1/downloads', { token: victim.token });
  expect(downloadList.parse(list.body).data).toMatchObject([{ id: begun.id, status: 'expired' }]);
  const left = await stage.database.asOwner(
    'select count(*)::int as n from shared.download_chunks where tenant_id = $1',
    [tenantId],
  );
  expect(left).toEqual([{ n: 0 }]);
});
