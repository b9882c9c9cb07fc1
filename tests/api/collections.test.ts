import { randomUUID } from 'node:crypto';
import { appendCollectionEvent } from '../../db/collection-events.ts';
import { addWitness } from '../../db/collection-witnesses.ts';
import { findCollection, patchCollection } from '../../db/collections.ts';
import { insertShortcode } from '../../db/shortcodes.ts';
import { id, toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { aCollection, aPromptedCollection, aShortcode } from '../support/collections.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
let shortcodeId: ShortcodeId;
let answer: () => Promise<UpdateOutcome<never>>;

beforeAll(async () => {
  stage = await openApiStage({
    temporal: {
      startAndAsk: async (start) => {
        stage.temporal.calls.push({ name: 'startAndAsk', args: [start] });
        return answer();
      },
      ask: async () => answer(),
    },
  });
});

beforeEach(async () => {
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  shortcodeId = await within((t) => aShortcode(t));
  stage.temporal.calls.length = 0;
  answer = answered({ kind: 'prompted', customerMessage: 'Success' });
});

afterAll(() => stage.close());

function answered(verdict: object) {
  return async () => ({ kind: 'answered', verdict }) as UpdateOutcome<never>;
}

type Work<Result> = Parameters<typeof stage.database.db.withTenant<Result>>[1];

function within<Result>(work: Work<Result>): Promise<Result> {
  return stage.database.db.withTenant(somebody.tenantId, work);
}

const wish = () => ({
  shortcodeId: toPublicId('shortcode', shortcodeId),
  ...{ msisdn: '0712 345 678', amountCents: 150_000 },
  ...{ accountReference: 'INV-10442', description: 'Invoice' },
});

function ask(body: object, key: string = randomUUID()): Promise<Answer> {
  return stage.fetch('/v1/collections', {
    ...{ token, json: body },
    headers: { 'idempotency-key': key },
  });
}

function get(path: string): Promise<Answer> {
  return stage.fetch(path, { token });
}

async function starts() {
  return stage.database.asOwner(
    `select key from shared.outbox where tenant_id = $1 and type = 'collectByStk'`,
    [somebody.tenantId],
  );
}

describe('POST /v1/collections', () => {
  test('records the request, starts its run and answers 201 with the provider’s acceptance', async () => {
    const created = await ask(wish());

    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      ...{ status: 'requested', amountCents: 150_000, msisdn: '2547******78' },
      ...{ accountReference: 'INV-10442', source: 'api', canCancel: true },
      shortcode: { number: '174379' },
    });
    expect(created.text).not.toContain('254712345678');
    expect(stage.temporal.calls).toMatchObject([
      { name: 'startAndAsk', args: [{ workflow: 'collectByStk' }] },
    ]);
    expect(await starts()).toHaveLength(1);
  });

  test.each([
    { what: 'no worker answers in time', outcome: { kind: 'pending' } },
    { what: 'Temporal is away', outcome: { kind: 'unavailable' } },
    {
      what: 'the answer of M-PESA is lost',
      outcome: { kind: 'answered', verdict: { kind: 'silent' } },
    },
  ])('answers 202 when $what: the start stays in the outbox', async ({ outcome }) => {
    answer = async () => outcome as UpdateOutcome<never>;

    const created = await ask(wish());

    expect(created.status).toBe(202);
    expect(created.headers.get('retry-after')).toBe('2');
    expect(await starts()).toHaveLength(1);
  });

  test('a repeat with the same key gives the first answer, and fifty at once one collection', async () => {
    const [key, body] = [randomUUID(), wish()];

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(body, key)));
    const again = await ask(body, key);

    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(await starts()).toHaveLength(1);
    expect(problemIn(await ask({ ...body, amountCents: 160_000 }, key)).code).toBe(
      'idempotency-mismatch',
    );
  });

  test.each([
    ['/amountCents', { amountCents: 0 }],
    ['/amountCents', { amountCents: -100 }],
    ['/amountCents', { amountCents: 50 }],
    ['/amountCents', { amountCents: 150_050 }],
    ['/amountCents', { amountCents: 25_000_100 }],
    ['/amountCents', { amountCents: '100' }],
    ['/amountCents', { amountCents: 2 ** 53 + 2 }],
    ['/msisdn', { msisdn: '020 123 4567' }],
    ['/msisdn', { msisdn: '25471234567' }],
    ['/msisdn', { msisdn: '٠٧١٢٣٤٥٦٧٨' }],
    ['/msisdn', { msisdn: '+44 7700 900123' }],
    ['/accountReference', { accountReference: 'THIRTEEN-CHAR' }],
    ['/accountReference', { accountReference: 'A\u0007B' }],
    ['/accountReference', { accountReference: '' }],
    ['/description', { description: 'FOURTEEN-CHARS' }],
    ['/tenantId', { tenantId: randomUUID() }],
    ['/status', { status: 'paid' }],
    ['/shortcodeId', { shortcodeId: toPublicId('shortcode', id('shortcode', randomUUID())) }],
    ['/customerId', { customerId: toPublicId('customer', id('customer', randomUUID())) }],
  ])('refuses %s of %j and records nothing', async (pointer, change) => {
    const refused = await ask({ ...wish(), ...change });

    expect(refused.status).toBe(422);
    expect(problemIn(refused).errors.map((error) => error.pointer)).toContain(pointer);
    expect(await starts()).toEqual([]);
  });

  test.each(['0712345678', '+254712345678', '254 712 345 678', '712345678', '0712-345-678'])(
    'takes %s for the same number',
    async (msisdn) => {
      expect((await ask({ ...wish(), msisdn })).body).toMatchObject({ msisdn: '2547******78' });
    },
  );

  test('needs a key, and a shortcode that is ready', async () => {
    const keyless = await stage.fetch('/v1/collections', { token, json: wish() });
    expect(problemIn(keyless).code).toBe('idempotency-key-malformed');
    const bare = id('shortcode', randomUUID());
    await within((t) =>
      insertShortcode(t, {
        ...{ id: bare, number: '600984', kind: 'paybill', storeNumber: null, name: 'Bare' },
        ...{ environment: 'sandbox', createdBy: 'user:test' },
      }),
    );

    const unready = await ask({ ...wish(), shortcodeId: toPublicId('shortcode', bare) });

    expect(problemIn(unready).code).toBe('shortcode-not-ready');
  });
});

