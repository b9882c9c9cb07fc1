/** `daftari` as people and scripts use it: as a process, against the whole product. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { randomBase62, secretHash } from '../../api/auth/api-keys.ts';
import { insertApiKey, withKeysOf } from '../../db/api-keys.ts';
import { renderApiKey } from '../../domain/auth/api-key.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { openCollectionStack, type CollectionStack } from '../support/collection-stack.ts';
import { aFloat } from '../support/payouts.ts';

jest.setTimeout(180_000);

let journey: CollectionStack;
let folder: string;
let key: string;
let shortcode: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daftari-command-line-'));
  execFileSync(process.execPath, ['scripts/sdk.mjs']);
  journey = await openCollectionStack({
    rules: [{ match: { msisdn: '254712000004' }, effect: { kind: 'phone', action: 'cancel' } }],
  });
  await journey.stack.startWorkers(journey.env);
  shortcode = toPublicId('shortcode', journey.shortcodeId);
  const { db } = journey.stack.database;
  await db.withTenant(id('tenant', journey.stack.tenantId), (t) =>
    aFloat(t, journey.shortcodeId, 50_000),
  );
  key = await aKey();
}, 240_000);

afterAll(async () => {
  await journey.close();
  rmSync(folder, { recursive: true });
});

/** A key of the demo owner for everything the commands do. */
async function aKey(): Promise<string> {
  const { db } = journey.stack.database;
  const tenantId = id('tenant', journey.stack.tenantId);
  const [owner] = await journey.stack.database.asOwner(
    'select user_id from platform.memberships where tenant_id = $1',
    [tenantId],
  );
  const [lookup, secret] = [randomBase62(8), randomBase62(43)];
  const scopes = ['profile:read', 'statements:read', 'statements:write', 'collections:read'];
  const more = ['collections:write', 'transactions:read', 'transactions:export'];
  await withKeysOf(db, tenantId, (p) =>
    insertApiKey(p, tenantId, {
      ...{ id: id('apiKey', randomUUID()), name: 'Terminal', environment: 'test', lookup },
      ...{ secretHash: secretHash(db, lookup, secret), addresses: [], lifetimeDays: 1 },
      scopes: [...scopes, ...more, 'disbursements:read', 'disbursements:write'],
      createdBy: id('user', String(owner?.['user_id'])),
    }),
  );
  return renderApiKey({ environment: 'test', lookup, secret });
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command as `npm run daftari` does; with a key in the environment unless told otherwise. */
function daftari(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const own = {
    ...{ PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: folder },
    ...{ DAFTARI_URL: journey.stack.url, DAFTARI_KEY: key },
  };
  return new Promise((resolve) => {
    const child = spawn('node_modules/.bin/node', ['scripts/daftari.mjs', ...args], {
      env: { ...own, ...env },
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()));
    child.on('close', (code) => resolve({ ...ended, code }));
    child.stdin.end(input);
  });
}

const json = ({ stdout }: Ended): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

async function aStatement(name: string, seed: number, password?: string): Promise<string> {
  const path = join(folder, name);
  const layout = password === undefined ? 'classic-csv' : 'personal-a';
  const made = await generateStatement({
    ...{ layout, rows: 20, seed },
    ...(password === undefined ? {} : { password }),
  });
  writeFileSync(path, made.bytes);
  return path;
}

describe('signing in', () => {
  const nobody = { DAFTARI_KEY: '', DAFTARI_URL: '' };

  test('a key from stdin is kept for its owner alone and signs in from then on', async () => {
    const before = await daftari(['whoami'], { env: nobody });
    expect([before.code, before.stderr]).toEqual([3, expect.stringContaining('daftari login')]);

    const signedIn = await daftari(['login', '--url', journey.stack.url], {
      ...{ input: `${key}\n`, env: nobody },
    });

    expect(signedIn.stdout).toMatch(/^test: Mama Njeri Traders \(TEST\), for Njeri Kamau, owner$/m);
    expect(signedIn.stdout + signedIn.stderr).not.toContain(key);
    const file = join(folder, 'daftari', 'config.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      current: 'test',
      profiles: { test: { url: journey.stack.url, key } },
    });
    const me = await daftari(['whoami', '--json'], { env: nobody });
    expect(json(me)).toMatchObject([{ tenant: { environment: 'test' } }]);
    const elsewhere = { ...nobody, DAFTARI_URL: 'http://127.0.0.1:9' };
    expect((await daftari(['whoami'], { env: elsewhere })).code).toBe(0);

    const gone = await daftari(['logout'], { env: nobody });
    expect(gone.code).toBe(0);
    expect((await daftari(['whoami'], { env: nobody })).code).toBe(3);
  });

  test('a wrong key is kept nowhere', async () => {
    const mistyped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const refused = await daftari(['login', '--profile', 'other'], { input: mistyped });

    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('unauthenticated')]);
    expect((await daftari(['login'], { input: 'karibu' })).stderr).toContain('that is no API key');
    const unknown = await daftari(['whoami', '--profile', 'other'], { env: nobody });
    expect(unknown.code).toBe(3);
  });
});

