/**
 * Monitors of balances: somebody hears once when a balance falls below or rises above an amount, and
 * again only after it has come back. The event is stored with the movement that crossed the line.
 */
import { sql } from 'kysely';
import type { Id, LedgerAccountId } from '../domain/ids.ts';
import { accountKey } from '../domain/ledger/postings.ts';
import type { AccountKind, AccountRef } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { balanceOf, currentBalance, ensureAccounts } from './ledger-accounts.ts';
import { appendEvents } from './outbox.ts';

export type MonitorDirection = 'below' | 'above';

export interface Monitor {
  id: Id<'balanceMonitor'>;
  accountId: LedgerAccountId;
  account: AccountRef;
  /** The name of the shortcode the account belongs to, if it does. */
  ownerName: string | null;
  name: string;
  direction: MonitorDirection;
  thresholdCents: Cents;
  /** It was told of, and the balance is still on the wrong side of the line. */
  isCrossed: boolean;
  crossedAt: Instant | null;
  pausedAt: Instant | null;
  /** The roles that are told. */
  tells: string[];
  createdBy: string;
}

export interface Crossing {
  accountId: LedgerAccountId;
  before: Cents;
  after: Cents;
}

interface Crossed {
  id: string;
  accountId: LedgerAccountId;
  name: string;
  direction: MonitorDirection;
  thresholdCents: Cents;
  balanceCents: Cents;
  kind: AccountKind;
  owner: string;
  tells: string[];
}

/**
 * Watches an account from now on; the same line again renames it and answers it as it is now. A line
 * that is crossed already is told of after the balance has come back and crossed it again.
 */
