import { randomUUID } from 'node:crypto';
import { appendCallbacks } from '../../db/callbacks.ts';
import { verifyAudit } from '../../db/audit.ts';
import { openCredentials } from '../../db/shortcodes.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { c2bBody, stkBody } from '../support/hook-bodies.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let tenant: Somebody;
let token: string;

beforeAll(async () => {
  stage = await openApiStage();
});
beforeEach(async () => {
  tenant = await stage.tenant();
  token = await stage.token(tenant);
});
afterAll(() => stage.close());

const credentials = {
  consumerKey: 'the-key',
  consumerSecret: 'the-secret',
  passkey: 'the-passkey',
  initiatorName: 'apiop',
  initiatorPassword: 'Pass#word1',
};
const paybill = { number: '600984', kind: 'paybill', name: 'Main paybill', credentials };

interface ShortcodeBody {
  id: string;
  name: string;
  hasCredentials: boolean;
  status: string;
  initiatorStop: unknown;
}

const post = (path: string, json: unknown, as = token) => stage.fetch(path, { token: as, json });

async function aShortcode(body: object = paybill): Promise<ShortcodeBody> {
  const answer = await post('/v1/shortcodes', body);
  expect(answer.status).toBe(201);
  return answer.body as ShortcodeBody;
}

const uuidOf = (publicId: string) =>
  parsePublicId('shortcode', publicId) ?? id('shortcode', randomUUID());

describe('POST /v1/shortcodes', () => {
  test('adds a shortcode whose credentials are sealed and never shown again', async () => {
    const created = await aShortcode();
    const answers = [
      await stage.fetch('/v1/shortcodes', { token }),
      await stage.fetch(`/v1/shortcodes/${created.id}`, { token }),
    ];
    const opened = await stage.dependencies.db.withTenant(tenant.tenantId, (t) =>
      openCredentials(t, uuidOf(created.id)),
    );
    const rows = await stage.database.asOwner(
      `select position('the-secret'::bytea in sealed) as found from shared.shortcode_credentials
       where tenant_id = $1`,
      [tenant.tenantId],
    );

    expect(created).toMatchObject({ hasCredentials: true, status: 'active', initiatorStop: null });
    expect(opened).toMatchObject({ ...credentials, number: '600984', credentialsVersion: 1 });
    expect(rows).toEqual([{ found: 0 }]);
    for (const { text } of answers) {
      expect(text).toContain(created.id);
      for (const secret of Object.values(credentials)) expect(text).not.toContain(secret);
    }
    const audit = await stage.database.asOwner(
      `select action, detail::text from shared.audit_log where tenant_id = $1 order by seq`,
      [tenant.tenantId],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'shortcode.create',
      'shortcode.credentials',
    ]);
    const secretsInLogs = [...stage.logs, JSON.stringify(audit)].join('');
    for (const secret of Object.values(credentials)) expect(secretsInLogs).not.toContain(secret);
    await expect(
      stage.dependencies.db.withTenant(tenant.tenantId, verifyAudit, { readOnly: true }),
    ).resolves.toMatchObject({ ok: true });
  });

  test('the same number twice is refused, in another business it is not', async () => {
    await aShortcode();
    expect(problemIn(await post('/v1/shortcodes', paybill)).code).toBe('shortcode-exists');
    const other = await stage.tenant();
    const answer = await post('/v1/shortcodes', paybill, await stage.token(other));
    expect(answer.status).toBe(201);
  });

  test.each([
    ['letters in the number', { ...paybill, number: '60x984' }],
    ['a number too short', { ...paybill, number: '1234' }],
    ['a kind that is none', { ...paybill, kind: 'bank' }],
    ['a store number of a paybill', { ...paybill, storeNumber: '600000' }],
    [
      'an initiator without password',
      { ...paybill, credentials: { ...credentials, initiatorPassword: '' } },
    ],
    ['a tenant of one’s choice', { ...paybill, tenantId: randomUUID() }],
    ['an empty name', { ...paybill, name: '  ' }],
  ])('%s is refused with 422', async (_name, body) => {
    expect(problemIn(await post('/v1/shortcodes', body)).code).toBe('validation-failed');
  });

  test.each(['finance', 'operator', 'analyst', 'auditor', 'developer'] as const)(
    'a %s may look and not change',
    async (role) => {
      const created = await aShortcode();
      const as = await stage.token(tenant, role);

      expect((await stage.fetch('/v1/shortcodes', { token: as })).status).toBe(200);
      for (const [path, body] of [
        ['/v1/shortcodes', paybill],
        [`/v1/shortcodes/${created.id}/settings`, { status: 'paused' }],
        [`/v1/shortcodes/${created.id}/credentials`, credentials],
        [`/v1/shortcodes/${created.id}/checks`, { kind: 'test' }],
      ] as const) {
        expect(problemIn(await post(path, body, as)).code).toBe('forbidden');
      }
      const addresses = await stage.fetch(`/v1/shortcodes/${created.id}/addresses`, { token: as });
      expect(problemIn(addresses).code).toBe('forbidden');
    },
  );
});

