import { randomUUID } from 'node:crypto';
import { account, accountList } from '../../api/accounts/schema.ts';
import { overview, patterns } from '../../api/analytics/schema.ts';
import { transactionSummary } from '../../api/transactions/schema.ts';
import { patchCollection } from '../../db/collections.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { patchStatement } from '../../db/statements.ts';
import { id, toPublicId, type AccountId } from '../../domain/ids.ts';
import {
  businessDate,
  businessDateOf,
  daysBetween,
  instantFromEpochMs,
} from '../../domain/time.ts';
import { aStatement, postStatement, type Row } from '../db/fixture.ts';
import { aPromptedCollection, aShortcode } from '../support/collections.ts';
import { aPayout } from '../support/payouts.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
let accountId: AccountId;

const today = businessDateOf(instantFromEpochMs(Date.now()));
const day = 24 * 60;
const rows: Row[] = [
  { receipt: 'TA10000001', direction: 'in', amountCents: 200_00, minute: 0 },
  { receipt: 'TA10000002', direction: 'in', amountCents: 100_00, minute: 10 * day },
  { receipt: 'TA10000003', direction: 'out', amountCents: 30_00, minute: 11 * day },
  {
    receipt: 'TA10000003',
    direction: 'out',
    amountCents: 1_50,
    minute: 11 * day,
    nature: 'charge',
  },
  {
    receipt: 'TA10000004',
    direction: 'out',
    amountCents: 50_00,
    minute: 12 * day,
    nature: 'own-money',
    balanceCents: 218_50,
  },
];

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  const { db } = stage.database;
  const posted = await postStatement(db, somebody, { rows });
  ({ accountId } = posted);
  const days = ['2026-01-01', '2026-01-11', '2026-01-12', '2026-01-13'].map(businessDate);
  await db.withTenant(somebody.tenantId, async (t) => {
    await recomputeRollups(t, accountId, days);
    const waiting = await aStatement(t, somebody.userId);
    await patchStatement(t, waiting, { status: 'waiting-password', problem: 'password-needed' });
  });
});
afterAll(() => stage.close());

const read = async (query: string) =>
  overview.parse((await stage.fetch(`/v1/overview?${query}`, { token })).body);

