import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { operation } from '../../api/operations/schema.ts';
import { acceptedStatement } from '../../api/statements/schema.ts';
import { verifyAudit } from '../../db/audit.ts';
import { openEventData } from '../../db/outbox.ts';
import { readUpload } from '../../db/uploads.ts';
import { openReference, openTicket } from '../../temporal/password-tickets.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { requestsTaken } from '../support/requests-taken.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
});
afterAll(() => stage.close());

/** A CSV no other test has sent. */
function aCsv(bytes = 200): Buffer {
  const header =
    'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n';
  return Buffer.from(header + randomBytes(bytes).toString('hex').slice(0, bytes));
}

function aPdf(bytes = 200): Buffer {
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes)]);
}

function aForm(bytes: Uint8Array, fileName = 'march.csv', fields: Record<string, string> = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([new Uint8Array(bytes)]), fileName);
  return form;
}

const send = (body: FormData, more: { token?: string; headers?: Record<string, string> } = {}) =>
  stage.fetch('/v1/statements', { body, token, ...more });

async function storedUploads(): Promise<number> {
  const [row] = await stage.database.asOwner('select count(*)::int as count from shared.uploads');
  return z.number().parse(row?.['count']);
}

describe('POST /v1/statements', () => {
  test('a file is stored sealed, recorded and started, and the answer says how to follow it', async () => {
    const bytes = aCsv();

    const answer = await send(aForm(bytes, 'march.csv'));

    expect(answer.status).toBe(202);
    const accepted = acceptedStatement.parse(answer.body);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(accepted.statement).toMatchObject({
      fileName: 'march.csv',
      sizeBytes: bytes.length,
      sha256,
      mediaKind: 'csv',
      status: 'processing',
      stage: 'received',
      workflowId: `statement/${somebody.tenantId}/${sha256}`,
    });
    expect(answer.headers.get('location')).toBe(`/v1/operations/${accepted.operation.id}`);
    const followed = await stage.fetch(answer.headers.get('location') ?? '', { token });
    expect(operation.parse(followed.body).status).toBe('running');
    expect(stage.temporal.calls.at(-1)).toMatchObject({
      name: 'start',
      args: [
        { workflow: 'ingestStatement', workflowId: accepted.statement.workflowId, tier: 'starter' },
      ],
    });
  });

  test('what is stored opens to the very bytes, and not without the tenant key', async () => {
    const bytes = aPdf(3 * 1024 * 1024 + 17);
    await send(aForm(bytes, 'long.pdf'));

    const [upload] = await stage.database.asOwner(
      "select id, size_bytes from shared.uploads where file_name = 'long.pdf'",
    );
    const chunks = await stage.database.asOwner(
      'select sealed from shared.upload_chunks where upload_id = $1',
      [upload?.['id']],
    );
    const pieces: Uint8Array[] = [];
    const uploadId = z.string().parse(upload?.['id']);
    for await (const piece of readUpload(stage.database.db, somebody.tenantId, uploadId)) {
      pieces.push(piece);
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(chunks).toHaveLength(4);
    for (const { sealed } of chunks) {
      expect(z.instanceof(Buffer).parse(sealed).includes(bytes.subarray(0, 64))).toBe(false);
    }
  });

  test('the same bytes again give the same statement, whatever they are called', async () => {
    const bytes = aCsv();
    const first = acceptedStatement.parse((await send(aForm(bytes, 'a.csv'))).body);
    const before = await storedUploads();

    const again = await send(aForm(bytes, 'renamed.csv'));

    expect(again.status).toBe(200);
    expect(acceptedStatement.parse(again.body)).toMatchObject({
      duplicate: true,
      statement: { id: first.statement.id, fileName: 'a.csv' },
    });
    expect(await storedUploads()).toBe(before);
  });

  test('ten uploads of the same bytes at once make one statement', async () => {
    const bytes = aCsv();

    const answers = await Promise.all(Array.from({ length: 10 }, () => send(aForm(bytes))));

    const ids = answers.map(({ body }) => acceptedStatement.parse(body).statement.id);
    expect(new Set(ids).size).toBe(1);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  });

  test('the same bytes of another tenant are another statement', async () => {
    const bytes = aCsv();
    const other = await stage.token(await stage.tenant());

    const [mine, theirs] = [await send(aForm(bytes)), await send(aForm(bytes), { token: other })];

    expect([mine.status, theirs.status]).toEqual([202, 202]);
  });

  test('the bytes themselves may be the body, with the name in a header', async () => {
    const answer = await stage.fetch('/v1/statements', {
      body: new Uint8Array(aPdf()),
      token,
      headers: { 'content-type': 'application/pdf', 'x-file-name': 'm%C3%A4rz.pdf' },
    });

    expect(answer.status).toBe(202);
    expect(acceptedStatement.parse(answer.body).statement).toMatchObject({
      fileName: 'märz.pdf',
      mediaKind: 'pdf',
    });
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\april.csv', 'april.csv'],
    ['a\u0000b\u202egnp.csv', 'abgnp.csv'],
    ['..', 'statement'],
    ['n'.repeat(1000), 'n'.repeat(200)],
  ])('the name %j is kept as plain text only', async (name, kept) => {
    const answer = await stage.fetch('/v1/statements', {
      body: new Uint8Array(aCsv()),
      token,
      headers: { 'content-type': 'text/csv', 'x-file-name': encodeURIComponent(name) },
    });

    expect(acceptedStatement.parse(answer.body).statement.fileName).toBe(kept);
  });

  test('a password travels as a ticket and is found nowhere else', async () => {
    const password = `locked-${randomBytes(8).toString('hex')}`;
    const answer = await send(aForm(aPdf(), 'locked.pdf', { password }));

    const { statement } = acceptedStatement.parse(answer.body);
    const input = z
      .looseObject({ input: z.looseObject({ passwordTicket: z.string() }) })
      .parse(stage.temporal.calls.at(-1)?.args[0]).input;
    const { redis, db } = stage.dependencies;
    expect(await openTicket(redis, somebody.tenantId, input.passwordTicket)).toBe(password);
    const [row] = await stage.database.asOwner(
      "select data from shared.outbox where kind = 'workflow' and key = $1",
      [statement.workflowId],
    );
    const stored = JSON.stringify(row);
    expect(stored).not.toContain(password);
    expect(stored).not.toContain(input.passwordTicket);
    const sealedTicket = z.looseObject({ sealedTicket: z.string() }).parse(row?.['data']);
    const reopened = await db.withTenant(somebody.tenantId, async (t) =>
      openReference(t.seal, statement.workflowId, sealedTicket.sealedTicket),
    );
    expect(reopened).toBe(input.passwordTicket);
    expect(stage.logs.join()).not.toContain(password);
  });

  test('every upload leaves a record in an unbroken audit chain', async () => {
    const { statement } = acceptedStatement.parse((await send(aForm(aCsv()))).body);

    const verdict = await stage.database.db.withTenant(somebody.tenantId, verifyAudit);
    const records = await stage.database.asOwner(
      "select actor from shared.audit_log where action = 'statement.upload' order by seq desc",
    );

    expect(statement.status).toBe('processing');
    expect(verdict.ok).toBe(true);
    expect(records[0]).toEqual({ actor: `user:${somebody.userId}` });
  });

  test('an idempotency key gives the first answer again, and refuses another request', async () => {
    const key = randomBytes(16).toString('hex');
    const bytes = aCsv();
    const first = await send(aForm(bytes), { headers: { 'idempotency-key': key } });

    const again = await send(aForm(bytes), { headers: { 'idempotency-key': key } });

    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const other = await send(aForm(aCsv()), { headers: { 'idempotency-key': key } });
    expect(problemIn(other).code).toBe('idempotency-mismatch');
  });

  test('a role that only reads may not send', async () => {
    const analyst = await stage.token(somebody, 'analyst');

    const answer = await send(aForm(aCsv()), { token: analyst });

    expect(problemIn(answer).code).toBe('forbidden');
  });
});

describe('POST /v1/statements refuses, and keeps nothing of', () => {
  const zip = Buffer.from('504b0304140000000800', 'hex');
  const kinds: readonly (readonly [string, Buffer, string])[] = [
    ['an empty file', Buffer.alloc(0), 'empty-file'],
    ['a Windows program', Buffer.concat([Buffer.from('MZ'), randomBytes(300)]), 'unsupported-type'],
    [
      'a picture',
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(300)]),
      'unsupported-type',
    ],
    ['a web page', Buffer.from('<!doctype html><html>%PDF-1.4'), 'unsupported-type'],
    ['a ZIP that is no workbook', Buffer.concat([zip, randomBytes(300)]), 'unsupported-type'],
    [
      'a gzip file',
      Buffer.concat([Buffer.from('1f8b08', 'hex'), randomBytes(300)]),
      'unsupported-type',
    ],
    ['bytes that are nothing', randomBytes(4096), 'unsupported-type'],
  ];

  test.each(kinds)('%s', async (_what, bytes, code) => {
    const before = await storedUploads();

    const answer = await send(aForm(bytes, 'statement.pdf'));

    expect(problemIn(answer).code).toBe(code);
    expect(problemIn(answer).detailSw).toMatch(/^Faili ni tupu|Tuma PDF, CSV, XLSX au XLS/);
    expect(await storedUploads()).toBe(before);
  });

  test.each([
    ['a PDF of one byte too many', 20 * 1024 * 1024 + 1, '%PDF-1.7\n'],
    ['a CSV of one byte too many', 64 * 1024 * 1024 + 1, 'Receipt No.,Details\n'],
  ])(
    '%s',
    async (_what, size, opening) => {
      const before = await storedUploads();
      const bytes = Buffer.alloc(size, 'a,b\n');
      bytes.write(opening);

      const answer = await send(aForm(bytes, 'big'));

      expect(problemIn(answer).code).toBe('file-too-large');
      expect(await storedUploads()).toBe(before);
    },
    60_000,
  );

  test('a PDF of exactly the limit is taken', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, randomBytes(1024));
    bytes.write('%PDF-1.7\n');

    expect((await send(aForm(bytes, 'limit.pdf'))).status).toBe(202);
  }, 60_000);

  const edge = 'x'.repeat(20);
  const part = (disposition: string, content: string) =>
    `--${edge}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  const file = (content: string) => part('name="file"; filename="a.csv"', content);
  const end = `--${edge}--\r\n`;
  const multipart = { 'content-type': `multipart/form-data; boundary=${edge}` };

  test.each([
    ['a missing boundary', 'anything', { 'content-type': 'multipart/form-data' }],
    ['no file', part('name="password"', 'x') + end, multipart],
    ['two files', file('a,b') + file('c,d') + end, multipart],
    ['a file under another name', part('name="upload"; filename="a.csv"', 'a,b') + end, multipart],
    [
      'a repeated field',
      part('name="password"', '1') + part('name="password"', '2') + file('a,b') + end,
      multipart,
    ],
    ['a field that does not belong', part('name="tenantId"', '1') + file('a,b') + end, multipart],
    ['ten thousand parts', part('name="password"', '1').repeat(10_000) + end, multipart],
    ['a body that ends early', file('a,b'), multipart],
    ['a body without any part', end, multipart],
  ])('%s', async (_what, body, headers) => {
    const answer = await stage.fetch('/v1/statements', { method: 'POST', body, headers, token });

    expect(problemIn(answer).code).toBe('malformed-multipart');
  });

  test('a password of 10,000 characters', async () => {
    const answer = await send(aForm(aPdf(), 'a.pdf', { password: 'x'.repeat(10_000) }));

    expect([400, 422]).toContain(problemIn(answer).status);
  });

  test.each(['application/json', 'text/html', 'image/png'])('a body of type %s', async (type) => {
    const answer = await stage.fetch('/v1/statements', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': type },
      token,
    });

    expect(problemIn(answer).code).toBe('unsupported-media-type');
  });

  test('a client that goes away in the middle', async () => {
    const before = await storedUploads();
    const taken = requestsTaken();
    const headers = { ...multipart, authorization: `Bearer ${token}` };
    const sending = request(`${stage.baseUrl}/v1/statements`, { method: 'POST', headers });
    const gone = new Promise<void>((resolve) => {
      sending.on('error', () => {}).on('close', () => resolve());
    });
    sending.write(part('name="file"; filename="a.csv"', `a,b\n${'1,2\n'.repeat(500_000)}`));
    try {
      await until(() => taken.bytesRead() > 100_000);
    } finally {
      sending.destroy();
      taken.stop();
    }
    await gone;

    const later = await send(aForm(aCsv()));

    expect(later.status).toBe(202);
    // The half is taken away when the server notices, not when the client leaves.
    await until(async () => (await storedUploads()) === before + 1);
  });
});

describe('when something is away, POST /v1/statements', () => {
  test('takes the file without Temporal: the outbox starts the run later', async () => {
    const refusing = async () => ({ kind: 'unavailable' }) as const;
    const away = await openApiStage({ temporal: { start: refusing } });
    try {
      const owner = await away.tenant();
      const answer = await away.fetch('/v1/statements', {
        body: aForm(aCsv()),
        token: await away.token(owner),
      });

      const outbox = await away.database.asOwner(
        "select tenant_id, data from shared.outbox where kind = 'workflow' and published_at is null",
      );
      expect(answer.status).toBe(202);
      expect(outbox).toHaveLength(1);
      const data = await away.database.db.withTenant(owner.tenantId, async (t) =>
        openEventData(t, z.record(z.string(), z.unknown()).parse(outbox[0]?.['data'])),
      );
      expect(data).toMatchObject({ workflow: 'ingestStatement' });
    } finally {
      await away.close();
    }
  });

  test('takes a locked file without Redis: the run asks for the password', async () => {
    const nowhere = new Redis('redis://127.0.0.1:1', {
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: () => null,
    });
    nowhere.on('error', () => {});
    const away = await openApiStage({ world: { redis: nowhere } });
    try {
      const answer = await away.fetch('/v1/statements', {
        body: aForm(aPdf(), 'locked.pdf', { password: 'secret' }),
        token: await away.token(await away.tenant()),
      });

      expect(answer.status).toBe(202);
      expect(JSON.stringify(away.temporal.calls)).not.toContain('passwordTicket');
    } finally {
      nowhere.disconnect();
      await away.close();
    }
  });
});
