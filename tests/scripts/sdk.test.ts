/** The client library, built from the document and used as a program of its own would use it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eachOf } from '../../sdk/each-of.ts';
import { patientFetch, type Patience } from '../../sdk/patient-fetch.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';

jest.setTimeout(120_000);

describe('a patient fetch', () => {
  const post = { method: 'POST', body: '{}' };
  function against(answers: (number | 'nobody' | [number, string])[]) {
    const seen: { key: string | null; body: string }[] = [];
    const waits: number[] = [];
    const patience: Partial<Patience> = {
      newKey: () => `key-${seen.length}`,
      wait: async (milliseconds) => void waits.push(milliseconds),
      async fetch(input) {
        const request = input as Request;
        const key = request.headers.get('idempotency-key');
        seen.push({ key, body: await request.text() });
        const answer = answers[seen.length - 1] ?? 200;
        if (answer === 'nobody') throw new TypeError('fetch failed');
        const [status, after] = typeof answer === 'number' ? [answer, ''] : answer;
        return new Response('{}', {
          status,
          headers: after === '' ? {} : { 'retry-after': after },
        });
      },
    };
    const ask = (init: RequestInit = post) => patientFetch(patience)('http://api.test/v1', init);
    return { seen, waits, ask };
  }

  test('sends a POST again under one key, with its body, until it is answered', async () => {
    const { seen, waits, ask } = against(['nobody', 503, [429, '2'], 202]);

    expect((await ask()).status).toBe(202);
    expect(seen).toEqual(Array(4).fill({ key: 'key-0', body: '{}' }));
    expect(waits).toEqual([250, 500, 2_000]);
  });

  test('keeps the key it was given, and passes a refusal on at once', async () => {
    const { seen, ask } = against([409]);

    expect((await ask({ ...post, headers: { 'idempotency-key': 'mine' } })).status).toBe(409);
    expect(seen).toEqual([{ key: 'mine', body: '{}' }]);
  });

  test('gives up with the last answer, or the last failure', async () => {
    expect((await against([503, 503, 503, 503]).ask()).status).toBe(503);
    await expect(against(Array(4).fill('nobody')).ask()).rejects.toThrow('fetch failed');
    const { seen, ask } = against([[503, '3600']]);
    expect((await ask()).status).toBe(503);
    expect(seen).toHaveLength(1);
  });

  test('reads carry no key, and changes that have none are sent once', async () => {
    const read = against([503, 200]);
    await read.ask({ method: 'GET' });
    expect(read.seen.map(({ key }) => key)).toEqual([null, null]);
    const put = against([503]);
    expect((await put.ask({ method: 'PATCH', body: '{}' })).status).toBe(503);
    expect(put.seen).toHaveLength(1);
  });
});

test('a list is walked page by page, and a refusal is thrown', async () => {
  const asked: (string | undefined)[] = [];
  const page = async (cursor: string | undefined) => {
    asked.push(cursor);
    if (cursor === 'b') return { error: { code: 'invalid-cursor' } };
    return { data: { data: [1, 2], nextCursor: cursor === undefined ? 'a' : 'b' } };
  };
  const found: number[] = [];
  const walk = async () => {
    for await (const one of eachOf(page)) found.push(one);
  };

  await expect(walk()).rejects.toMatchObject({ cause: { code: 'invalid-cursor' } });
  expect(found).toEqual([1, 2, 1, 2]);
  expect(asked).toEqual([undefined, 'a', 'b']);
});

describe('the package', () => {
  let stage: ApiStage;
  beforeAll(async () => {
    stage = await openApiStage();
  });
  afterAll(() => stage.close());

  const node = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const program = join(process.cwd(), 'node_modules', '.bin', 'node');
      const child = execFile(program, args, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  test('builds with its types, and records and walks customers with an API key', async () => {
    const built = await node('scripts/sdk.mjs');
    expect({ ...built, stdout: '' }).toMatchObject({ code: 0 });
    const token = await stage.token(await stage.tenant());
    const json = { name: 'Shop', scopes: ['collections:read', 'collections:write'] };
    const made = await stage.fetch('/v1/api-keys', { json, token });
    const { key } = createdApiKey.parse(made.body);
    const entry = pathToFileURL(join('.daftari', 'sdk', 'dist', 'index.js')).href;

    const used = await node(
      '--input-type=module',
      '-e',
      `import { daftari, eachOf, getCustomers, postCustomers } from ${JSON.stringify(entry)};
       const client = daftari(${JSON.stringify({ baseUrl: stage.baseUrl, key })});
       for (const reference of ['A-1', 'A-2', 'A-3'])
         await postCustomers({ client, body: { reference, name: 'Amina' }, throwOnError: true });
       const page = (cursor) => getCustomers({ client, query: { cursor, limit: '2' } });
       const found = [];
       for await (const { reference } of eachOf(page)) found.push(reference);
       const { error } = await postCustomers({ client, body: { reference: 'A-1', name: 'Twice' } });
       console.log(JSON.stringify({ found: found.sort(), code: error.code }));`,
    );

    expect(used.stderr).toBe('');
    expect(JSON.parse(used.stdout)).toEqual({
      ...{ found: ['A-1', 'A-2', 'A-3'], code: 'reference-taken' },
    });
  });
});
