/** What the guide and the examples say comes out is what comes out. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hashPassword } from '../../api/auth/passwords.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { allRoutes } from '../../api/routes.ts';
import { toPublicId } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { aShortcode } from '../support/collections.ts';
import { differences, examplesOf, runExample } from '../support/guide-examples.ts';
import { aTenant } from '../support/tenants.ts';

const password = 'a long enough password';
const pages = readdirSync('docs/guide').filter((file) => file.endsWith('.md'));
let stage: ApiStage;
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  const prompted = { kind: 'prompted', customerMessage: 'Success' };
  stage = await openApiStage({
    folders: { swaggerUi: 'node_modules/swagger-ui-dist', guide: 'docs/guide' },
    temporal: { startAndAsk: async () => ({ kind: 'answered', verdict: prompted }) as never },
  });
  folder = mkdtempSync(join(tmpdir(), 'daftari-examples-'));
  const programs = installCommandLine();
  const somebody = await aTenant(stage.database.db, {
    passwordHash: await hashPassword(password),
  });
  const token = await stage.token(somebody);
  const shortcodeId = await stage.database.db.withTenant(somebody.tenantId, (t) => aShortcode(t));
  const scopes = ['collections:read', 'collections:write', 'transactions:export'];
  const made = await stage.fetch('/v1/api-keys', {
    ...{
      token,
      json: { name: 'Examples', scopes: [...scopes, 'statements:write', 'statements:read'] },
    },
  });
  const { key } = createdApiKey.parse(made.body);
  const customers: string[] = [];
  for (const [reference, name] of Object.entries({
    'A-1': 'Amina',
    'B-2': 'Brian',
    'N-3': 'Njeri',
  })) {
    const json = { reference, name };
    const recorded = await stage.fetch('/v1/customers', { token: key, json });
    expect(recorded.status).toBe(201);
    customers.push((recorded.body as { id: string }).id);
  }
  environment = {
    ...{ DAFTARI_URL: stage.baseUrl, DAFTARI_KEY: key, DAFTARI_WAIT: '0' },
    ...{ DAFTARI_EMAIL: somebody.email, DAFTARI_PASSWORD: password },
    DAFTARI_SHORTCODE: toPublicId('shortcode', shortcodeId),
    CUSTOMER: customers[0] ?? '',
    ...{ PATH: `${programs}:${process.env['PATH'] ?? ''}`, XDG_CONFIG_HOME: folder },
  };
}, 180_000);

/** `daftari` as somebody has it who installed the package; answers the folder it lies in. */
function installCommandLine(): string {
  execFileSync(process.execPath, ['scripts/sdk.mjs']);
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const main = join(process.cwd(), '.daftari/sdk/dist/cli/main.js');
  const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
  writeFileSync(join(programs, 'daftari'), script, { mode: 0o755 });
  return programs;
}

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stage.close();
});

/** What examples in `sh` call; where it is not installed, those in TypeScript are still run. */
function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const hasShellTools = isInstalled('curl') && isInstalled('openssl');

