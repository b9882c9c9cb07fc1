/** What a look at a breach does, and that dying anywhere in it tells nobody twice and nobody never. */
import { renderMail } from '../../activities/mail-templates.ts';
import { createBreachActivities } from '../../activities/breaches.ts';
import { keepBreaches } from '../../activities/breach-upkeep.ts';
import { failpointNames, noFailpoint, type Failpoint } from '../../activities/failpoint.ts';
import { withEntries } from '../../db/breach-entries.ts';
import { askToTell, noteAuthority } from '../../db/breach-telling.ts';
import { closeBreach, findBreach, takeBreach, touchBusinesses } from '../../db/breaches.ts';
import { claimMails, type Mail } from '../../db/mails.ts';
import type { OperatorHandle } from '../../db/database.ts';
import type { BreachId, TenantId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aBreach, hourMs } from '../support/breaches.ts';
import { silentTelemetry } from '../support/bus.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { strikeAt } from '../support/failpoints.ts';
import { aTenant, makeOperator, type Somebody } from '../support/tenants.ts';
import { settleIn, tiers } from '../support/tiers.ts';

let database: TestDatabase;
let house: Somebody;
let owner: Somebody;
const telemetry = silentTelemetry();

beforeAll(async () => {
  database = await createTestDatabase();
  house = await aTenant(database.db);
  await makeOperator(database, house);
});
beforeEach(async () => {
  await mails();
  owner = await aTenant(database.db);
});
afterAll(async () => {
  await database.drop();
  await telemetry.stop();
});

const bells: string[] = [];
const redis = { publish: async (channel: string) => bells.push(channel) };

function look(breachId: BreachId, nowMs = Date.now(), failpoint: Failpoint = noFailpoint) {
  const config = { publicUrl: 'https://daftari.test' };
  const steps = createBreachActivities({ db: database.db, redis, failpoint, config });
  return steps.lookAtBreach({ breachId, nowMs });
}

const change = (breachId: BreachId, work: (o: OperatorHandle) => Promise<unknown>) =>
  database.db.asOperator('change a breach in a test', async (o) => {
    expect(await takeBreach(o, breachId)).toBe(true);
    await work(o);
  });
const deed = () => ({ actor: 'user:house', at: instantFromEpochMs(Date.now()) });
const wish = (breachId: BreachId) => change(breachId, (o) => askToTell(o, breachId, deed()));

/** The mails that wait, which are gone then. */
const mails = (): Promise<Mail[]> =>
  database.db.asOperator('read mails in a test', (o) =>
    claimMails(o, database.db, { limit: 100, leaseSeconds: 600 }),
  );
const templates = async () => (await mails()).map(({ template }) => template).toSorted();

const noticesOf = ({ tenantId }: { tenantId: TenantId }) =>
  database.db.withTenant(tenantId, async (t) => {
    const rows = await t.query
      .selectFrom('notices')
      .select(['kind', 'count'])
      .orderBy('at')
      .execute();
    return rows.map(({ kind, count }) => `${kind} ${count}`);
  });
const tellingsIn = ({ tenantId }: { tenantId: TenantId }) =>
  database.db.withTenant(tenantId, async (t) =>
    t.query
      .selectFrom('audit_log')
      .select(['actor', 'object_id'])
      .where('action', '=', 'breach.tell')
      .execute(),
  );
const businessesOf = async (breachId: BreachId) =>
  (await database.db.asOperator('read a breach in a test', (o) => findBreach(o, breachId)))
    ?.businesses ?? [];

describe.each(tiers)('a business of the tier %s', (tier) => {
  test('is told once it is wished, by bell, mail and audit log, and is reminded then', async () => {
    await settleIn(database, owner.tenantId, tier);
    const breachId = await aBreach(database.db, [owner.tenantId], { hoursAgo: 1 });
    const first = await look(breachId);
    expect(first).toMatchObject({ isClosed: false, overCount: 0 });
    expect(await noticesOf(owner)).toEqual([]);
    expect(await templates()).toEqual([]);

    await wish(breachId);
    await look(breachId);

    expect(await noticesOf(owner)).toEqual(['breach-told 1']);
    expect(bells.at(-1)).toContain(owner.tenantId);
    expect(await tellingsIn(owner)).toEqual([{ actor: 'user:house', object_id: breachId }]);
    const [told] = await businessesOf(breachId);
    expect(told?.toldAt).not.toBeNull();
    const [mail] = await mails();
    expect(mail).toMatchObject({ template: 'breach-told', to: owner.email });

    const later = await look(breachId, Date.now() + 60 * hourMs);
    expect(later.nextAt).toBe(instantFromEpochMs(Date.parse(told?.noticedAt ?? '') + 72 * hourMs));
    expect(await noticesOf(owner)).toEqual(['breach-told 1', 'breach-near 1']);
    expect(await templates()).toEqual(['breach-house', 'breach-reminder']);
  });
});

