import { randomUUID } from 'node:crypto';
import { postFact } from '../../db/ledger-closing.ts';
import { creditReceipt, postTransaction } from '../../db/ledger.ts';
import { outside, purse, received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { code, ledgerApi } from '../support/ledger-api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
const shortcode = randomUUID();
const source = { kind: 'collection' as const, id: randomUUID(), actor: 'service:test' };
const at = (day: number) => `2026-03-0${day}T09:00:00.000Z` as Instant;

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  await stage.database.db.withTenant(somebody.tenantId, async (t) => {
    await creditReceipt(t, {
      ...{ shortcodeId: shortcode, receipt: 'TCA0000001', amountCents: cents(50_000) },
      ...{ source, occurredAt: at(1) },
      postings: received({ shortcodeId: shortcode, amountCents: cents(50_000) }),
    });
  });
});
afterAll(() => stage.close());

const { get, send, accountId } = ledgerApi(
  () => stage,
  () => token,
);

describe('a monitor', () => {
  type Shown = { id: string; state: string; crossedAt: string | null };
  const watch = async (extra: object = {}) =>
    send('/monitors', {
      ...{ accountId: await accountId('utility'), name: 'Float', direction: 'below' },
      ...{ thresholdCents: 1_000, ...extra },
    });
  const change = (id: string, json: object) => send(`/monitors/${id}`, json);
  const listed = async () => ((await get('/monitors')).body as { data: Shown[] }).data;
  const remove = (id: string, by = token) =>
    stage.fetch(`/v1/ledger/monitors/${id}`, { method: 'DELETE', token: by });
  const movement = (amount: number) =>
    stage.database.db.withTenant(somebody.tenantId, (t) =>
      postTransaction(t, {
        ...{ reference: randomUUID(), kind: 'test', occurredAt: at(5), source },
        postings: [
          amount > 0
            ? { from: outside(shortcode), to: purse(shortcode), amountCents: cents(amount) }
            : { from: purse(shortcode), to: outside(shortcode), amountCents: cents(-amount) },
        ],
      }),
    );

  test('is made, listed, changed, paused, resumed and removed, each with an audit record', async () => {
    const made = await watch();
    expect(made).toMatchObject({
      status: 201,
      body: { state: 'armed', crossedAt: null, tells: ['owner', 'finance'], kind: 'utility' },
    });
    const { id } = made.body as Shown;
    expect(await listed()).toEqual([made.body]);
    expect((await change(id, { name: 'Till float', tells: ['owner'] })).body).toMatchObject({
      ...{ name: 'Till float', tells: ['owner'], thresholdCents: 1_000 },
    });
    expect((await change(id, { isPaused: true })).body).toMatchObject({ state: 'paused' });
    expect((await change(id, { isPaused: false })).body).toMatchObject({ state: 'armed' });
    expect((await remove(id)).status).toBe(204);
    expect(code(await remove(id))).toBe('not-found');
    expect(await listed()).toEqual([]);
    const audit = await stage.database.asOwner(
      `select action from shared.audit_log where object_kind = 'balance-monitor' order by seq`,
    );
    expect(audit.map(({ action }) => action)).toEqual(
      ['made', 'changed', 'changed', 'changed', 'removed'].map((word) => `ledger.monitor-${word}`),
    );
  });

  test('trips when its line is crossed, is armed again after the balance came back, and tells nothing while paused', async () => {
    const { balanceCents } = (await get(`/accounts/${await accountId('utility')}`)).body as {
      balanceCents: number;
    };
    const { id } = (await watch({ thresholdCents: balanceCents })).body as Shown;
    const events = async () =>
      (
        await stage.database.asOwner(
          `select data from shared.outbox where type = 'ledger.threshold-crossed'
             and data->>'monitorId' = $1`,
          [(await ownIdOf(id)) ?? ''],
        )
      ).map(({ data }) => data);

    await movement(-100);
    const tripped = await listed();
    await movement(200);
    const back = await listed();
    await change(id, { isPaused: true });
    await movement(-300);

    expect(tripped).toMatchObject([{ id, state: 'tripped', crossedAt: expect.any(String) }]);
    expect(back).toMatchObject([{ id, state: 'armed' }]);
    expect(await events()).toMatchObject([{ name: 'Float', tells: ['owner', 'finance'] }]);
    expect((await change(id, { isPaused: false })).body).toMatchObject({ state: 'tripped' });
    await movement(200);
    await remove(id);
  });

  const ownIdOf = async (shown: string) =>
    (await stage.database.asOwner('select id from shared.ledger_monitors'))
      .map(({ id }) => String(id))
      .find((id) => shown.endsWith(id.replaceAll('-', '')));

  test('does not take the line of another one, and needs the permission and an account', async () => {
    const first = (await watch()).body as Shown;
    const second = (await watch({ thresholdCents: 2_000 })).body as Shown;
    const analyst = await stage.token(somebody, 'analyst');

    expect(code(await change(second.id, { thresholdCents: 1_000 }))).toBe('line-watched');
    expect(code(await change(second.id, {}))).toBe('validation-failed');
    expect(code(await watch({ accountId: `lac_${'0'.repeat(32)}` }))).toBe('not-found');
    expect(code(await remove(first.id, analyst))).toBe('forbidden');
    for (const { id } of [first, second]) await remove(id);
  });

  test('is one of at most a hundred', async () => {
    await stage.database.asOwner(
      `insert into shared.ledger_monitors
         (tenant_id, account_id, name, direction, threshold_cents, created_by)
       select tenant_id, id, 'many', 'above', 1e12 + n, 'user:test'
       from shared.ledger_accounts, generate_series(1, 100) n
       where kind = 'utility' and tenant_id = $1`,
      [somebody.tenantId],
    );
    expect(code(await watch())).toBe('too-many-monitors');
    await stage.database.asOwner('delete from shared.ledger_monitors');
  });
});

