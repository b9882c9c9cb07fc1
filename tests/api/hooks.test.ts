import { gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { openValidation } from '../../api/hooks/validation.ts';
import { validatePayment } from '../../domain/collections/validation.ts';
import { bodyOf } from '../../db/callbacks.ts';
import { insertShortcode, updateShortcode } from '../../db/shortcodes.ts';
import type { HookLetter } from '../../db/shortcode-tables.ts';
import { openToAll } from '../../domain/daraja/validation-settings.ts';
import { id } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { c2bBody, notJson, oddJson, stkBody } from '../support/hook-bodies.ts';
import { sendRaw } from '../support/raw-http.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
let tenant: Somebody;

beforeAll(async () => {
  stage = await openApiStage();
});
beforeEach(async () => {
  tenant = await stage.tenant();
});
afterAll(() => stage.close());

function pathOf(letter: HookLetter, targetId: string = randomUUID()) {
  const about = { tenantId: tenant.tenantId, targetId };
  return `/hooks/${letter}/${stage.dependencies.hooks.tokens.tokenOf(letter, about)}`;
}

const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  stage.fetch(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

const inbox = (where = '') =>
  stage.database.asOwner(
    `select letter, target_id, status, cause, repeats, arrived_by, length(body_sealed) as bytes
     from shared.callback_inbox where tenant_id = $1 ${where} order by received_at, id`,
    [tenant.tenantId],
  );

describe('a callback address', () => {
  test('takes a body, keeps it sealed and answers the constant shape', async () => {
    const targetId = randomUUID();
    const answer = await post(pathOf('s', targetId), JSON.stringify(stkBody()));

    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"ResultCode":0,"ResultDesc":"Accepted"}');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await inbox()).toMatchObject([
      { letter: 's', target_id: targetId, status: 'pending', repeats: 0, arrived_by: 'request' },
    ]);
    const plain = await stage.database.asOwner(
      `select 1 from shared.callback_inbox where tenant_id = $1
       and position('254712345678'::bytea in body_sealed) > 0`,
      [tenant.tenantId],
    );
    expect(plain).toEqual([]);
  });

  test.each([
    ['a message', JSON.stringify(c2bBody({ BillRefNumber: '4111 1111 1111 1111' })), 200],
    ['what is none', 'paid with 4111111111111111', 400],
  ])('keeps no number of a card, which payers type, in %s', async (_what, body, status) => {
    expect((await post(pathOf('c'), body)).status).toBe(status);

    const [row] = await stage.database.asOwner(
      'select letter, target_id, body_sealed from shared.callback_inbox where tenant_id = $1',
      [tenant.tenantId],
    );
    const kept = await stage.database.db.withTenant(tenant.tenantId, async (t) =>
      bodyOf(t, row as Parameters<typeof bodyOf>[1]).toString(),
    );
    const masked = body.replace(/4111[ 1]+1111/, '411111******1111');
    expect(kept).toBe(masked);
    expect(stage.logs.some((line) => line.includes('callbackCardsMasked'))).toBe(true);
    expect(stage.logs.join('')).not.toMatch(/4111 ?1111 ?1111 ?1111/);
    const metrics = await stage.dependencies.telemetry.registry.metrics();
    expect(metrics).toMatch(/daftari_callback_card_numbers_masked_total\{letter="c"\} [1-9]/);
  });

  test.each(['s', 'r', 't', 'c', 'b'] as const)('takes letter %s', async (letter) => {
    expect((await post(pathOf(letter), '{"a":1}')).status).toBe(200);
    expect(await inbox()).toMatchObject([{ letter }]);
  });

  test('a wrong, missing or foreign token is answered 404 and nothing is kept (C1)', async () => {
    const good = pathOf('s');
    const wrong = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`;
    const paths = [wrong, '/hooks/s/', '/hooks/s/x', '/hooks/x/y', good.replace('/s/', '/c/')];
    for (const path of paths) {
      const answer = await post(path, JSON.stringify(stkBody()));
      expect(problemIn(answer).code).toBe('not-found');
    }
    expect(await inbox()).toEqual([]);
  });

  test('the token is looked at before method, type and body', async () => {
    expect((await stage.fetch('/hooks/s/nothing')).status).toBe(404);
    expect((await post('/hooks/s/nothing', 'x'.repeat(200_000))).status).toBe(404);
  });

  test('the same body twenty times at once is one row that counts (C7)', async () => {
    const path = pathOf('s');
    const body = JSON.stringify(stkBody());
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(path, body)));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await inbox()).toMatchObject([{ repeats: 19, status: 'pending' }]);
  });

  test('of 1,500 that come at once every answer with 200 is a row, and every row an answer (C24)', async () => {
    const flood = Array.from({ length: 1_500 }, (_, n) => JSON.stringify({ n }));
    const counts: Record<number, number> = {};
    const lane = async () => {
      for (let body = flood.pop(); body !== undefined; body = flood.pop()) {
        const { status } = await post(pathOf('s'), body);
        counts[status] = (counts[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: 100 }, lane));

    expect(counts).toEqual({ 200: 1_500 });
    expect(await inbox()).toHaveLength(1_500);
  });

  test('a valid body at the address of another business stays with that address (C22)', async () => {
    const body = JSON.stringify(stkBody());
    await post(pathOf('s'), body);
    const first = await inbox();
    tenant = await stage.tenant();
    await post(pathOf('s'), body);

    expect(first).toHaveLength(1);
    expect(await inbox()).toMatchObject([{ repeats: 0, status: 'pending' }]);
  });

  test('a genuine address of a business that is gone leads nowhere', async () => {
    const about = { tenantId: id('tenant', randomUUID()), targetId: randomUUID() };
    const token = stage.dependencies.hooks.tokens.tokenOf('c', about);
    expect((await post(`/hooks/c/${token}`, '{}')).status).toBe(404);
  });
});

describe('bodies (C15, C16)', () => {
  test.each(notJson)('%s is refused with 400 and kept as evidence', async (_name, body) => {
    const answer = await post(pathOf('s'), body);

    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'malformed-json' });
    const kept = body.length === 0 ? [] : [{ status: 'quarantined', cause: 'malformed' }];
    expect(await inbox()).toMatchObject(kept);
  });

  test('JSON of any other shape is taken: what it means is decided later', async () => {
    for (const body of oddJson) expect((await post(pathOf('s'), body)).status).toBe(200);
    expect(await inbox("and status = 'pending'")).toHaveLength(oddJson.length);
  });

  test('a megabyte is refused with 413, of which 64 kB are kept', async () => {
    const answer = await post(pathOf('c'), JSON.stringify({ a: 'x'.repeat(1_000_000) }));

    expect(problemIn(answer).code).toBe('body-too-large');
    const [row] = await inbox();
    expect(row).toMatchObject({ status: 'quarantined', cause: 'too-large' });
    expect(Number(row?.['bytes'])).toBeLessThan(64 * 1024 + 100);
  });

  test.each([
    ['form-encoded', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', '{}', { 'content-type': 'text/plain' }],
    ['UTF-7', '{}', { 'content-type': 'application/json; charset=utf-7' }],
    ['no type at all', '{}', { 'content-type': '' }],
    ['gzip', gzipSync('{}'), { 'content-encoding': 'gzip' }],
  ])('%s is refused with 415 and kept', async (_name, body, headers) => {
    const answer = await post(pathOf('c'), body, headers);

    expect(problemIn(answer).code).toBe('unsupported-media-type');
    expect(await inbox()).toMatchObject([{ status: 'quarantined', cause: 'not-json-type' }]);
  });

  test('what is set aside is told as an event and in the log, without its contents', async () => {
    await post(pathOf('c'), '{"MSISDN":"254712345678"');
    const events = await stage.database.asOwner(
      `select type, data from shared.outbox where tenant_id = $1`,
      [tenant.tenantId],
    );

    expect(events).toMatchObject([
      { type: 'callback.quarantined', data: { letter: 'c', cause: 'malformed' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('254712345678');
    expect(stage.logs.join('')).toContain('callbackQuarantined');
    expect(stage.logs.join('')).not.toContain('254712345678');
  });
});

describe('requests (C23)', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('%s is refused with 405', async (method) => {
    const answer = await stage.fetch(pathOf('s'), { method });

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await inbox()).toEqual([]);
  });

  test('HTTP/1.0 is as good as its successors', async () => {
    const body = JSON.stringify(stkBody());
    const answer = await sendRaw(stage.baseUrl, {
      ...{ path: pathOf('s'), version: '1.0', body: [body] },
      headers: ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`],
    });

    expect(answer.status).toBe(200);
    expect(await inbox()).toMatchObject([{ status: 'pending' }]);
  });

  test('a body that trickles is cut off with 408, and what came is kept', async () => {
    const { hooks } = stage.dependencies;
    hooks.arrivalMs = 150;
    try {
      const answer = await sendRaw(stage.baseUrl, {
        ...{ path: pathOf('c'), body: ['{"TransID":'] },
        headers: ['Content-Type: application/json', 'Content-Length: 500'],
      });
      expect(answer).toMatchObject({ status: 408, code: 'request-timeout', isClosed: true });
    } finally {
      hooks.arrivalMs = 10_000;
    }
    expect(await inbox()).toMatchObject([{ status: 'quarantined', cause: 'cut-short' }]);
  });
});