describe('GET /v1/collections', () => {
  test('lists newest first, page by page, and filters by what a person looks for', async () => {
    for (const accountReference of ['A-1', 'B-2', 'C-3']) {
      await within((t) => aCollection(t, { shortcodeId, accountReference }));
    }
    const references = ({ body }: Answer) =>
      (body as { data: { accountReference: string }[] }).data.map((row) => row.accountReference);

    const first = await get('/v1/collections?limit=2');
    const { nextCursor } = first.body as { nextCursor: string };
    const second = await get(`/v1/collections?limit=2&cursor=${encodeURIComponent(nextCursor)}`);

    expect([references(first), references(second)]).toEqual([['C-3', 'B-2'], ['A-1']]);
    expect(references(await get('/v1/collections?q=b2'))).toEqual(['B-2']);
    expect(references(await get('/v1/collections?status=paid'))).toEqual([]);
    expect(references(await get('/v1/collections?msisdn=0712345678&source=api'))).toHaveLength(3);
    expect(problemIn(await get('/v1/collections?status=nothing')).code).toBe('validation-failed');
    expect(problemIn(await get('/v1/collections?cursor=forged')).code).toBe('invalid-cursor');
  });

  test('another business sees none of them', async () => {
    await within((t) => aCollection(t, { shortcodeId }));
    const stranger = await stage.token(await stage.tenant());

    const foreign = await stage.fetch('/v1/collections', { token: stranger });

    expect(foreign.body).toMatchObject({ data: [], hasMore: false });
  });
});

describe('GET /v1/collections/summary and /export', () => {
  test('sum and export exactly what the filter selects', async () => {
    await within((t) => aCollection(t, { shortcodeId, accountReference: '=1+1' }));
    await within((t) => aCollection(t, { shortcodeId, amountCents: cents(20_000) }));

    const summary = await get('/v1/collections/summary');
    const sheet = await get('/v1/collections/export?amountCents%5Bgte%5D=100000');

    expect(summary.body).toMatchObject({
      ...{ count: 2, byStatus: [{ status: 'requested', count: 2, amountCents: 170_000 }] },
    });
    expect(sheet.headers.get('content-type')).toMatch(/^text\/csv/);
    const lines = sheet.text.trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`"'=1+1"`);
    expect(sheet.text).not.toContain('254712345678');
  });
});