describe('reminders', () => {
  test('of a business that nobody told go to the house alone, at each end once', async () => {
    const breachId = await aBreach(database.db, [owner.tenantId]);
    const at = async (hours: number) => {
      const seen = await look(breachId, Date.now() + hours * hourMs);
      await look(breachId, Date.now() + hours * hourMs);
      return { over: seen.overCount, mails: await templates() };
    };

    expect(await at(30)).toEqual({ over: 0, mails: [] });
    expect(await at(37)).toEqual({ over: 0, mails: ['breach-house'] });
    expect(await at(49)).toEqual({ over: 1, mails: ['breach-house'] });
    expect(await at(61)).toEqual({ over: 1, mails: ['breach-house'] });
    expect(await at(73)).toEqual({ over: 2, mails: ['breach-house'] });
    expect(await at(500)).toEqual({ over: 2, mails: [] });
    expect(await noticesOf(owner)).toEqual([]);
    const [one] = await businessesOf(breachId);
    expect(one?.reminded.toSorted()).toEqual([
      ...['authority-near', 'authority-over', 'business-near', 'business-over'],
    ]);
  });

  test('name in one mail how many businesses they are about', async () => {
    const others = await Promise.all([aTenant(database.db), aTenant(database.db)]);
    const all = [owner, ...others].map(({ tenantId }) => tenantId);
    const breachId = await aBreach(database.db, all, { hoursAgo: 40 });

    await look(breachId);

    const sent = await mails();
    expect(sent.map(({ to, values }) => [to, values['count']])).toEqual([[house.email, '3']]);
  });

  test('end when the authority was told, and when the matter is closed', async () => {
    const breachId = await aBreach(database.db, [owner.tenantId], { isTold: true });
    await change(breachId, (o) =>
      noteAuthority(
        o,
        { breachId, tenantId: owner.tenantId },
        { ...deed(), toldAt: deed().at, reference: 'ODPC/1' },
      ),
    );
    expect(await look(breachId, Date.now() + 100 * hourMs)).toEqual({
      ...{ isClosed: false, nextAt: null, overCount: 0 },
    });

    const other = await aBreach(database.db, [owner.tenantId]);
    await change(other, (o) => closeBreach(o, other, { ...deed(), reason: 'nothing left' }));
    expect(await look(other, Date.now() + 100 * hourMs)).toEqual({
      ...{ isClosed: true, nextAt: null, overCount: 0 },
    });
    expect(await templates()).toEqual([]);
  });

  test('of a business that is named later count from when that was known', async () => {
    const breachId = await aBreach(database.db, [owner.tenantId], { hoursAgo: 47, isTold: true });
    const second = await aTenant(database.db);
    await change(breachId, (o) =>
      touchBusinesses(
        o,
        {
          ...{ breachId, noticedAt: deed().at },
          touched: [{ tenantId: second.tenantId, personCount: null }],
        },
        deed(),
      ),
    );

    const seen = await look(breachId);

    expect(seen.overCount).toBe(0);
    expect(Date.parse(seen.nextAt ?? '') - Date.now()).toBeLessThan(14 * hourMs);
  });
});

const places = failpointNames.filter((name) => name.startsWith('breach.'));

