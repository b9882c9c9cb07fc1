import { randomUUID } from 'node:crypto';
import { startBatchRows } from '../../activities/collection-batches.ts';
import { patchCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { parsePublicId, toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aShortcode } from '../support/collections.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
let shortcodeId: ShortcodeId;

beforeAll(async () => {
  const verdict = { kind: 'prompted', customerMessage: 'Success' };
  const startAndAsk = async () => ({ kind: 'answered', verdict }) as UpdateOutcome<never>;
  stage = await openApiStage({ temporal: { startAndAsk } });
});

beforeEach(async () => {
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  shortcodeId = await within((t) => aShortcode(t));
});

afterAll(() => stage.close());

function within<Result>(work: (t: TenantHandle) => Promise<Result>): Promise<Result> {
  return stage.database.db.withTenant(somebody.tenantId, work);
}

interface Link {
  id: string;
  url: string;
}

async function aLink(change: object = {}): Promise<Link & { pay: string }> {
  const made = await stage.fetch('/v1/payment-links', {
    token,
    json: {
      shortcodeId: toPublicId('shortcode', shortcodeId),
      ...{ title: 'School fees', reference: 'FEES-7', amountCents: 200_000 },
      ...change,
    },
  });
  expect(made.status).toBe(201);
  const link = made.body as Link;
  return { ...link, pay: `/v1/pay/${link.url.split('/').at(-1)}` };
}

const ask = (pay: string, json: object) => stage.fetch(`${pay}/requests`, { json });

describe('/v1/payment-links', () => {
  test('a link is made, listed, shown as a picture and closed once', async () => {
    const link = await aLink();
    const path = `/v1/payment-links/${link.id}`;

    const listed = await stage.fetch('/v1/payment-links?status=open', { token });
    expect(listed.body).toMatchObject({ data: [{ id: link.id, status: 'open', paidCents: 0 }] });
    const picture = await stage.fetch(`${path}/qr`, { token });
    expect(picture.headers.get('content-type')).toBe('image/png');
    const closed = await stage.fetch(`${path}/close`, { method: 'POST', token });
    expect(closed).toMatchObject({ status: 200, body: { status: 'closed' } });
    const again = await stage.fetch(`${path}/close`, { method: 'POST', token });
    expect(problemIn(again).code).toBe('link-not-open');
    expect(problemIn(await ask(link.pay, { msisdn: '0712345678' })).code).toBe('link-not-open');
  });

  test('an amount is needed unless payers choose it again and again', async () => {
    const wish = {
      ...{ shortcodeId: toPublicId('shortcode', shortcodeId), title: 'Tips', reference: 'TIPS' },
    };

    const refused = await stage.fetch('/v1/payment-links', { token, json: wish });

    expect(problemIn(refused).code).toBe('validation-failed');
    const link = await aLink({ amountCents: undefined, isReusable: true });
    const amountless = await ask(link.pay, { msisdn: '0712345678' });
    expect(problemIn(amountless).code).toBe('validation-failed');
    const chosen = await ask(link.pay, { msisdn: '0712345678', amountCents: 5_000 });
    expect(chosen.status).toBe(201);
  });
});

describe('/v1/pay/{token}', () => {
  test('shows what is asked for, without any personal data, to anybody who has the address', async () => {
    const link = await aLink();

    const page = await stage.fetch(link.pay);

    expect(page.body).toMatchObject({
      ...{ title: 'School fees', amountCents: 200_000, state: 'open', request: null },
      shortcode: { number: '174379', kind: 'paybill' },
    });
    const forged = `${link.pay.slice(0, -4)}AAAA`;
    expect(problemIn(await stage.fetch(forged)).code).toBe('not-found');
    expect(problemIn(await ask(forged, { msisdn: '0712345678' })).code).toBe('not-found');
  });

  test('prompts the payer’s phone once while a prompt is open, and slows a nuisance down', async () => {
    const link = await aLink();
    const first = await ask(link.pay, { msisdn: '0712345678' });
    const again = await ask(link.pay, { msisdn: '+254712345678' });

    expect(first.status).toBe(201);
    expect(first.text).not.toContain('254712345678');
    const { id: publicId } = first.body as { id: string };
    expect(again.body).toMatchObject({ id: publicId });
    expect((await stage.fetch(`${link.pay}?request=${publicId}`)).body).toMatchObject({
      request: { id: publicId, status: 'requested' },
    });
    for (let push = 1; push <= 3; push += 1) {
      const asked = await ask(link.pay, { msisdn: '0712345678' });
      if (asked.status !== 201) break;
      const collectionId = parsePublicId('collection', (asked.body as { id: string }).id);
      if (collectionId === undefined) throw new Error('no collection');
      await within((t) => patchCollection(t, collectionId, { status: 'refused' }));
    }
    expect(problemIn(await ask(link.pay, { msisdn: '0712345678' })).code).toBe('throttled');
  });
});

describe('/v1/collection-batches', () => {
  const file = 'phone,amount,reference\n0712345678,1500,INV-1\n0712,100,INV-2\n0712345679,0.5,X\n';
  const upload = (body: string) =>
    stage.fetch(
      `/v1/collection-batches/upload?fileName=may.csv&shortcodeId=${toPublicId('shortcode', shortcodeId)}`,
      { method: 'POST', token, body, headers: { 'content-type': 'text/csv' } },
    );

  test('a file becomes rows with their problems, and is submitted once', async () => {
    const drafted = await upload(file);
    expect(drafted).toMatchObject({
      ...{ status: 201 },
      body: { status: 'draft', rowCount: 3, badRowCount: 2, amountCents: 150_000 },
    });
    const path = `/v1/collection-batches/${(drafted.body as { id: string }).id}`;
    const rows = await stage.fetch(`${path}/rows`, { token });
    expect(rows.body).toMatchObject({
      data: [
        { rowNumber: 1, state: 'waiting', msisdn: '2547******78' },
        { rowNumber: 2, state: 'invalid', problem: 'number' },
        { rowNumber: 3, state: 'invalid', problem: 'amount' },
      ],
    });
    const submit = () =>
      stage.fetch(`${path}/submit`, {
        ...{ method: 'POST', token, headers: { 'idempotency-key': randomUUID() } },
      });

    expect(await submit()).toMatchObject({ status: 202, body: { status: 'running' } });
    expect(problemIn(await submit()).code).toBe('batch-not-draft');
    const cancelled = await stage.fetch(`${path}/cancel`, { method: 'POST', token });
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    expect((await stage.fetch('/v1/collection-batches', { token })).body).toMatchObject({
      data: [{ status: 'cancelled' }],
    });
  });

  test('only rows that failed are asked again, each by a request of its own', async () => {
    const three = 'phone,amount,reference\n0712345678,15,A\n0712345679,20,B\n0712345670,30,C\n';
    const { id: publicBatch } = (await upload(three)).body as { id: string };
    const path = `/v1/collection-batches/${publicBatch}`;
    const post = (deed: string) =>
      stage.fetch(`${path}/${deed}`, {
        ...{ method: 'POST', token, headers: { 'idempotency-key': randomUUID() } },
      });
    expect(problemIn(await post('retry')).code).toBe('batch-not-waiting');
    await post('submit');
    const batchId = parsePublicId('collectionBatch', publicBatch);
    if (batchId === undefined) throw new Error('the id is not of a batch');
    const startRows = () =>
      within((t) => startBatchRows(t, { batchId, limit: 40, timeScale: 1, nowMs: Date.now() }));
    expect(await startRows()).toEqual({ startedCount: 3, isDone: true });
    expect(problemIn(await post('retry')).code).toBe('batch-not-waiting');
    await within((t) =>
      t.query
        .updateTable('collections')
        .set({ status: 'refused', result_code: '2001' })
        .where('batch_id', '=', batchId)
        .where('account_reference', '=', 'B')
        .execute(),
    );
    const failed = await stage.fetch(`${path}/rows?state=refused,expired`, { token });
    expect(failed.body).toMatchObject({
      data: [{ rowNumber: 2, resultCode: '2001', resultWords: { en: expect.any(String) } }],
    });

    expect(await post('retry')).toMatchObject({
      ...{ status: 202, body: { status: 'running', round: 1 } },
    });

    expect(await startRows()).toEqual({ startedCount: 1, isDone: true });
    expect((await stage.fetch(`${path}/rows`, { token })).body).toMatchObject({
      data: [{ state: 'requested' }, { state: 'requested' }, { state: 'requested' }],
    });
    expect(problemIn(await post('retry')).code).toBe('batch-not-waiting');
    const runs = await within((t) =>
      t.query.selectFrom('collections').select('id').where('batch_id', '=', batchId).execute(),
    );
    expect(runs).toHaveLength(4);
  });

  test('what became of the rows is a file, with numbers masked', async () => {
    const { id } = (await upload(file)).body as { id: string };

    const sheet = await stage.fetch(`/v1/collection-batches/${id}/results`, { token });

    expect(sheet.status).toBe(200);
    expect(sheet.text).toContain('1,waiting,2547******78,INV-1,1500.00');
    expect(sheet.text).not.toContain('712345678');
  });

  test.each([
    ['columns', 'a,b\n1,2\n'],
    ['empty-file', ''],
    ['malformed-csv', 'phone,amount,reference\n"0712'],
  ])('refuses a file with %s', async (code, body) => {
    expect(problemIn(await upload(body)).code).toBe(code);
  });
});