describe('POST /v1/shortcodes/{id}/settings', () => {
  test('renames, pauses and sets validation rules', async () => {
    const { id: shortcodeId } = await aShortcode();
    const validation = {
      ...{ isOn: true, whenUndecided: 'accept', account: 'mask', accountMask: 'INV-9999*' },
      ...{ minCents: 10_000, maxCents: null },
    };
    const answer = await post(`/v1/shortcodes/${shortcodeId}/settings`, {
      ...{ name: 'Shop', status: 'paused', validation },
    });

    expect(answer.body).toMatchObject({ name: 'Shop', status: 'paused', validation });
  });

  test.each([
    ['nothing at all', {}],
    [
      'a mask that is none',
      {
        validation: {
          isOn: true,
          whenUndecided: 'accept',
          account: 'mask',
          accountMask: '(a+)+$',
          minCents: null,
          maxCents: null,
        },
      },
    ],
    [
      'accounts by a mask without one',
      {
        validation: {
          isOn: true,
          whenUndecided: 'accept',
          account: 'mask',
          accountMask: null,
          minCents: null,
          maxCents: null,
        },
      },
    ],
    [
      'limits the wrong way round',
      {
        validation: {
          isOn: true,
          whenUndecided: 'accept',
          account: 'any',
          accountMask: null,
          minCents: 500,
          maxCents: 100,
        },
      },
    ],
  ])('%s is refused with 422', async (_name, body) => {
    const { id: shortcodeId } = await aShortcode();
    const answer = await post(`/v1/shortcodes/${shortcodeId}/settings`, body);
    expect(problemIn(answer).code).toBe('validation-failed');
  });
});

describe('POST /v1/shortcodes/{id}/credentials', () => {
  test('new credentials are used at once, and the last ones are kept for calls under way', async () => {
    const { id: shortcodeId } = await aShortcode();
    for (const consumerKey of ['second', 'third', 'fourth']) {
      const answer = await post(`/v1/shortcodes/${shortcodeId}/credentials`, {
        ...credentials,
        consumerKey,
      });
      expect(answer.status).toBe(200);
    }
    const opened = await stage.dependencies.db.withTenant(tenant.tenantId, (t) =>
      openCredentials(t, uuidOf(shortcodeId)),
    );
    const versions = await stage.database.asOwner(
      `select version from shared.shortcode_credentials where tenant_id = $1 order by 1`,
      [tenant.tenantId],
    );

    expect(opened?.consumerKey).toBe('fourth');
    expect(versions).toEqual([{ version: 3 }, { version: 4 }]);
  });
});

describe('checks and addresses', () => {
  test('a check is a run, asked for in the transaction that notes it', async () => {
    const { id: shortcodeId } = await aShortcode();
    const answer = await post(`/v1/shortcodes/${shortcodeId}/checks`, { kind: 'test' });
    const outbox = await stage.database.asOwner(
      `select type, key from shared.outbox where tenant_id = $1 and kind = 'workflow'`,
      [tenant.tenantId],
    );
    const list = await stage.fetch(`/v1/shortcodes/${shortcodeId}/checks`, { token });

    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ kind: 'test', status: 'running', steps: [] });
    expect(outbox).toMatchObject([{ type: 'checkShortcode' }]);
    expect(stage.temporal.calls.at(-1)).toMatchObject({ name: 'start' });
    expect(list.body).toEqual({ data: [answer.body] });
  });

  test('the addresses are those that the hooks take', async () => {
    const { id: shortcodeId } = await aShortcode();
    const answer = await stage.fetch(`/v1/shortcodes/${shortcodeId}/addresses`, { token });
    const { confirmationUrl } = answer.body as { confirmationUrl: string };
    const taken = await stage.fetch(new URL(confirmationUrl).pathname, { json: c2bBody() });

    expect(taken.status).toBe(200);
  });

  test('a shortcode of another business is as good as none', async () => {
    const { id: shortcodeId } = await aShortcode();
    const stranger = await stage.token(await stage.tenant());
    const paths = ['', '/checks', '/addresses'].map((end) => `/v1/shortcodes/${shortcodeId}${end}`);

    for (const path of paths) {
      expect(problemIn(await stage.fetch(path, { token: stranger })).code).toBe('not-found');
    }
    for (const [end, body] of [
      ['settings', { status: 'paused' }],
      ['credentials', credentials],
      ['checks', { kind: 'test' }],
    ] as const) {
      const answer = await post(`/v1/shortcodes/${shortcodeId}/${end}`, body, stranger);
      expect(problemIn(answer).code).toBe('not-found');
    }
  });
});

