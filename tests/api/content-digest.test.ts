/** What arrives of an upload is what was sent, where the sender says what that is (RFC 9530). */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { declaredProblems } from '../../api/declared-problems.ts';
import { allRoutes } from '../../api/routes.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;
let token: string;
beforeAll(async () => {
  stage = await openApiStage();
  token = await stage.token(await stage.tenant());
});
afterAll(() => stage.close());

/** A CSV no other test has sent. */
const aCsv = () => Buffer.from(`Receipt No.,Completion Time\n${randomBytes(60).toString('hex')}`);
const aPdf = (bytes: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes)]);

async function storedUploads(): Promise<number> {
  const [row] = await stage.database.asOwner('select count(*)::int as count from shared.uploads');
  return z.number().parse(row?.['count']);
}

describe('Content-Digest', () => {
  const digestOf = (algorithm: string, bytes: Uint8Array) =>
    createHash(algorithm).update(bytes).digest('base64');
  const raw = (
    bytes: Buffer,
    digest: string,
    { path = '/v1/statements', type = 'text/csv', by = token } = {},
  ) =>
    stage.fetch(path, {
      ...{ token: by, method: 'POST', body: new Uint8Array(bytes) },
      headers: { 'content-type': type, 'content-digest': digest },
    });
  /** A form as it travels, so that its digest is known. */
  async function aWrittenForm(bytes: Buffer) {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)]), 'march.csv');
    const written = new Response(form);
    const type = written.headers.get('content-type') ?? '';
    return { type, body: Buffer.from(await written.arrayBuffer()) };
  }

  test('a body that is what was sent is taken, as bytes and as a form, in either algorithm', async () => {
    const bytes = aCsv();
    const both = `sha-512=:${digestOf('sha512', bytes)}:, sha-256=:${digestOf('sha256', bytes)}:`;
    const form = await aWrittenForm(aPdf(300_000));

    expect((await raw(bytes, both)).status).toBe(202);
    const digest = `sha-256=:${digestOf('sha256', form.body)}:`;
    expect((await raw(form.body, digest, { type: form.type })).status).toBe(202);
  });

  test.each([
    ['/v1/statements', 'text/csv'],
    ['/v1/customer-lists/upload', 'text/csv'],
    ['/v1/imports', 'application/zip'],
  ])('another body is refused by %s, and nothing of it is kept', async (path, type) => {
    const before = await storedUploads();
    const by = await stage.token(await stage.tenant());

    const answer = await raw(aCsv(), `sha-256=:${digestOf('sha256', aCsv())}:`, { path, type, by });

    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'digest-mismatch' });
    expect(await storedUploads()).toBe(before);
  });

  test('another form is refused as well', async () => {
    const form = await aWrittenForm(aCsv());
    const digest = `sha-256=:${digestOf('sha256', aCsv())}:`;

    const answer = await raw(form.body, digest, { type: form.type });

    expect(problemIn(answer).code).toBe('digest-mismatch');
  });

  test.each(['sha-256', 'sha-256=abc', 'md5=:rL0Y20zC+Fzt72VPzMSk2A==:', 'sha-256=:!:', ''])(
    'a digest nobody can check is refused before the body is read: %j',
    async (digest) => {
      const answer = await raw(aCsv(), digest);

      expect(problemIn(answer).code).toBe('malformed-request');
      expect(answer.headers.get('want-content-digest')).toContain('sha-256');
    },
  );

  test('every operation that takes an upload says so', () => {
    const uploads = allRoutes().filter(({ upload }) => upload !== undefined);

    expect(uploads.length).toBeGreaterThan(3);
    for (const route of uploads) expect(declaredProblems(route)).toContain('digest-mismatch');
  });
});