describe('statements', () => {
  test('one that is watched is proven, shown and in the list', async () => {
    const path = await aStatement('watched.csv', 801);

    const watched = await daftari(['statements', 'upload', path, '--watch', '--json']);

    expect(watched.code).toBe(0);
    expect(watched.stderr).toContain('watched.csv: proved');
    const [statement] = json(watched);
    expect(statement).toMatchObject({ verdict: 'proven', rowCount: 20 });
    const { id: statementId } = Object(statement);
    const shown = await daftari(['statements', 'show', String(statementId)]);
    expect(shown.stdout).toMatch(/watched\.csv: proven\n {2}20 rows, 20 new, 0 rejected; in KES /);
    const listed = await daftari(['statements', 'list', '--quiet', '--verdict', 'proven']);
    expect(listed.stdout.split('\n')).toContain(statementId);
  });

  test('a locked one ends with 2, and opens with the password from stdin', async () => {
    const path = await aStatement('locked.pdf', 802, '290441');
    const upload = ['statements', 'upload', path, '--watch', '--quiet'];

    expect((await daftari(upload)).code).toBe(2);
    const wrong = await daftari([...upload, '--password-stdin'], { input: '111111\n' });
    expect(wrong.code).toBe(2);
    const right = await daftari([...upload, '--password-stdin'], { input: '290441\n' });

    expect(right.code).toBe(0);
    expect(right.stdout).toBe(wrong.stdout);
    expect(right.stderr).toBe('');
  });

  test('what is no statement is refused in words, and the others are sent all the same', async () => {
    const picture = join(folder, 'picture.pdf');
    writeFileSync(picture, Buffer.from('89504e470d0a1a0a00', 'hex'));
    const good = await aStatement('behind.csv', 803);

    const ended = await daftari(['statements', 'upload', picture, good, '--quiet']);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/picture\.pdf: .*\(unsupported-type\)\n(.*\n)* {2}request /);
    expect(ended.stdout).toMatch(/^stm_[0-9a-f]{32}\n$/);
  });
});

describe('money', () => {
  const ask = (...more: string[]) => [
    ...['collections', 'request', '--shortcode', shortcode, '--amount', '1,500'],
    ...['--reference', 'INV-7', ...more],
  ];

  test('a push that is watched ends paid, with its receipt, and its events can be read', async () => {
    const paid = await daftari(ask('--phone', '0712000001', '--watch'));

    expect([paid.code, paid.stdout]).toEqual([
      0,
      expect.stringMatching(/^col_\w{32} {2}paid [A-Z0-9]{10} {2}KES 1,500\.00 from 2547/),
    ]);
    expect(paid.stdout).not.toContain('\u001b');
    const collectionId = paid.stdout.slice(0, 36);
    const tail = await daftari(['events', 'tail', collectionId, '--json']);
    expect(json(tail).at(-1)).toMatchObject({ type: 'finished' });
    const listed = await daftari(['collections', 'list', '--status', 'paid']);
    expect(listed.stdout).toMatch(/^id +status +KES +phone +reference +receipt\ncol_/);
  });

  test('one that the customer cancels ends with 1 and says why', async () => {
    const ended = await daftari(ask('--phone', '0712000004', '--watch'));

    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/ (cancelled|refused) .*\n {2}\w+/);
  });

  test('asked again under one key it is one collection', async () => {
    const args = ask('--phone', '0712000005', '--idempotency-key', 'wish-of-invoice-7', '--quiet');

    const [first, second] = [await daftari(args), await daftari(args)];

    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });

  test('a payout is asked for and listed; a wrong field is named', async () => {
    const pay = ['payouts', 'create', '--shortcode', shortcode, '--phone', '0712000006'];
    const made = await daftari([...pay, '--amount', '200', '--reference', 'wages-1', '--quiet']);

    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^[a-z]+_[0-9a-f]{32}\n$/)]);
    const listed = await daftari(['payouts', 'list', '--reference', 'wages-1', '--quiet']);
    expect(listed.stdout).toBe(made.stdout);
    const wrong = await daftari([...pay, '--amount', '200.50']);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/\(validation-failed\)\n {2}amountCents: /),
    ]);
    const unclear = await daftari([...pay, '--till', '12345', '--amount', '200']);
    expect(unclear).toMatchObject({ code: 3, stderr: expect.stringContaining('--till') });
  });
});