describe('C2B validation', () => {
  async function aShortcode(validation = openToAll) {
    const shortcodeId = id('shortcode', randomUUID());
    await stage.dependencies.db.withTenant(tenant.tenantId, (t) =>
      insertShortcode(t, {
        ...{ id: shortcodeId, number: '600984', kind: 'paybill', storeNumber: null },
        ...{ name: 'Shop', environment: 'sandbox', validation, createdBy: 'user:test' },
      }),
    );
    return shortcodeId;
  }
  const ask = async (shortcodeId: string, body: object) =>
    (await post(pathOf('v', shortcodeId), JSON.stringify(body))).body;

  const accepted = { ResultCode: '0', ResultDesc: 'Accepted' };
  const rejected = (code: string) => ({ ResultCode: code, ResultDesc: 'Rejected' });

  test('takes everything until the business sets rules', async () => {
    expect(await ask(await aShortcode(), c2bBody({ BillRefNumber: 'whatever' }))).toEqual(accepted);
  });

  test('follows amount and account rules, and keeps the question as evidence', async () => {
    const shortcodeId = await aShortcode({
      ...{ isOn: true, whenUndecided: 'reject', account: 'mask', accountMask: 'INV-99999' },
      ...{ minCents: cents(10_000), maxCents: cents(200_000) },
    });

    expect(await ask(shortcodeId, c2bBody())).toEqual(accepted);
    expect(await ask(shortcodeId, c2bBody({ TransAmount: '50.00' }))).toEqual(rejected('C2B00013'));
    expect(await ask(shortcodeId, c2bBody({ TransAmount: '2000.01' }))).toEqual(
      rejected('C2B00013'),
    );
    expect(await ask(shortcodeId, c2bBody({ BillRefNumber: 'INV-1' }))).toEqual(
      rejected('C2B00012'),
    );
    expect(await ask(shortcodeId, c2bBody({ BusinessShortCode: '600000' }))).toEqual(
      rejected('C2B00015'),
    );
    expect(await ask(shortcodeId, { nothing: 1 })).toEqual(rejected('C2B00016'));
    await until(async () => (await inbox("and letter = 'v'")).length === 6);
  });

  test('a paused shortcode takes nothing', async () => {
    const shortcodeId = await aShortcode();
    await stage.dependencies.db.withTenant(tenant.tenantId, (t) =>
      updateShortcode(t, shortcodeId, { status: 'paused' }),
    );
    expect(await ask(shortcodeId, c2bBody())).toEqual(rejected('C2B00016'));
  });

  test('a database that does not answer in time leaves it to the remembered settings', async () => {
    const { db, hooks } = stage.dependencies;
    const shortcodeId = await aShortcode({
      ...{ isOn: true, whenUndecided: 'reject', account: 'known', accountMask: null },
      ...{ minCents: null, maxCents: null },
    });
    let isSlow = false;
    const slowly: typeof db.withTenant = (...args) =>
      isSlow ? new Promise(() => {}) : db.withTenant(...args);
    const answerValidation = openValidation({
      ...{ db: { withTenant: slowly }, metrics: hooks.metrics, deadlineMs: 50 },
      validator: { rule: validatePayment, isKnownReference: async () => true },
    });
    const about = { tenantId: tenant.tenantId, targetId: shortcodeId };

    expect(await answerValidation(about, c2bBody())).toEqual(accepted);
    isSlow = true;
    expect(await answerValidation(about, c2bBody())).toEqual(rejected('C2B00016'));
    const unseen = { tenantId: tenant.tenantId, targetId: randomUUID() };
    expect(await answerValidation(unseen, c2bBody())).toEqual(accepted);
  });
});
