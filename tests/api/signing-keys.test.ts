import { keySet, session } from '../../api/auth/schema.ts';
import { hashPassword } from '../../api/auth/passwords.ts';
import { signingKeys } from '../../api/auth/keys.ts';
import { makeSigningKey } from '../../activities/signing-keys.ts';
import { listSigningKeys, rotateSigningKeys } from '../../db/signing-keys.ts';
import { rotationPolicy, type Urgency } from '../../domain/auth/key-rotation.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { houseCommand } from '../support/house-command.ts';
import { aTenant } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
let nowMs = Date.now();
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());
/** Every test finds a house with one key that signs and one that comes next; time goes on. */
beforeEach(async () => {
  nowMs += 24 * 3_600_000;
  await stage.database.asOwner('delete from platform.signing_keys');
  await rotate('due');
  await heard();
});

const password = 'a long enough password';

function rotate(urgency: Urgency, more: { makeKey?: typeof makeSigningKey } = {}) {
  return rotateSigningKeys(stage.database.db, {
    first: stage.dependencies.config.jwt.privateKey.reveal(),
    makeKey: makeSigningKey,
    nowMs,
    urgency,
    ...more,
  });
}

/** The next key takes over, as the operator's command does it. */
async function takeOver(): Promise<void> {
  nowMs += rotationPolicy.hurriedMs;
  await rotate('now');
}

const states = () =>
  stage.database.asOwner(
    `select state, private_sealed is not null as signs from platform.signing_keys
     order by array_position(array['retired', 'retiring', 'active', 'next'], state)`,
  );

const kidOf = (token: string) =>
  String(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid);

const me = async (token: string) => (await stage.fetch('/v1/me', { token })).status;

async function published(): Promise<string[]> {
  const answer = await stage.fetch('/.well-known/jwks.json');
  return keySet.parse(answer.body).keys.map(({ kid }) => kid);
}

/** The process has heard of what the table holds, by itself. */
async function heard(): Promise<void> {
  const stored = await listSigningKeys(stage.database.db);
  const active = stored.find(({ state }) => state === 'active')?.kid;
  const wanted = stored.map(({ kid }) => kid).toSorted();
  await until(
    async () =>
      stage.dependencies.authority.keys.active.kid === active &&
      (await published()).toSorted().join() === wanted.join(),
    { withinMs: 20_000 },
  );
}

describe('rotation while the API runs', () => {
  test('tokens of the old key stay good, new ones carry the new key, and both are published', async () => {
    const person = await aTenant(stage.database.db, {
      passwordHash: await hashPassword(password),
    });
    const signIn = async () => {
      const answer = await stage.fetch('/v1/sessions', { json: { email: person.email, password } });
      return session.parse(answer.body).accessToken;
    };
    const before = await signIn();

    await takeOver();
    await heard();

    const after = await signIn();
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect([await me(before), await me(after)]).toEqual([200, 200]);
    expect(await published()).toEqual(expect.arrayContaining([kidOf(before), kidOf(after)]));
  });

  test('the private half of a key is gone once it signs no more', async () => {
    await takeOver();

    expect(await states()).toEqual([
      { state: 'retiring', signs: false },
      { state: 'active', signs: true },
      { state: 'next', signs: true },
    ]);
  });

  test('what is stored of a private key is sealed', async () => {
    await takeOver();

    const rows = await stage.database.asOwner('select * from platform.signing_keys');
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });

  test('a retired key is refused and no longer published', async () => {
    const token = await stage.token(await stage.tenant());
    await takeOver();
    nowMs += rotationPolicy.retiringMs;
    await rotate('due');
    await heard();

    expect(await me(token)).toBe(401);
    expect(await published()).not.toContain(kidOf(token));
  });

  test('a compromised key is refused at once, also for tokens that were just verified', async () => {
    const token = await stage.token(await stage.tenant());
    expect(await me(token)).toBe(200);

    await rotate('compromised');
    await heard();

    expect(await me(token)).toBe(401);
    expect(await me(await stage.token(await stage.tenant()))).toBe(200);
  });

  test('a process that starts later signs with the key of today', async () => {
    await takeOver();
    const configured = stage.dependencies.config.jwt.privateKey.reveal();
    const late = signingKeys(configured, {
      read: () => listSigningKeys(stage.database.db),
      onChange: () => {},
      now: () => nowMs,
    });
    await late.refresh();
    await heard();

    expect(late.active.kid).toBe(stage.dependencies.authority.keys.active.kid);
  });
});

describe('npm run keys:rotate', () => {
  test('lets the next key sign, and refuses the old one when it is compromised', async () => {
    await stage.database.asOwner('delete from platform.signing_keys');
    nowMs = Date.now() - 24 * 3_600_000;
    await rotate('due');
    const [before] = await listSigningKeys(stage.database.db);

    const { code, stdout } = await houseCommand(
      stage.database,
      ...['scripts/rotate-keys.ts', '--compromised'],
    );

    const after = await listSigningKeys(stage.database.db);
    expect(stdout).toContain(`${before?.kid} is retired`);
    expect(stdout).toMatch(/ is active\n/);
    expect(code).toBe(0);
    expect(after.map(({ kid }) => kid)).not.toContain(before?.kid);
    expect(after.filter(({ state }) => state === 'active')).toHaveLength(1);
  });
});

describe('rotation by several at once', () => {
  test('ends with one key that signs and one that comes next', async () => {
    nowMs += rotationPolicy.hurriedMs;

    const runs = await Promise.all(Array.from({ length: 6 }, () => rotate('now')));

    expect(runs.filter(({ moves }) => moves.some(({ to }) => to === 'active'))).toHaveLength(1);
    expect((await states()).map(({ state }) => state)).toEqual(['retiring', 'active', 'next']);
  });

  test('that is killed in the middle leaves everything as it was', async () => {
    nowMs += rotationPolicy.hurriedMs;
    const before = await states();

    const killed = rotate('now', {
      makeKey: async () => {
        await stage.database.asOwner(
          `select pg_terminate_backend(pid) from pg_locks
           where locktype = 'advisory' and database = (
             select oid from pg_database where datname = current_database())`,
        );
        return makeSigningKey();
      },
    });

    await expect(killed).rejects.toThrow();
    expect(await states()).toEqual(before);
    await rotate('now');
    expect((await states()).map(({ state }) => state)).toEqual(['retiring', 'active', 'next']);
  });
});

describe('an unknown key id', () => {
  test('is looked for at most once in 30 seconds, however many ask', async () => {
    let reads = 0;
    let at = 0;
    const keys = signingKeys(stage.dependencies.config.jwt.privateKey.reveal(), {
      read: async () => {
        reads += 1;
        return [];
      },
      onChange: () => {},
      now: () => at,
    });

    await Promise.all(['a', 'b', 'c'].map((kid) => keys.learn(kid)));
    at = 29_999;
    await keys.learn('d');
    expect(reads).toBe(1);

    at = 30_000;
    await keys.learn('e');
    expect(reads).toBe(2);
  });

  test('leaves what is known in place while the database is away', async () => {
    const keys = signingKeys(stage.dependencies.config.jwt.privateKey.reveal(), {
      read: () => Promise.reject(new Error('away')),
      onChange: () => {},
      now: () => 0,
    });
    const { kid } = keys.active;

    await keys.learn('unknown');

    expect(keys.find(kid)).toBeDefined();
  });
});