describe('closing an account', () => {
  const owner = randomUUID();
  const account = { kind: 'customer' as const, owner };
  const postIt = (amount: number, by: 'people' | 'fact' = 'people') =>
    stage.database.db.withTenant(somebody.tenantId, (t) => {
      const [from, to] = amount > 0 ? [outside(shortcode), account] : [account, outside(shortcode)];
      const draft = {
        ...{ reference: randomUUID(), kind: 'test', occurredAt: at(5), source },
        postings: [{ from, to, amountCents: cents(Math.abs(amount)) }],
      };
      return by === 'fact' ? postFact(t, draft) : postTransaction(t, draft);
    });
  const close = (id: string) => send(`/accounts/${id}/close`, { reason: 'moved away' });

  test('needs it empty, refuses postings, and is undone by reopening or by money that moved', async () => {
    await postIt(700);
    const id = await accountId('customer');
    expect(code(await close(id))).toBe('account-not-empty');
    await postIt(-700);

    const closed = await close(id);
    expect(closed).toMatchObject({ status: 200, body: { closedAt: expect.any(String) } });
    expect((await close(id)).body).toEqual(closed.body);
    expect(await postIt(100)).toMatchObject({ refusal: { code: 'account-closed' } });
    const reopened = await send(`/accounts/${id}/reopen`, { reason: 'came back' });
    expect(reopened.body).toMatchObject({ closedAt: null });
    await close(id);
    expect(await postIt(100, 'fact')).toMatchObject({ ok: true });
    expect((await get(`/accounts/${id}`)).body).toMatchObject({
      closedAt: null,
      balanceCents: 100,
    });

    const audit = await stage.database.asOwner(
      `select action, actor like 'user:%' as by_person from shared.audit_log
       where object_kind = 'ledger-account' order by seq`,
    );
    expect(audit).toEqual([
      { action: 'ledger.account-closed', by_person: true },
      { action: 'ledger.account-reopened', by_person: true },
      { action: 'ledger.account-closed', by_person: true },
      { action: 'ledger.account-reopened', by_person: false },
    ]);
  });

  test('is refused while money is reserved, and for accounts the books need', async () => {
    expect(code(await close(await accountId('outside')))).toBe('account-needed');
    expect(code(await close(await accountId('utility')))).toBe('account-not-empty');
  });
});
