/** Monitors of balances: who hears when an account falls below or rises above an amount. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import { listAccountBalances } from '../../db/ledger-balances.ts';
import {
  changeMonitor,
  listMonitors,
  unwatchAccount,
  watchAccount,
  type Monitor,
} from '../../db/ledger-monitors.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { takeCurrent, versionOf } from '../precondition.ts';
import { route, type Call, type Route } from '../route.ts';
import { showOwner } from '../../domain/ledger/owner.ts';
import { balanceMonitor, monitorChange, monitorList, monitorRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('balanceMonitor') });
const monitorsMax = 100;

const list = route({
  method: 'get',
  path: '/v1/ledger/monitors',
  tag: 'Ledger',
  summary: 'Lines that are watched, and whether they are crossed',
  auth: 'ledger:read',
  request: {},
  responses: { 200: { description: 'All of them', schema: monitorList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, listMonitors);
    return { status: 200, body: { data: found.map(showMonitor) } };
  },
});

const create = route({
  method: 'post',
  path: '/v1/ledger/monitors',
  tag: 'Ledger',
  summary: 'Watch an account from now on',
  description:
    'An event `ledger.threshold-crossed` is sent once when the line is crossed, and again after the balance came back. The same line again renames the monitor.',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { body: monitorRequest },
  responses: { 201: { description: 'The monitor', schema: balanceMonitor } },
  problems: ['not-found', 'too-many-monitors'],
  handler: async ({ body }, call) => {
    const { accountId, ...wish } = body;
    return changeOwn(call, async (t) => {
      const [account] = await listAccountBalances(t, { id: accountId, limit: 1 });
      if (account === undefined) return problem('not-found');
      if ((await listMonitors(t)).length >= monitorsMax) return problem('too-many-monitors');
      const { kind, owner } = account;
      const actor = actorOf(call.principal);
      const monitor = await watchAccount(t, { ...wish, account: { kind, owner }, actor });
      await audit(t, call, { monitor, action: 'ledger.monitor-made' });
      return { status: 201 as const, body: showMonitor(monitor) };
    });
  },
});

const change = route({
  method: 'post',
  path: '/v1/ledger/monitors/{id}',
  tag: 'Ledger',
  summary: 'Change, pause or resume a monitor',
  auth: 'ledger:adjust',
  idempotency: 'optional',
  request: { params, body: monitorChange },
  ifMatch: true,
  responses: { 200: { description: 'The monitor as it is now', schema: balanceMonitor } },
  problems: ['not-found', 'line-watched'],
  handler: async ({ params: { id }, body }, call) =>
    changeOwn(call, async (t) => {
      const before = await takeCurrent(t, call, {
        name: `balance-monitor/${id}`,
        read: async () => (await listMonitors(t)).find((one) => one.id === id),
        version: versionOfMonitor,
      });
      if ('problem' in before) return before;
      const monitor = await changeMonitor(t, id, body);
      if (monitor === undefined) return problem('not-found');
      if (monitor === 'taken') return problem('line-watched');
      await audit(t, call, { monitor, action: 'ledger.monitor-changed' });
      return { status: 200 as const, body: showMonitor(monitor) };
    }),
});

const remove = route({
  method: 'delete',
  path: '/v1/ledger/monitors/{id}',
  tag: 'Ledger',
  summary: 'Stop watching a line',
  auth: 'ledger:adjust',
  request: { params },
  responses: { 204: { description: 'It is gone' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) =>
    changeOwn(call, async (t) => {
      const monitor = (await listMonitors(t)).find((one) => one.id === id);
      if (monitor === undefined || !(await unwatchAccount(t, id))) return problem('not-found');
      await audit(t, call, { monitor, action: 'ledger.monitor-removed' });
      return { status: 204 as const, body: undefined };
    }),
});

/** Of what can be changed of a monitor; that it trips makes no other version. */
function versionOfMonitor({ name, direction, thresholdCents, pausedAt, tells }: Monitor): string {
  return versionOf({ name, direction, thresholdCents, isPaused: pausedAt !== null, tells });
}

function showMonitor(monitor: Monitor): z.input<typeof balanceMonitor> {
  const { account, name, direction, thresholdCents, isCrossed, crossedAt, pausedAt } = monitor;
  const armed = isCrossed ? 'tripped' : 'armed';
  return {
    id: toPublicId('balanceMonitor', monitor.id),
    accountId: toPublicId('ledgerAccount', monitor.accountId),
    ...{ kind: account.kind, owner: showOwner(account), ownerName: monitor.ownerName },
    ...{ name, direction, thresholdCents, currency: 'KES', crossedAt, pausedAt },
    state: pausedAt === null ? armed : 'paused',
    ...{ tells: monitor.tells, createdBy: monitor.createdBy },
    version: versionOfMonitor(monitor),
  };
}

async function audit(
  t: TenantHandle,
  call: Call,
  { monitor, action }: { monitor: Monitor; action: AuditAction },
): Promise<void> {
  const { name, direction, thresholdCents, pausedAt, tells } = monitor;
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action, requestId: call.requestId },
    ...{ objectKind: 'balance-monitor', objectId: monitor.id },
    detail: { name, direction, thresholdCents, isPaused: pausedAt !== null, tells },
  });
}

export const ledgerMonitorRoutes: readonly Route[] = [list, create, change, remove];
