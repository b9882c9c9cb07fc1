/** People who ask to be forgotten: two people agree, a run replaces them, and it may die anywhere. */
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { createSubjectActivities } from '../../activities/data-subjects.ts';
import { failpointNames } from '../../activities/failpoint.ts';
import type { SubjectSteps } from '../../activities/tenant-steps.ts';
import {
  subjectReport,
  subjectRequest,
  subjectRequestList,
} from '../../api/data-subjects/schema.ts';
import { stepChange } from '../../db/bulk-changes.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { exportTables, openedColumns, rowsOf } from '../../db/export-plan.ts';
import { findChange, openChange } from '../../db/row-changes.ts';
import { joinRow, splitRow } from '../../db/row-parts.ts';
import { decideSubjectRequest } from '../../db/subject-requests.ts';
import { listTransactions, readTransactions } from '../../db/transactions.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { id, parsePublicId, type TenantId } from '../../domain/ids.ts';
import { cents, subtract, type Cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { tiers } from '../support/tiers.ts';
import { aVictim, type Victim } from '../support/victim.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const msisdn = '254712345678';
const reason = 'He asked by letter';
/** As M-PESA makes them: a time and the number. */
const checkoutId = 'ws_CO_27112026120000123712345678';

/** Steps of which one that meets the failpoint dies there once, and is then run again. */
function stepsThatDieAt(name?: string) {
  const deaths: string[] = [];
  const made = createSubjectActivities({
    db: stage.database.db,
    failpoint: async (visited) => {
      if (visited !== name || deaths.length > 0) return;
      deaths.push(visited);
      throw new Error(`died at ${visited}`);
    },
  });
  const twice = async <Step extends keyof SubjectSteps>(
    step: Step,
    input: Parameters<SubjectSteps[Step]>[0],
  ): Promise<Awaited<ReturnType<SubjectSteps[Step]>>> => {
    const run = () =>
      new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
        made[step] as never,
        input,
      ) as Promise<Awaited<ReturnType<SubjectSteps[Step]>>>;
    try {
      return await run();
    } catch (error) {
      if (!String(error).includes('died at')) throw error;
      return run();
    }
  };
  return { twice, deaths };
}

/** Everything that was under way with the person is over. */
async function endEverything(t: TenantHandle): Promise<void> {
  await t.query.updateTable('payout_batches').set({ status: 'finished' }).execute();
  await t.query.updateTable('payment_links').set({ status: 'closed' }).execute();
  await t.query
    .updateTable('invoices')
    .set({ voided_at: sql`now()`, void_reason: 'a test' })
    .execute();
  await t.query.updateTable('collection_batches').set({ status: 'done' }).execute();
  await t.query
    .updateTable('disbursements')
    .set({ status: 'cancelled', refusal_code: 'cancelled-by-user' })
    .execute();
  await t.query.updateTable('collections').set({ status: 'cancelled' }).execute();
  await t.query
    .updateTable('received_payments')
    .set({ state: 'allocated', allocated_cents: sql`amount_cents` })
    .execute();
  await t.query
    .updateTable('callback_inbox')
    .set({ status: 'discarded', resolution: 'a test' })
    .execute();
}

/** The allocations that were only claimed are taken back, so that the books are as they were. */
async function takeBack(t: TenantHandle): Promise<void> {
  await t.query
    .updateTable('received_payments')
    .set({ state: 'received', allocated_cents: cents(0) })
    .execute();
}

/** What is neither a name nor a number, of every table, in a fixed order. */
async function figures(t: TenantHandle): Promise<string[]> {
  const hidden =
    /_sealed$|^sealed$|_index$|_tokens$|masked$|^(name|label|title|description|file_name|reason|void_reason|reference|reference_key|checkout_request_id)$/;
  const found: string[] = [];
  for (const { relation, keys, columns } of await exportTables(t)) {
    if (['audit_log', 'operations'].includes(relation)) continue;
    const kept = columns.filter((column) => !hidden.test(column));
    const rows = await sql<{ text: string }>`
      select jsonb_build_array(${sql.join(kept.map((column) => sql.ref(column)))})::text as text
      from ${sql.table(`${t.schema}.${relation}`)} r where tenant_id = ${t.tenantId}
      order by ${sql.join(keys.map((key) => sql.ref(key)))}`.execute(t.query);
    found.push(...rows.rows.map(({ text }) => `${relation} ${text}`));
  }
  return found;
}