describe('whoever dies', () => {
  test.each(places)(
    'at %s has told and reminded everybody once when it is done again',
    async (name) => {
      const second = await aTenant(database.db);
      const all = [owner.tenantId, second.tenantId];
      const breachId = await aBreach(database.db, all, { hoursAgo: 61 });
      await wish(breachId);

      await expect(look(breachId, Date.now(), strikeAt(name))).rejects.toThrow();
      await look(breachId);
      await look(breachId);

      for (const one of [owner, second]) {
        expect(await noticesOf(one)).toEqual(['breach-told 1', 'breach-near 1']);
        expect(await tellingsIn(one)).toHaveLength(1);
      }
      expect(await templates()).toEqual([
        ...['breach-house', 'breach-reminder', 'breach-reminder', 'breach-told', 'breach-told'],
      ]);
      const noted = await database.db.asOperator('read entries in a test', (o) =>
        withEntries(o, [{ id: breachId }]),
      );
      const kinds = noted.flatMap(({ entries }) => entries.map(({ kind }) => kind)).toSorted();
      expect(kinds).toEqual(['recorded', 'reminder', 'reminder', 'tell', 'told', 'told']);
    },
  );

  test('a business that cannot be told keeps nobody else from it, and is told when it can be', async () => {
    const second = await aTenant(database.db);
    const all = [owner.tenantId, second.tenantId];
    const breachId = await aBreach(database.db, all, { hoursAgo: 1 });
    await wish(breachId);
    const goTo = (state: string) =>
      database.asOwner(
        `insert into platform.tenant_places (tenant_id, place, state) values ($1, 'shared', $2)
         on conflict (tenant_id, place) do update set state = excluded.state`,
        [owner.tenantId, state],
      );
    await goTo('frozen');
    await expect(look(breachId)).rejects.toThrow();
    expect(await noticesOf(second)).toEqual(['breach-told 1']);

    await database.asOwner('delete from platform.tenant_places where tenant_id = $1', [
      owner.tenantId,
    ]);
    await look(breachId);
    expect(await noticesOf(owner)).toEqual(['breach-told 1']);
    expect(await noticesOf(second)).toEqual(['breach-told 1']);
  });
});

describe('the upkeep', () => {
  const kept = async (nowMs = Date.now()) => {
    const asked: string[] = [];
    const gateway = {
      lookAtBreach: async (breachId: BreachId) => (asked.push(breachId), 'delivered' as const),
    };
    const counts = await keepBreaches({ db: database.db, gateway, telemetry }, nowMs);
    return { asked, counts };
  };

  test('has a breach looked at that nobody looked at since it changed, or whose look is overdue', async () => {
    const breachId = await aBreach(database.db, [owner.tenantId]);
    expect((await kept()).asked).toContain(breachId);
    await look(breachId);
    expect((await kept()).asked).not.toContain(breachId);

    await wish(breachId);
    expect((await kept()).asked).toContain(breachId);
    await look(breachId);
    expect((await kept()).asked).not.toContain(breachId);

    // Whatever was to look at its end did not.
    expect((await kept(Date.now() + 61 * hourMs)).asked).toContain(breachId);
  });

  test('counts open clocks by how they stand', async () => {
    const before = (await kept()).counts['clocks over'] ?? 0;
    await aBreach(database.db, [owner.tenantId], { hoursAgo: 50 });

    expect((await kept()).counts['clocks over']).toBe(before + 1);
    const shown = await telemetry.registry.metrics();
    expect(shown).toMatch(/daftari_breaches_open [1-9]/);
    expect(shown).toMatch(/daftari_breach_clocks\{clock="business",standing="over"\} [1-9]/);
  });
});

describe.each(['en', 'sw'])('mails in %s', (locale) => {
  test.each(['business-near', 'business-over', 'authority-near', 'authority-over'])(
    'about %s say what to do by when',
    (kind) => {
      const values = {
        ...{ name: 'Njeri', business: 'Duka', kind, what: 'A laptop was stolen', count: '3' },
        ...{ by: '28 Nov 2026, 07:10', known: '25 Nov 2026, 07:10', link: 'http://api.test/x' },
      };
      const texts = ['breach-told', 'breach-reminder', 'breach-house'].map((template) =>
        renderMail({ template, locale, values }),
      );
      for (const { subject, text } of texts) {
        expect(subject).not.toBe('');
        expect(text).toContain(values.by);
        expect(text).toContain(values.link);
      }
    },
  );
});

test('what is on record cannot be changed or taken out, not even by the owner of the tables', async () => {
  const breachId = await aBreach(database.db, [owner.tenantId], { isTold: true });
  for (const text of [
    `update platform.breaches set summary = 'nothing' where id = $1`,
    `update platform.breaches set noticed_at = now() where id = $1`,
    `update platform.breach_businesses set told_at = now() + interval '1 hour' where breach_id = $1`,
    `update platform.breach_businesses set tell_asked_by = 'me' where breach_id = $1`,
    `update platform.breach_entries set actor = 'me' where breach_id = $1`,
    `delete from platform.breach_entries where breach_id = $1`,
    `delete from platform.breach_businesses where breach_id = $1`,
  ]) {
    await expect(database.asOwner(text, [breachId])).rejects.toThrow(/changed|append-only/);
  }
});