describe('callbacks that were set aside', () => {
  async function aside(body: object, cause = 'amount-differs') {
    const callbackId = id('callback', randomUUID());
    await stage.dependencies.db.withTenant(tenant.tenantId, (t) =>
      appendCallbacks(t, [
        {
          ...{ id: callbackId, letter: 's', targetId: randomUUID(), arrivedBy: 'request', cause },
          body: Buffer.from(JSON.stringify(body)),
          receivedAt: instantFromEpochMs(Date.now()),
        },
      ]),
    );
    return toPublicId('callback', callbackId);
  }
  interface Page {
    data: Record<string, unknown>[];
    nextCursor: string | null;
  }
  const list = async (query = '', as = token) =>
    (await stage.fetch(`/v1/callbacks${query}`, { token: as })).body as Page;

  test('are listed with money and codes, numbers masked and names left out', async () => {
    await aside(stkBody());
    await aside(c2bBody({ BillRefNumber: '0712345678', MSISDN: '254712345678' }));
    const page = await list('?status=quarantined');

    expect(page.data).toMatchObject([
      { cause: 'amount-differs', amountCents: 150_000, accountReference: '0712******78' },
      { letter: 's', msisdnMasked: '2547******78', amountCents: 150_000, resultCode: '0' },
    ]);
    expect(JSON.stringify(page)).not.toMatch(/254712345678|WANJIKU/);
  });

  test('come in pages', async () => {
    const ids = [await aside(stkBody()), await aside(stkBody()), await aside(stkBody())];
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);

    const seen = [...first.data, ...second.data].map((callback) => callback['id']);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(problemIn(await stage.fetch('/v1/callbacks?cursor=x', { token })).code).toBe(
      'invalid-cursor',
    );
  });

  test('finance lets one be handled again or lays it to rest, once', async () => {
    const [retried, discarded] = [await aside(stkBody()), await aside(stkBody())];
    const finance = await stage.token(tenant, 'finance');
    const decide = (callbackId: string, resolution: string, as = finance) =>
      post(`/v1/callbacks/${callbackId}/decision`, { resolution, reason: 'looked at it' }, as);

    expect((await decide(retried, 'retry')).body).toMatchObject({ status: 'pending' });
    expect((await decide(discarded, 'discard')).body).toMatchObject({ status: 'discarded' });
    expect(problemIn(await decide(discarded, 'retry')).code).toBe('callback-decided');
    expect(await list('?status=pending')).toMatchObject({ data: [{ id: retried }] });
    expect(await list('?status=discarded')).toMatchObject({ data: [{ id: discarded }] });
    const analyst = await stage.token(tenant, 'analyst');
    expect(problemIn(await decide(retried, 'discard', analyst)).code).toBe('forbidden');
    const stranger = await stage.token(await stage.tenant());
    expect(problemIn(await decide(retried, 'discard', stranger)).code).toBe('not-found');
    const audit = await stage.database.asOwner(
      `select action from shared.audit_log where tenant_id = $1 order by seq`,
      [tenant.tenantId],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      ...['callback.retry', 'callback.discard', 'access.denied'],
    ]);
  });

  test('a decision needs a reason', async () => {
    const callbackId = await aside(stkBody());
    const answer = await post(`/v1/callbacks/${callbackId}/decision`, {
      resolution: 'retry',
      reason: '',
    });
    expect(problemIn(answer).code).toBe('validation-failed');
  });
});