async function aPerson(tier: TenantTier) {
  const victim = await aVictim(stage, tier);
  const tenantId = id('tenant', victim.tenantId);
  await stage.database.db.withTenant(tenantId, (t) =>
    insertCustomer(t, {
      ...{ id: id('customer', randomUUID()), reference: '0712345678', name: 'Another spelling' },
      ...{ msisdn: { digits: msisdn, masked: '2547******78' }, createdBy: 'user:test' },
    }),
  );
  return { victim, tenantId, inside: inside(tenantId) };
}

const inside =
  (tenantId: TenantId) =>
  <Result>(work: (t: TenantHandle) => Promise<Result>) =>
    stage.database.db.withTenant(tenantId, work);

const send = (path: string, json: object, token: string, key?: string) =>
  stage.fetch(`/v1/data-subjects${path}`, {
    ...{ json, token },
    headers: { 'idempotency-key': key ?? randomUUID() },
  });

async function find({ mark }: Victim, token: string) {
  const answer = await send('/report', { msisdn, name: mark, reason }, token);
  return subjectReport.parse(answer.body);
}

/** Asked for by one and agreed to by somebody else; the id of the request. */
async function agreed({ victim, tenantId }: { victim: Victim; tenantId: TenantId }) {
  const { token, mark } = victim;
  const asked = await send('/requests', { msisdn, name: mark, reason }, token);
  const { id: publicId, pseudonym } = subjectRequest.parse(asked.body);
  const requestId = requestOf(publicId);
  await inside(tenantId)((t) =>
    decideSubjectRequest(t, requestId, {
      ...{ status: 'running', decidedBy: 'user:checker', note: 'passport seen' },
      decidedAt: instantFromEpochMs(Date.now()),
    }),
  );
  return { requestId, pseudonym };
}

function requestOf(publicId: string) {
  const requestId = parsePublicId('subjectRequest', publicId);
  if (requestId === undefined) throw new Error(`${publicId} is no request`);
  return requestId;
}

const failpoints = failpointNames.filter((name) => name.startsWith('subject.'));

