/** Limits on money out: what holds, what is used, and changes, of which raises need two people. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  currentLimits,
  decideLimitChange,
  findLimitChange,
  insertLimitChange,
  listLimitChanges,
  usageOn,
  type LimitChange,
} from '../../db/limits.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { isRaise } from '../../domain/limits/effective.ts';
import { limitKinds, providerMaxima } from '../../domain/limits/terms.ts';
import type { BusinessDate } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { isOwnRequest, refuseChecker } from '../auth/checker.ts';
import { todayOf } from '../now.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type FieldError } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { limitChange, limitChangeRequest, limitDecision, limitsView } from './schema.ts';
import { idFor } from '../request-id.ts';

const read = route({
  method: 'get',
  path: '/v1/limits',
  tag: 'Limits',
  summary: 'The limits of today, how much of them is used, and their changes',
  auth: 'disbursements:read',
  request: {},
  responses: { 200: { description: 'Limits', schema: limitsView } },
  problems: [],
  handler: async (_input, call) => {
    const day = todayOf(call);
    const body = await readOwn(call, (t) => viewOf(t, day));
    return { status: 200, body };
  },
});

async function viewOf(t: TenantHandle, day: BusinessDate): Promise<z.input<typeof limitsView>> {
  const limits = await currentLimits(t, day);
  const used = await usageOn(t, day);
  const changes = await listLimitChanges(t);
  return {
    businessDate: day,
    currency: 'KES',
    limits: limitKinds.map((kind) => {
      const limitCents = limits[kind];
      const usedCents = kind === 'per-day' || kind === 'per-month' ? used[kind] : null;
      const isCapped = kind === 'per-transaction' || kind === 'payee-day';
      return {
        ...{ kind, limitCents, usedCents },
        leftCents: usedCents === null ? null : Math.max(0, limitCents - usedCents),
        maximumCents: isCapped ? providerMaxima[kind] : null,
      };
    }),
    changes: changes.map(showChange),
  };
}

const propose = route({
  method: 'post',
  path: '/v1/limits/changes',
  tag: 'Limits',
  summary: 'Change a limit',
  description:
    'Lowering a limit holds at once. Raising one holds when a second person agrees; with `expiresOn` it falls back by itself.',
  auth: 'settings:manage',
  stepUp: true,
  request: { body: limitChangeRequest },
  idempotency: 'optional',
  responses: { 201: { description: 'The change', schema: limitChange } },
  problems: [],
  handler: async ({ body }, call) => {
    const id = idFor(call, 'limitChange', body);
    const day = todayOf(call);
    const effectiveFrom = body.effectiveFrom ?? day;
    const errors = datesProblem(day, effectiveFrom, body.expiresOn);
    if (errors.length > 0) return problem('validation-failed', { errors });
    const changed = await changeOwn(call, async (t) => {
      const known = await findLimitChange(t, id);
      if (known !== undefined) return known;
      const before = await currentLimits(t, effectiveFrom);
      const change = await insertLimitChange(t, {
        ...body,
        ...{ id, effectiveFrom },
        isRaise: isRaise(before[body.kind], body.amountCents),
        proposedBy: actorOf(call.principal),
      });
      await audit(t, call, change, 'limit.propose');
      return change;
    });
    return { status: 201, body: showChange(changed) };
  },
});

function datesProblem(
  day: BusinessDate,
  from: BusinessDate,
  expires: BusinessDate | null,
): FieldError[] {
  const errors: FieldError[] = [];
  if (from < day) {
    errors.push({ in: 'body', pointer: '/effectiveFrom', detail: 'must not be in the past' });
  }
  if (expires !== null && expires <= from) {
    errors.push({ in: 'body', pointer: '/expiresOn', detail: 'must be after `effectiveFrom`' });
  }
  return errors;
}

const decide = route({
  method: 'post',
  path: '/v1/limits/changes/{id}/decision',
  tag: 'Limits',
  summary: 'Agree to a raise as the second person, or refuse it',
  auth: 'disbursements:approve',
  request: { params: z.strictObject({ id: idSchema('limitChange') }), body: limitDecision },
  idempotency: 'optional',
  responses: { 200: { description: 'The change as it is now', schema: limitChange } },
  problems: ['not-found', 'own-request', 'fresh-mfa-needed', 'change-not-waiting'],
  handler: async ({ params: { id }, body }, call) => {
    return changeOwn(call, async (t) => {
      const found = await findLimitChange(t, id);
      if (found === undefined) return problem('not-found');
      const proposal = { requestedBy: found.proposedBy };
      if (isOwnRequest(call.principal, proposal)) return problem('own-request');
      if (body.decision === 'approve') {
        const refusal = refuseChecker(call, proposal);
        if (refusal !== undefined) return refusal;
      }
      const status = body.decision === 'approve' ? 'active' : 'rejected';
      const decidedBy = actorOf(call.principal);
      const decided = await decideLimitChange(t, id, { status, decidedBy });
      if (decided === undefined) return problem('change-not-waiting');
      await audit(t, call, decided, `limit.${body.decision}`);
      return { status: 200 as const, body: showChange(decided) };
    });
  },
});

function showChange(change: LimitChange): z.input<typeof limitChange> {
  return { ...change, id: toPublicId('limitChange', change.id) };
}

async function audit(t: TenantHandle, call: Call, change: LimitChange, action: AuditAction) {
  const { kind, amountCents, effectiveFrom, expiresOn } = change;
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action },
    ...{ objectKind: 'limit', objectId: change.id, requestId: call.requestId },
    detail: { kind, amountCents, effectiveFrom, expiresOn },
  });
}

export const limitRoutes: readonly Route[] = [read, propose, decide];