describe.each(pages)('docs/guide/%s', (page) => {
  const markdown = readFileSync(join('docs/guide', page), 'utf8');
  const examples = examplesOf(markdown);
  const runnable = examples.filter(({ language }) => language === 'ts' || hasShellTools);

  test('says how, what goes wrong, and is served as it stands', async () => {
    const served = await stage.fetch(`/docs/guide/${page}`);

    expect(examples.length).toBeGreaterThan(2);
    expect(markdown).toMatch(/^## What (?:goes wrong|to do about them)$/m);
    expect(served.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(served.text).toBe(markdown);
  });

  test.each(runnable.map((example, index) => [index + 1, example.name, example] as const))(
    'example %d does what it says: %s',
    async (_number, _name, example) => {
      const output = await runExample(example, environment, folder);

      expect(differences(example.expected, output)).toEqual([]);
    },
  );
});

describe('an expected output', () => {
  const expected = {
    language: 'http',
    text: 'HTTP/1.1 200 OK\nX-A: 1\n\n{ "id": "cus_…", "data": [{ "n": 2 }] }',
  } as const;

  test.each([
    [
      'fits what says more',
      'HTTP/1.1 200 OK\r\nx-a: 1\r\nB: 2\r\n\r\n{"id":"cus_7","data":[{"n":1},{"n":2}],"x":1}',
      0,
    ],
    [
      'does not fit another status',
      'HTTP/1.1 201 Created\r\nx-a: 1\r\n\r\n{"id":"cus_7","data":[{"n":2}]}',
      1,
    ],
    [
      'does not fit a header that is not there',
      'HTTP/1.1 200 OK\r\n\r\n{"id":"cus_7","data":[{"n":2}]}',
      1,
    ],
    [
      'does not fit another text',
      'HTTP/1.1 200 OK\r\nx-a: 1\r\n\r\n{"id":"col_7","data":[{"n":2}]}',
      1,
    ],
    [
      'does not fit a list without its row',
      'HTTP/1.1 200 OK\r\nx-a: 1\r\n\r\n{"id":"cus_7","data":[]}',
      1,
    ],
  ])('%s', (_what, output, count) => {
    expect(differences(expected, output)).toHaveLength(count);
  });
});

describe('docs/examples', () => {
  const customers = 'reference,name,phone\nC-1,Halima,0722000111\nC-2,Otieno,\n';
  const statement =
    'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n';
  const programs: Record<string, { given?: [name: string, text: string]; says: RegExp }> = {
    'collect.ts': { says: /^requested/ },
    'new-customers.sh': {
      given: ['customers.csv', customers],
      says: /"ready":2[^]*"recorded":2/,
    },
    'send-statement.sh': { given: ['statement.csv', statement], says: /"id":"op\w*_[^]*"status"/ },
    'everything-as-csv.sh': { says: /collections\.csv\n.*customers\.csv/ },
  };
  const runnable = Object.keys(programs).filter((file) => file.endsWith('.ts') || hasShellTools);

  test('every program is run here', () => {
    const files = readdirSync('docs/examples').filter((file) => /\.(sh|ts)$/.test(file));

    expect(files.toSorted()).toEqual(Object.keys(programs).toSorted());
  });

  test.each(runnable)('%s does what it is for', async (file) => {
    const { given, says } = programs[file] ?? {};
    if (given !== undefined) writeFileSync(join(folder, given[0]), given[1]);
    const code = readFileSync(join('docs/examples', file), 'utf8');
    const language = file.endsWith('.ts') ? 'ts' : 'sh';

    const output = await runExample({ language, code }, environment, folder);

    expect(output).toMatch(says ?? /./);
  });

  const requests = readdirSync('docs/examples/bruno')
    .filter((file) => file.endsWith('.bru') && file !== 'collection.bru')
    .map((file) => readFileSync(join('docs/examples/bruno', file), 'utf8'));

  test.each(requests.map((text) => [/name: (.*)/.exec(text)?.[1] ?? basename(text), text]))(
    'the request of the collection is answered: %s',
    async (_name, text) => {
      const filled = text
        .replaceAll('{{$guid}}', crypto.randomUUID())
        .replaceAll('{{customer}}', environment['CUSTOMER'] ?? '')
        .replaceAll('{{shortcode}}', environment['DAFTARI_SHORTCODE'] ?? '');
      const [, method = '', path = ''] =
        /^(get|post) \{\n {2}url: \{\{url\}\}(\S+)$/m.exec(filled) ?? [];
      const headers = [...sectionOf(filled, 'headers').matchAll(/^ {2}([\w-]+): (.*)$/gm)];
      const body = sectionOf(filled, 'body:json');

      const answer = await stage.fetch(path, {
        ...{ method: method.toUpperCase(), token: environment['DAFTARI_KEY'] ?? '' },
        headers: Object.fromEntries(headers.map(([, name = '', value = '']) => [name, value])),
        ...(body === '' ? {} : { json: JSON.parse(body) as unknown }),
      });

      expect(allRoutes().map((route) => route.path)).toContain(path.split('?')[0]);
      expect([200, 201]).toContain(answer.status);
    },
  );

  function sectionOf(text: string, name: string): string {
    return new RegExp(`^${name} \\{\\n([^]*?)^\\}$`, 'm').exec(text)?.[1] ?? '';
  }
});