describe('a person who asks to be forgotten', () => {
  test.each(tiers)('is replaced everywhere in a business of the tier %s', async (tier) => {
    const { victim, tenantId, inside: within } = await aPerson(tier);
    const { token, mark } = victim;
    expect((await find(victim, token)).records.length).toBeGreaterThan(6);
    const { requestId, pseudonym } = await agreed({ victim, tenantId });
    const { twice } = stepsThatDieAt();

    await within((t) =>
      t.query.updateTable('collections').set({ checkout_request_id: checkoutId }).execute(),
    );
    const first = await twice('replaceSubject', { tenantId, requestId, round: 1 });
    // What waits for something keeps the number it may still need.
    expect(first.left).toBeGreaterThan(0);
    await within(endEverything);
    const before = await within(figures);
    const second = await twice('replaceSubject', { tenantId, requestId, round: 2 });
    expect(second).toMatchObject({ left: 0 });
    expect(second.changed).toBeGreaterThan(0);
    const proof = { changed: 0, left: 0 };
    expect(await twice('replaceSubject', { tenantId, requestId, round: 3 })).toEqual(proof);
    await twice('endSubjectRequest', { tenantId, requestId, left: 0 });

    expect(await find(victim, token)).toMatchObject({ records: [], isComplete: true });
    expect((await within(figures)).filter((row) => !row.startsWith('subject'))).toEqual(before);
    const sealed = await within((t) => openedTexts(t));
    expect(sealed).toContain(pseudonym);
    expect(sealed).not.toContain('712345678');
    const list = await stage.fetch('/v1/data-subjects/requests', { token });
    const [certificate] = subjectRequestList.parse(list.body).data;
    expect(certificate).toMatchObject({ status: 'done', person: null, leftCount: 0 });
    expect(certificate?.stays.map(({ what }) => what)).toContain('figures');
    expect(certificate?.changed).toMatchObject({ customer: 2, disbursement: 1, payoutBatch: 2 });
    // Titles, names of lists and files, and what people look for are words about them too.
    expect(certificate?.changed).toMatchObject({ paymentLink: 1, savedView: 1 });
    const whole = await within((t) => clearTexts(t));
    expect(whole).not.toMatch(new RegExp(`${mark}|712345678`));
    expect(whole).toContain(pseudonym);
    const log = await stage.fetch('/v1/audit?action=subject.pseudonymised', { token });
    expect(log.text).toContain(pseudonym);
    expect(log.text).not.toContain(mark);
    await within(takeBack);
  });

  test.each(failpoints)('is replaced once when the run dies at %s', async (failpoint) => {
    const { victim, tenantId, inside: within } = await aPerson('starter');
    await within(endEverything);
    const { requestId } = await agreed({ victim, tenantId });
    const { twice, deaths } = stepsThatDieAt(failpoint);
    const first = await twice('replaceSubject', { tenantId, requestId, round: 1 });
    await twice('replaceSubject', { tenantId, requestId, round: 2 });
    const { changed } = await twice('endSubjectRequest', { tenantId, requestId, left: 0 });

    expect(deaths).toEqual([failpoint]);
    expect(changed).toBe(first.changed);
    expect((await find(victim, victim.token)).records).toEqual([]);
    const log = await stage.fetch('/v1/audit?action=subject.pseudonymised', victim);
    expect((log.body as { data: object[] }).data).toHaveLength(1);
    await within(takeBack);
  });

  test('is taken out of tags of many rows, and of notes of parts', async () => {
    const { victim, tenantId, inside: within } = await aPerson('starter');
    const who = { actor: `user:${victim.userId}`, requestId: 'a-request' };
    const name = victim.mark.toLowerCase();
    const [row] = await within((t) => listTransactions(t, { filter: {}, limit: 1 }));
    if (row === undefined || row.amountCents < 2) throw new Error('a victim has a row');
    const part = (amountCents: Cents) => ({
      ...{ category: 'rent' as const, amountCents, note: `for ${victim.mark}` },
    });
    const { changeId } = await within(async (t) => {
      const change = await openChange(t, {
        ...{ actor: who.actor, rows: sql`x.id = ${row.id}` },
        deed: { kind: 'tags', add: [name, 'trip'], remove: [] },
      });
      await stepChange(t, change.id, 1);
      await splitRow(t, {
        ...{ ...who, transactionId: row.id, was: row.category },
        askedAs: id('rowChange', randomUUID()),
        parts: [part(cents(1)), part(subtract(row.amountCents, cents(1)))],
      });
      return { changeId: change.id };
    });
    await within(endEverything);
    const { requestId } = await agreed({ victim, tenantId });
    const { twice } = stepsThatDieAt();
    await twice('replaceSubject', { tenantId, requestId, round: 1 });

    const [after] = await within((t) => readTransactions(t, [row.id]));
    expect(after?.parts.map(({ note }) => note)).toEqual([
      expect.not.stringContaining(victim.mark),
      expect.not.stringContaining(victim.mark),
    ]);
    const change = await within((t) => findChange(t, changeId));
    expect(change?.tagsAdded).toEqual([expect.not.stringContaining(name), 'trip']);
    expect(after?.tags.join(' ')).not.toContain(name);
    const under = (tag: string) =>
      within((t) => listTransactions(t, { filter: { tag: [tag] }, limit: 5 }));
    const [pseudonym = ''] = (after?.tags ?? []).filter((tag) => !/trip$/.test(tag));
    expect([await under(name), (await under(pseudonym)).map((one) => one.id)]).toEqual([
      ...[[], [row.id]],
    ]);
    await within((t) => joinRow(t, { ...who, transactionId: row.id }));
    await within(takeBack);
  });

  test('is gone from the search of transactions, which finds the pseudonym', async () => {
    const { victim, tenantId, inside: within } = await aPerson('starter');
    const name = 'Wanjiku Kamau';
    const search = (q: string) => within((t) => listTransactions(t, { filter: { q }, limit: 50 }));
    const found = (await search(name)).length;
    expect(found).toBeGreaterThan(0);
    const asked = await send('/requests', { name, reason }, victim.token);
    const { id: publicId, pseudonym } = subjectRequest.parse(asked.body);
    const maker = { tenantId, userId: id('user', victim.userId), email: 'maker@shop.test' };
    const checker = await stage.token(maker, 'admin');
    const answer = await send(`/requests/${publicId}/approve`, { note: 'seen' }, checker);
    expect(answer.body).toMatchObject({ status: 'running', isOwn: false, note: 'seen' });
    const started = await within((t) =>
      t.query.selectFrom('outbox').select('type').where('type', '=', 'pseudonymise').execute(),
    );
    expect(started).toHaveLength(1);
    const requestId = requestOf(publicId);
    const { twice } = stepsThatDieAt();
    await twice('replaceSubject', { tenantId, requestId, round: 1 });

    expect(await search(name)).toEqual([]);
    expect(await search(pseudonym)).toHaveLength(found);
  });
});