describe('transactions', () => {
  test('are listed, and taken along as a file', async () => {
    const path = await aStatement('rows.csv', 804);
    expect((await daftari(['statements', 'upload', path, '--watch'])).code).toBe(0);

    const listed = await daftari(['transactions', 'list', '--limit', '3', '--json']);
    const file = join(folder, 'rows-out.csv');
    const saved = await daftari(['transactions', 'export', '--output', file]);
    const printed = await daftari(['transactions', 'export', '--direction', 'in']);

    expect(json(listed)).toHaveLength(3);
    expect(saved).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(file, 'utf8').split('\n').length).toBeGreaterThan(20);
    expect(printed.stdout.split('\n').length).toBeLessThan(
      readFileSync(file, 'utf8').split('\n').length,
    );
  });

  test('are taken along by a person only with a fresh second factor, and it says how', async () => {
    const { accessToken } = await journey.stack.client();

    const refused = await daftari(['transactions', 'export'], {
      env: { DAFTARI_KEY: accessToken },
    });

    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('(step-up-required)');
    expect(refused.stderr).toContain('use an API key');
  });
});

describe('the program', () => {
  test.each([
    [['statements'], 'daftari statements upload'],
    [['stements'], 'there is no command "stements"'],
    [['whoami', '--loud'], '--loud'],
    [['transactions', 'export', '--format', 'doc'], 'csv, xlsx, pdf'],
    [['transactions', 'list', '--limit', 'many'], '--limit'],
    [['statements', 'upload'], 'FILE is missing'],
    [['whoami', '--url', 'http://127.0.0.1:9'], 'fetch failed: '],
  ])('%p ends with 3 and says what is wrong', async (args, words) => {
    const ended = await daftari(args);

    expect(ended).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining(words) });
  });

  test('its help names every command and every exit code', async () => {
    const { code, stdout } = await daftari(['--help']);

    expect(code).toBe(0);
    for (const number of [0, 1, 2, 3]) expect(stdout).toMatch(new RegExp(`^  ${number}  `, 'm'));
    expect(stdout).toContain('statements upload FILE…');
  });

  test('a shell completes commands, options and values', async () => {
    const script = join(folder, 'completion.bash');
    writeFileSync(script, (await daftari(['completion', 'bash'])).stdout);
    const completed = (...words: string[]) =>
      execFileSync('bash', [
        '-c',
        'source "$0"; COMP_WORDS=(daftari "$@"); COMP_CWORD=$#; _daftari; echo "${COMPREPLY[@]}"',
        ...[script, ...words],
      ])
        .toString()
        .trim();

    expect(completed('st')).toBe('statements');
    expect(completed('statements', '')).toBe('upload list show');
    expect(completed('statements', 'upload', '--pa')).toBe('--password-stdin');
    expect(completed('transactions', 'export', '--format', 'x')).toBe('xlsx');
    const others = await Promise.all(
      ['zsh', 'fish'].map(async (shell) => (await daftari(['completion', shell])).stdout),
    );
    for (const text of others) expect(text).toContain('password-stdin');
    expect((await daftari(['completion', 'cmd'])).code).toBe(3);
  });
});
