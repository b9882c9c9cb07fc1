import { randomUUID } from 'node:crypto';
import { creditReceipt, postTransaction } from '../../db/ledger.ts';
import { toPublicId, type LedgerTransactionId } from '../../domain/ids.ts';
import { paidOut, received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { code, ledgerApi } from '../support/ledger-api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
let somebody: Somebody;
let token: string;
const shortcode = randomUUID();
let paid: LedgerTransactionId;
const source = { kind: 'collection' as const, id: randomUUID(), actor: 'service:test' };
const at = (day: number) => `2026-03-0${day}T09:00:00.000Z` as Instant;

beforeAll(async () => {
  stage = await openApiStage();
  somebody = await stage.tenant();
  token = await stage.token(somebody);
  await stage.database.db.withTenant(somebody.tenantId, async (t) => {
    paid = (
      await creditReceipt(t, {
        ...{ shortcodeId: shortcode, receipt: 'TCA0000001', amountCents: cents(50_000) },
        ...{ source, occurredAt: at(1) },
        postings: received({ shortcodeId: shortcode, amountCents: cents(50_000) }),
      })
    ).transactionId;
    await postTransaction(t, {
      ...{ reference: 'payout/1', kind: 'disbursement.paid', occurredAt: at(3), source },
      postings: paidOut({
        ...{ shortcodeId: shortcode, amountCents: cents(12_000), chargeCents: cents(2_300) },
      }),
    });
  });
});
afterAll(() => stage.close());

const { get, send, accountId } = ledgerApi(
  () => stage,
  () => token,
);

describe('posting by hand', () => {
  const adjustment = async (extra: object = {}) => ({
    accountId: await accountId('utility'),
    ...{ amountCents: 100, side: 'in', reason: 'counted the float', ...extra },
  });
  const checker = () => stage.token(somebody, 'finance');
  const agree = async (requestId: string, by?: string) =>
    send(`/requests/${requestId}/approve`, {}, { by: by ?? (await checker()) });
  const asked = async (extra: object = {}) =>
    (await send('/adjustments', await adjustment(extra))).body as { id: string };
  const heldBy = async (id: string) =>
    ((await get(`/accounts/${id}`)).body as { balanceCents: number }).balanceCents;

  test('waits for a second person, who posts it with an audit record of both', async () => {
    const key = randomUUID();
    const account = await accountId('utility');
    const before = await heldBy(account);
    const first = await send('/adjustments', await adjustment(), { key });
    expect(first).toMatchObject({ status: 201, body: { status: 'waiting', isOwn: true } });
    const again = await send('/adjustments', await adjustment(), { key });
    expect(again.body).toEqual(first.body);
    expect(await heldBy(account)).toBe(before);

    const { id } = first.body as { id: string };
    const posted = await agree(id);

    expect(posted).toMatchObject({ status: 200, body: { status: 'posted', isOwn: false } });
    expect(await heldBy(account)).toBe(before + 100);
    const { postedId } = posted.body as { postedId: string };
    expect((await get(`/lineage?transactionId=${postedId}`)).body).toMatchObject({
      transactions: [{ kind: 'ledger.adjusted', reason: 'counted the float' }],
      audit: [{ action: 'ledger.posting-requested' }, { action: 'ledger.posted-by-hand' }],
    });
    expect((await get(`/requests/${id}`)).body).toMatchObject({ postedId, isOwn: true });
  });

  test('is never decided by whoever asked, and never without a fresh second factor', async () => {
    const { id } = await asked();
    const stale = await stage.token(somebody, { role: 'finance', hasSecondFactor: false });

    expect(code(await agree(id, token))).toBe('own-request');
    expect(code(await send(`/requests/${id}/reject`, { reason: 'not so' }))).toBe('own-request');
    expect(code(await agree(id, stale))).toBe('fresh-mfa-needed');
    expect(code(await send(`/requests/${id}/reject`, { reason: 'not so' }, { by: stale }))).toBe(
      'fresh-mfa-needed',
    );
    expect((await get(`/requests/${id}`)).body).toMatchObject({ status: 'waiting' });
  });

  test('ends once: rejected, withdrawn by its maker, or expired, and then posts nothing', async () => {
    const by = await checker();
    const rejected = await asked();
    const no = await send(`/requests/${rejected.id}/reject`, { reason: 'counted again' }, { by });
    expect(no.body).toMatchObject({ status: 'rejected', note: 'counted again' });
    const withdrawn = await asked();
    expect(code(await send(`/requests/${withdrawn.id}/withdraw`, {}, { by }))).toBe(
      'not-own-request',
    );
    expect((await send(`/requests/${withdrawn.id}/withdraw`, {})).body).toMatchObject({
      status: 'withdrawn',
    });
    const late = await asked();
    await expireNow();
    expect((await get(`/requests/${late.id}`)).body).toMatchObject({ status: 'expired' });

    for (const { id } of [rejected, withdrawn, late])
      expect(code(await agree(id))).toBe('request-not-waiting');
    const { body } = await get('/requests?status=expired');
    expect((body as { data: { id: string }[] }).data.map(({ id }) => id)).toContain(late.id);
  });

  /** Every request that waits was made eight days earlier. */
  async function expireNow(): Promise<void> {
    await stage.database.asOwner(`
      alter table shared.posting_requests disable trigger state_machine;
      update shared.posting_requests set requested_at = requested_at - interval '8 days',
        expires_at = expires_at - interval '8 days' where status = 'waiting';
      alter table shared.posting_requests enable trigger state_machine`);
  }

  test('two people who agree at the same moment post it once', async () => {
    const account = await accountId('utility');
    const { id } = await asked();
    const before = await heldBy(account);

    const answers = await Promise.all([agree(id), agree(id), agree(id)]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(await heldBy(account)).toBe(before + 100);
  });

  test('undoes a transaction once', async () => {
    const { postedId } = (await agree((await asked()).id)).body as { postedId: string };
    const undo = () => send(`/transactions/${postedId}/reverse`, { reason: 'entered twice' });
    const request = (await undo()).body as { id: string };
    expect(request).toMatchObject({ kind: 'reversal', transactionId: postedId });
    expect(code(await undo())).toBe('already-requested');
    await agree(request.id);
    expect(code(await undo())).toBe('already-reversed');
    expect((await get(`/transactions/${postedId}`)).body).toMatchObject({
      reversedBy: expect.stringMatching(/^ltx_/),
    });
  });

  test('cannot take out more than is available, neither when asked for nor when agreed to', async () => {
    const wish = await adjustment({ side: 'out', amountCents: 10_000_000 });
    expect(code(await send('/adjustments', wish))).toBe('insufficient-funds');
    const { availableCents } = (await get(`/accounts/${await accountId('utility')}`)).body as {
      availableCents: number;
    };
    const first = await asked({ side: 'out', amountCents: availableCents });
    const second = await asked({ side: 'out', amountCents: availableCents });
    const posted = (await agree(first.id)).body as { postedId: string };
    expect(code(await agree(second.id))).toBe('insufficient-funds');
    expect((await get(`/requests/${second.id}`)).body).toMatchObject({ status: 'waiting' });
    const undo = await send(`/transactions/${posted.postedId}/reverse`, { reason: 'only a test' });
    await agree((undo.body as { id: string }).id);
  });

  test('is refused on a closed account', async () => {
    const closed = (when: string) =>
      stage.database.asOwner(
        `update shared.ledger_accounts set closed_at = ${when} where kind = 'charges'`,
      );
    const waiting = await asked({ accountId: await accountId('charges') });
    await stage.database.asOwner('alter table shared.ledger_accounts disable trigger closing');
    await closed('now()');
    const wish = await adjustment({ accountId: await accountId('charges') });
    expect(code(await send('/adjustments', wish))).toBe('account-closed');
    expect(code(await agree(waiting.id))).toBe('account-closed');
    await closed('null');
    await stage.database.asOwner('alter table shared.ledger_accounts enable trigger closing');
  });

  test('is tried out without leaving a trace', async () => {
    const account = await accountId('utility');
    const before = await heldBy(account);
    const { reason: _, ...wish } = await adjustment({ side: 'out', amountCents: 250 });
    const count = () => stage.database.asOwner('select count(*) from shared.ledger_transactions');
    const posted = await count();

    const trial = await send('/dry-run', { kind: 'adjustment', ...wish });
    const tooMuch = await send('/dry-run', {
      ...{ kind: 'adjustment', ...wish, amountCents: 10_000_000 },
    });
    const undo = await send('/dry-run', {
      ...{ kind: 'reversal', transactionId: toPublicId('ledgerTransaction', paid) },
    });

    expect(trial).toMatchObject({ status: 200, body: { refusal: null } });
    const { effects } = trial.body as { effects: object[] };
    expect(effects).toContainEqual(
      expect.objectContaining({
        ...{ accountId: account, changeCents: -250 },
        ...{ beforeCents: before, afterCents: before - 250 },
      }),
    );
    expect(tooMuch.body).toMatchObject({ refusal: 'insufficient-funds' });
    expect((undo.body as { effects: object[] }).effects).toContainEqual(
      expect.objectContaining({ accountId: account, changeCents: -50_000 }),
    );
    expect(await count()).toEqual(posted);
    expect(await heldBy(account)).toBe(before);
  });

  test('is listed newest first, in pages that meet', async () => {
    type Page = { data: { id: string; requestedAt: string }[]; nextCursor: string };
    const all = (await get('/requests')).body as Page;
    const first = (await get('/requests?limit=2')).body as Page;
    const next = (await get(`/requests?limit=200&cursor=${first.nextCursor}`)).body as Page;
    expect([...first.data, ...next.data]).toEqual(all.data);
    const times = all.data.map(({ requestedAt }) => requestedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(code(await get('/requests?cursor=x.y'))).toBe('invalid-cursor');
  });

  test('needs the permission, a reason and an idempotency key', async () => {
    const analyst = await stage.token(somebody, 'analyst');
    expect(code(await send('/adjustments', await adjustment(), { by: analyst }))).toBe('forbidden');
    expect(code(await send('/adjustments', await adjustment({ reason: '' })))).toBe(
      'validation-failed',
    );
    expect(code(await send('/adjustments', await adjustment(), { key: 'short' }))).toBe(
      'idempotency-key-malformed',
    );
    expect((await get('/transactions/export?format=csv', analyst)).status).toBe(403);
  });
});