const clearTables = [
  ...(['payment_links', 'collection_batches', 'payout_batches', 'saved_views'] as const),
  ...(['uploads', 'collections', 'row_marks', 'invoices', 'invoice_lines'] as const),
];

/** Every open text in which people write, of the tables that hold some. */
async function clearTexts(t: TenantHandle): Promise<string> {
  const texts = await Promise.all(
    [...clearTables].map(async (relation) => {
      const rows = await sql<{ text: string }>`
          select to_jsonb(r)::text as text from ${t.table(relation)} r`.execute(t.query);
      return rows.rows.map(({ text }) => text);
    }),
  );
  return texts.flat().join('\n');
}

/** All sealed words of a business, opened. */
async function openedTexts(t: TenantHandle): Promise<string> {
  const texts: string[] = [];
  for (const table of await exportTables(t)) {
    for await (const page of rowsOf(t, table)) {
      for (const text of page) {
        texts.push(JSON.stringify(openedColumns(t, table.relation, JSON.parse(text))));
      }
    }
  }
  return texts.join('\n');
}

describe('POST /v1/data-subjects/requests', () => {
  test('needs two people, once, and forgets whom it was about when it is refused', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const json = { msisdn: '0799 000 111', name: 'Mary Atieno', reason };
    const key = randomUUID();
    const asked = await send('/requests', json, token, key);
    expect(asked).toMatchObject({
      status: 201,
      body: { status: 'waiting', isOwn: true, person: { msisdn: '254799000111' } },
    });
    expect((await send('/requests', json, token, key)).body).toEqual(asked.body);
    expect(problemIn(await send('/requests', json, token)).code).toBe('already-requested');
    const { id: publicId } = asked.body as { id: string };
    const own = await send(`/requests/${publicId}/approve`, {}, token);
    expect(problemIn(own).code).toBe('own-request');
    const stale = await stage.token(somebody, { role: 'admin', hasSecondFactor: false });
    const unproven = await send(`/requests/${publicId}/approve`, {}, stale);
    expect(problemIn(unproven).code).toBe('fresh-mfa-needed');
    const checker = await stage.token(somebody, 'admin');
    const notOwn = await send(`/requests/${publicId}/withdraw`, {}, checker);
    expect(problemIn(notOwn).code).toBe('not-own-request');
    const rejected = await send(
      `/requests/${publicId}/reject`,
      { note: 'not a customer' },
      checker,
    );
    expect(rejected.body).toMatchObject({ status: 'rejected', person: null });
    const again = await send(`/requests/${publicId}/approve`, {}, checker);
    expect(problemIn(again).code).toBe('request-not-waiting');

    const second = await send('/requests', json, token);
    const taken = (second.body as { id: string }).id;
    const withdrawn = await send(`/requests/${taken}/withdraw`, {}, token);
    expect(withdrawn.body).toMatchObject({ status: 'withdrawn', person: null });
    const finance = await stage.token(somebody, 'finance');
    const refused = await stage.fetch('/v1/data-subjects/requests', { token: finance });
    expect(problemIn(refused).code).toBe('forbidden');
    const kept = await stage.database.asOwner(
      'select row_to_json(r)::text as text from shared.subject_requests r where tenant_id = $1',
      [somebody.tenantId],
    );
    expect(JSON.stringify(kept)).not.toMatch(/799000111|Atieno/);
  });
});