describe('GET /v1/overview', () => {
  test('figures count ordinary money; charges and own money are shown apart', async () => {
    const shown = await read('from=2026-01-11&to=2026-01-20');

    expect(shown.figures.in.amountCents).toBe(100_00);
    expect(shown.figures.out.amountCents).toBe(30_00);
    expect(shown.figures.net.amountCents).toBe(70_00);
    expect(shown.figures.fees.amountCents).toBe(1_50);
    expect(shown.figures.balance.amountCents).toBe(218_50);
    expect(shown.excluded).toEqual({ inCents: 0, outCents: 50_00 });
    expect(shown.previous).toBeNull();
  });

  test('the period before has equal length, and the change is to the cent', async () => {
    const shown = await read('from=2026-01-11&to=2026-01-20&compare=previous');

    expect(shown.previous).toEqual({ from: '2026-01-01', to: '2026-01-10' });
    expect(shown.figures.in).toEqual({
      amountCents: 100_00,
      previousCents: 200_00,
      deltaCents: -100_00,
    });
  });

  test('the days and the channels add up to the figures', async () => {
    const { figures, series, byChannel, byCategory } = await read('from=2026-01-01&to=2026-01-31');

    expect(series).toHaveLength(31);
    const total = (amounts: number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
    expect(total(series.map(({ inCents }) => inCents))).toBe(figures.in.amountCents);
    expect(total(series.map(({ netCents }) => netCents))).toBe(figures.net.amountCents);
    for (const parts of [byChannel, byCategory]) {
      const out = parts.filter(({ direction }) => direction === 'out');
      expect(total(out.map(({ amountCents }) => amountCents))).toBe(figures.out.amountCents);
    }
  });

  test('a figure and the rows behind it agree', async () => {
    const { figures } = await read('from=2026-01-01&to=2026-01-31');
    const query = 'from=2026-01-01&to=2026-01-31&nature=ordinary';

    const answer = await stage.fetch(`/v1/transactions/summary?${query}`, { token });

    const { inCents, outCents } = transactionSummary.parse(answer.body);
    expect([inCents, outCents]).toEqual([figures.in.amountCents, figures.out.amountCents]);
  });

  test('what waits for a person is named in words', async () => {
    const { needsAttention } = await read('');

    expect(needsAttention).toEqual([
      expect.objectContaining({
        kind: 'statement-waiting-password',
        title: 'A statement waits for its password',
        detail: expect.stringContaining('january.pdf'),
        subject: 'january.pdf',
        problem: 'password-needed',
        period: null,
      }),
      expect.objectContaining({
        kind: 'account-stale',
        subjectId: toPublicId('account', accountId),
        subject: expect.stringContaining('2547******78'),
        detail: expect.stringContaining('since 2026-01-14'),
        period: { from: '2026-01-14', to: today },
        count: daysBetween(businessDate('2026-01-13'), today),
      }),
    ]);
  });

  test('money that waits for a person is counted, of the kinds the role may read', async () => {
    await stage.database.db.withTenant(somebody.tenantId, async (t) => {
      const shortcodeId = await aShortcode(t);
      const [first, second] = [await aPayout(t, shortcodeId), await aPayout(t, shortcodeId)];
      await aPayout(t, shortcodeId);
      await t.query
        .updateTable('disbursements')
        .set({ needs_attention: true })
        .where('id', 'in', [first, second])
        .execute();
      const { collectionId } = await aPromptedCollection(t, { shortcodeId });
      await aPromptedCollection(t, { shortcodeId });
      await patchCollection(t, collectionId, { status: 'unknown' });
    });

    const { moneyAttention } = await read('');

    expect(moneyAttention).toEqual([
      { kind: 'payout-to-check', count: 2, amountCents: 200_000 },
      { kind: 'collection-unknown', count: 1, amountCents: 150_000 },
    ]);
  });

  test('without a period the last 30 days are shown', async () => {
    const { series } = await read('');

    expect(series).toHaveLength(30);
  });

  test('another tenant sees nothing of it', async () => {
    const stranger = await stage.token(await stage.tenant());

    const answer = await stage.fetch('/v1/overview?from=2026-01-01&to=2026-01-31', {
      token: stranger,
    });

    const shown = overview.parse(answer.body);
    expect(shown.figures.in.amountCents).toBe(0);
    expect(shown.needsAttention).toEqual([]);
  });

  test('a period that ends before it begins is refused', async () => {
    const answer = await stage.fetch('/v1/overview?from=2026-02-01&to=2026-01-01', { token });

    expect(problemIn(answer).errors[0]?.pointer).toBe('/to');
  });
});

describe('GET /v1/overview/patterns', () => {
  const ask = (query: string, by = token) =>
    stage.fetch(`/v1/overview/patterns?${query}`, { token: by });
  const month = 'from=2026-01-01&to=2026-01-31';

  test('ordinary money is told by its hours of the week, in Nairobi', async () => {
    const { hours } = patterns.parse((await ask(month)).body);

    expect(hours).toEqual([
      { weekday: 1, hour: 3, direction: 'out', count: 1, amountCents: 30_00 },
      { weekday: 4, hour: 3, direction: 'in', count: 1, amountCents: 200_00 },
      { weekday: 7, hour: 3, direction: 'in', count: 1, amountCents: 100_00 },
    ]);
  });

  test('partners are named as their rows name them, and add up to the figures', async () => {
    const { partners } = patterns.parse((await ask(month)).body);
    const { figures } = await read(month);

    const wanjiku = expect.objectContaining({ name: 'WANJIKU KAMAU', msisdn: '0712***678' });
    expect(partners).toEqual([
      { direction: 'in', count: 2, amountCents: figures.in.amountCents, counterparty: wanjiku },
      { direction: 'out', count: 1, amountCents: figures.out.amountCents, counterparty: wanjiku },
    ]);
  });

  test('an account that is not theirs, another business and a quiet time have none', async () => {
    const nobody = toPublicId('account', id('account', randomUUID()));
    const stranger = await stage.token(await stage.tenant());
    const answers = await Promise.all([
      ask(`${month}&accountId=${nobody}`),
      ask(month, stranger),
      ask('from=2025-01-01&to=2025-01-31'),
    ]);

    for (const { body } of answers) {
      expect(patterns.parse(body)).toMatchObject({ hours: [], partners: [] });
    }
  });

  test('more than 92 days are refused', async () => {
    expect((await ask('from=2026-01-01&to=2026-04-02')).status).toBe(200);
    const answer = await ask('from=2026-01-01&to=2026-04-03');

    expect(problemIn(answer).errors[0]).toMatchObject({ pointer: '/from' });
  });
});

describe('GET /v1/accounts', () => {
  test('each account tells how many statements it has and which days they cover', async () => {
    const answer = await stage.fetch('/v1/accounts', { token });

    const { data } = accountList.parse(answer.body);
    expect(data).toEqual([
      expect.objectContaining({
        id: toPublicId('account', accountId),
        numberMasked: '2547******78',
        statementCount: 1,
        coverage: [{ from: '2026-01-01', to: '2026-01-13' }],
        gaps: [],
        ageDays: daysBetween(businessDate('2026-01-13'), today),
      }),
    ]);
    expect(answer.text).not.toContain('Wanjiku');
  });

  test('one that is no longer used leaves the overview, audited once, until it is used', async () => {
    const path = `/v1/accounts/${toPublicId('account', accountId)}`;
    const stale = async () => {
      const { needsAttention } = overview.parse(
        (await stage.fetch('/v1/overview', { token })).body,
      );
      return needsAttention.filter(({ kind }) => kind === 'account-stale').length;
    };
    expect(await stale()).toBe(1);

    for (let times = 0; times < 2; times += 1) {
      const { body } = await stage.fetch(`${path}/retire`, { token, method: 'POST' });
      expect(account.parse(body).unusedSince).not.toBeNull();
    }
    expect(await stale()).toBe(0);
    const log = await stage.fetch('/v1/audit?action=account.retire', { token });
    expect(log.body).toMatchObject({ data: [{ objectKind: 'account' }] });

    const { body } = await stage.fetch(`${path}/resume`, { token, method: 'POST' });
    expect(account.parse(body).unusedSince).toBeNull();
    expect(await stale()).toBe(1);
  });

  test('a foreign account is not found, whatever is said of it', async () => {
    const stranger = await stage.token(await stage.tenant());
    for (const deed of ['retire', 'resume']) {
      const path = `/v1/accounts/${toPublicId('account', accountId)}/${deed}`;
      const answer = await stage.fetch(path, { token: stranger, method: 'POST' });
      expect(problemIn(answer).code).toBe('not-found');
    }
  });
});