export async function watchAccount(
  t: TenantHandle,
  wish: Wish & { account: AccountRef; actor: string },
): Promise<Monitor> {
  const known = (await ensureAccounts(t, [wish.account])).get(accountKey(wish.account));
  if (known === undefined) throw new Error('an account of the ledger vanished');
  const { id } = await t.query
    .insertInto('ledger_monitors')
    .values({
      ...{ tenant_id: t.tenantId, account_id: known.id, name: wish.name },
      ...{ direction: wish.direction, threshold_cents: wish.thresholdCents },
      is_crossed: await isOver(t, wish.account, wish),
      created_by: wish.actor,
      ...(wish.tells === undefined ? {} : { tells: [...wish.tells] }),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'account_id', 'direction', 'threshold_cents']).doUpdateSet({
        name: wish.name,
        ...(wish.tells === undefined ? {} : { tells: [...wish.tells] }),
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  await setWatch(t, known.id);
  return mustFind(t, id);
}

type Wish = Pick<Monitor, 'name' | 'direction' | 'thresholdCents'> & {
  tells?: readonly string[] | undefined;
};

/**
 * Changes a monitor: `isPaused` stops or resumes it, and its line is judged anew, so a line that is
 * crossed at this moment is told of after the balance came back. Undefined when there is no such
 * monitor, `taken` when another one watches the same line.
 */
export async function changeMonitor(
  t: TenantHandle,
  monitorId: string,
  change: { [Part in keyof Wish]?: Wish[Part] | undefined } & { isPaused?: boolean | undefined },
): Promise<Monitor | 'taken' | undefined> {
  const before = await findMonitor(t, monitorId);
  if (before === undefined) return undefined;
  const { name = before.name, direction = before.direction } = change;
  const { thresholdCents = before.thresholdCents, tells = before.tells } = change;
  const line = { direction, thresholdCents };
  const twin = (await listMonitors(t)).find(
    (other) =>
      other.id !== monitorId &&
      other.accountId === before.accountId &&
      other.direction === direction &&
      other.thresholdCents === thresholdCents,
  );
  if (twin !== undefined) return 'taken';
  await t.query
    .updateTable('ledger_monitors')
    .set({ name, direction, threshold_cents: thresholdCents, tells: [...tells] })
    .set({ is_crossed: await isOver(t, before.account, line) })
    .$if(change.isPaused !== undefined, (query) =>
      query.set({ paused_at: change.isPaused === true ? sql<Instant>`now()` : null }),
    )
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', monitorId)
    .execute();
  await setWatch(t, before.accountId);
  return mustFind(t, monitorId);
}

async function isOver(
  t: TenantHandle,
  account: AccountRef,
  { direction, thresholdCents }: Pick<Wish, 'direction' | 'thresholdCents'>,
): Promise<boolean> {
  const { balanceCents } = await balanceOf(t, account);
  return direction === 'below' ? balanceCents < thresholdCents : balanceCents > thresholdCents;
}

async function findMonitor(t: TenantHandle, monitorId: string): Promise<Monitor | undefined> {
  return (await listMonitors(t)).find(({ id }) => id === monitorId);
}

async function mustFind(t: TenantHandle, monitorId: string): Promise<Monitor> {
  const found = await findMonitor(t, monitorId);
  if (found === undefined) throw new Error(`monitor ${monitorId} vanished`);
  return found;
}

/** Stops watching; false when the tenant has no such monitor. */
export async function unwatchAccount(t: TenantHandle, monitorId: string): Promise<boolean> {
  const gone = await t.query
    .deleteFrom('ledger_monitors')
    .where('tenant_id', '=', t.tenantId)
    .where('id', '=', monitorId)
    .returning('account_id')
    .executeTakeFirst();
  if (gone !== undefined) await setWatch(t, gone.account_id);
  return gone !== undefined;
}

async function setWatch(t: TenantHandle, accountId: LedgerAccountId): Promise<void> {
  await sql`
    update ${t.table('ledger_accounts')} a set watch = (
      select case count(distinct m.direction) when 0 then null when 2 then 'both'
        else min(m.direction) end
      from ${t.table('ledger_monitors')} m
      where m.tenant_id = a.tenant_id and m.account_id = a.id and m.paused_at is null)
    where a.tenant_id = ${t.tenantId} and a.id = ${accountId}`.execute(t.query);
}

/** All monitors, by account and amount. */
export async function listMonitors(t: TenantHandle): Promise<Monitor[]> {
  const found = await sql<Monitor>`
    select m.id, json_build_object('kind', a.kind, 'owner', a.owner) as account, m.name,
      m.direction, m.threshold_cents as "thresholdCents", m.is_crossed and case m.direction when 'below'
        then ${currentBalance(t)} < m.threshold_cents
        else ${currentBalance(t)} > m.threshold_cents end as "isCrossed",
      m.crossed_at as "crossedAt", m.paused_at as "pausedAt", m.tells, m.created_by as "createdBy",
      a.id as "accountId", s.name as "ownerName"
    from ${t.table('ledger_monitors')} m
    join ${t.table('ledger_accounts')} a on a.tenant_id = m.tenant_id and a.id = m.account_id
    left join ${t.table('shortcodes')} s on s.tenant_id = a.tenant_id and s.id::text = a.owner
    where m.tenant_id = ${t.tenantId}
    order by a.kind, a.owner, m.threshold_cents`.execute(t.query);
  return found.rows;
}

/**
 * Notes which lines were crossed and appends one event for each. The accounts are locked, so two
 * movements never tell of the same crossing. Money that came in without a lock counts as "before".
 */
export async function noticeCrossings(
  t: TenantHandle,
  crossings: readonly Crossing[],
): Promise<void> {
  if (crossings.length === 0) return;
  const found = await sql<Crossed & { hasFired: boolean }>`
    with moved as (
      select * from json_to_recordset(${JSON.stringify(crossings)}::json)
        as c("accountId" uuid, before bigint, after bigint)
    ), judged as (
      select m.tenant_id, m.id, c.after,
        case m.direction when 'below' then c.after < m.threshold_cents
          else c.after > m.threshold_cents end as is_over,
        m.is_crossed and case m.direction when 'below' then c.before < m.threshold_cents
          else c.before > m.threshold_cents end as was_over
      from ${t.table('ledger_monitors')} m
      join moved c on c."accountId" = m.account_id
      where m.tenant_id = ${t.tenantId} and m.paused_at is null
    )
    update ${t.table('ledger_monitors')} m
    set is_crossed = j.is_over,
      crossed_at = case when j.is_over then clock_timestamp() else m.crossed_at end
    from judged j
    join ${t.table('ledger_monitors')} n on n.tenant_id = j.tenant_id and n.id = j.id
    join ${t.table('ledger_accounts')} a on a.tenant_id = n.tenant_id and a.id = n.account_id
    where m.tenant_id = j.tenant_id and m.id = j.id
      and (j.is_over <> m.is_crossed or j.is_over and not j.was_over)
    returning m.id, m.account_id as "accountId", m.name, m.direction,
      m.threshold_cents as "thresholdCents", j.after as "balanceCents", a.kind, a.owner,
      j.is_over as "hasFired", m.tells`.execute(t.query);
  await appendEvents(t, found.rows.filter(({ hasFired }) => hasFired).map(eventOf(t)));
}

function eventOf(t: TenantHandle) {
  return ({
    id,
    accountId,
    kind,
    owner,
    hasFired: _,
    ...facts
  }: Crossed & { hasFired: boolean }) => ({
    topic: 'domain-events',
    key: `${t.tenantId}:${accountId}`,
    type: 'ledger.threshold-crossed',
    version: 1,
    isPersonal: false,
    data: { monitorId: id, account: { kind, owner }, ...facts, currency: 'KES' },
  });
}