describe('GET /v1/collections/{id}', () => {
  test('shows every witness and what followed, with the words of the code in two languages', async () => {
    const { collectionId } = await within((t) => aPromptedCollection(t, { shortcodeId }));
    const path = `/v1/collections/${toPublicId('collection', collectionId)}`;
    await within(async (t) => {
      await addWitness(t, { collectionId, kind: 'callback', outcome: 'failed', code: '1032' });
      const refusal = { status: 'refused', resultCode: '1032', resultDetail: 'x' } as const;
      await patchCollection(t, collectionId, refusal);
      await appendCollectionEvent(t, collectionId, {
        type: 'finished',
        data: { status: 'refused', code: '1032' },
      });
    });

    const found = await get(path);

    expect(found.body).toMatchObject({
      ...{ status: 'refused', resultCode: '1032', canCancel: false, isRetryable: true },
      resultWords: { en: expect.any(String), sw: expect.any(String) },
      witnesses: [{ kind: 'callback', outcome: 'failed', code: '1032' }],
      timeline: [{ type: 'requested' }, { type: 'finished' }],
    });
    const tag = found.headers.get('etag') ?? '';
    const unchanged = await stage.fetch(path, { token, headers: { 'if-none-match': tag } });
    expect(unchanged.status).toBe(304);
  });

  test('streams what happens until it has finished', async () => {
    const { collectionId } = await within((t) => aPromptedCollection(t, { shortcodeId }));
    await within((t) =>
      appendCollectionEvent(t, collectionId, { type: 'finished', data: { status: 'paid' } }),
    );

    const stream = await get(`/v1/collections/${toPublicId('collection', collectionId)}/events`);

    expect(stream.text).toMatch(
      /event: requested[\s\S]*event: finished\ndata: \{"status":"paid"\}/,
    );
  });
});

describe('POST /v1/collections/{id}/cancel', () => {
  const cancel = (collectionId: string) =>
    stage.fetch(`/v1/collections/${collectionId}/cancel`, { method: 'POST', token });

  test('asks the run and shows how it ended', async () => {
    const { collectionId } = await within((t) => aPromptedCollection(t, { shortcodeId }));
    answer = async () => {
      await within((t) => patchCollection(t, collectionId, { status: 'cancelled' }));
      return { kind: 'answered', verdict: { status: 'cancelled' } } as never;
    };

    const ended = await cancel(toPublicId('collection', collectionId));

    expect(ended).toMatchObject({ status: 200, body: { status: 'cancelled', canCancel: false } });
    expect(problemIn(await cancel(toPublicId('collection', collectionId))).code).toBe(
      'cannot-cancel',
    );
  });

  test('says so when the run is closed, or cannot be reached', async () => {
    const { collectionId } = await within((t) => aPromptedCollection(t, { shortcodeId }));
    answer = async () => ({ kind: 'closed' });
    expect(problemIn(await cancel(toPublicId('collection', collectionId))).code).toBe(
      'cannot-cancel',
    );
    answer = async () => ({ kind: 'unavailable' });
    expect(problemIn(await cancel(toPublicId('collection', collectionId))).code).toBe(
      'unavailable',
    );
    expect(await within((t) => findCollection(t, collectionId))).toMatchObject({
      status: 'prompted',
    });
  });
});

describe('POST /v1/collections/{id}/number', () => {
  const show = async (who: string, of: string) =>
    stage.fetch(`/v1/collections/${of}/number`, { method: 'POST', token: who });
  const one = async () =>
    toPublicId('collection', await within((t) => aCollection(t, { shortcodeId })));

  test('shows it to a person who may, and the audit log says whose was shown to whom', async () => {
    const of = await one();
    expect((await show(token, of)).body).toEqual({ msisdn: '254712345678' });

    const log = await stage.database.asOwner(
      `select actor, action, object_kind as kind, detail::text as detail from shared.audit_log
       where tenant_id = $1 and action = 'number.show'`,
      [somebody.tenantId],
    );
    expect(log).toEqual([
      {
        ...{ actor: `user:${somebody.userId}`, action: 'number.show' },
        ...{ kind: 'collection', detail: '{}' },
      },
    ]);
  });

  test.each(['auditor', 'operator', 'analyst'] as const)('is refused to an %s', async (role) => {
    expect((await show(await stage.token(somebody, role), await one())).status).toBe(403);
  });

  test('ends after thirty in an hour, for this person only', async () => {
    const of = await one();
    const answers = await Promise.all(Array.from({ length: 31 }, () => show(token, of)));

    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map((answer) => problemIn(answer).code)).toEqual(['numbers-used-up']);
    const wait = Number(refused[0]?.headers.get('retry-after'));
    expect(wait > 0 && wait <= 3_600).toBe(true);
    expect((await show(await stage.token(somebody, 'finance'), of)).status).toBe(200);
  });
});
