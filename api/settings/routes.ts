/** What a business sets for itself, its limits, and changing its plan. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { appendAudit, type AuditEntry } from '../../db/audit.ts';
import { countMembers } from '../../db/members.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { findMove, insertMove, type TenantMove } from '../../db/tenant-moves.ts';
import { placeFor } from '../../db/tenant-placement.ts';
import type { TenantRecord } from '../../db/tenant-record.ts';
import { changeSettings, type NamedSettings } from '../../db/tenant-settings.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { TenantHandle } from '../../db/database.ts';
import { countUploadsOf } from '../../db/upload-retention.ts';
import { limitNames } from '../../domain/tenants/plans.ts';
import { filesToldDays, retention, retentionNames } from '../../domain/tenants/retention.ts';
import {
  addDays,
  businessDateOf,
  instantFromEpochMs,
  startOfBusinessDate,
} from '../../domain/time.ts';
import { tenantMoveWorkflowId } from '../../temporal/workflow-ids.ts';
import type { MoveVerdict, TenantStart } from '../../workflows/tenant-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { newUuid } from '../new-id.ts';
import { changeOwn, ownTenant, readOwn } from '../own-data.ts';
import { refuseStale, versionOf } from '../precondition.ts';
import { problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { moveDecision, moveStarted, planChange, settings, settingsChange } from './schema.ts';

const read = route({
  method: 'get',
  path: '/v1/settings',
  tag: 'Settings',
  summary: 'The business, its settings and its limits',
  auth: 'settings:read',
  request: {},
  responses: { 200: { description: 'As they are now', schema: settings } },
  problems: [],
  handler: async (_input, call) => answerNow(call),
});

async function answerNow(call: Call) {
  const body = await settingsOf(call);
  return { status: 200 as const, body, headers: { ETag: entityTag(body.version) } };
}

async function settingsOf(call: Call) {
  const { dependencies } = call;
  const tenant = await ownTenant(call);
  const nowMs = dependencies.now();
  const { memberCount, move, filesLeaving } = await readOwn(call, async (t) => ({
    memberCount: await countMembers(t),
    move: await findMove(t),
    filesLeaving: await filesLeavingOf(t, nowMs),
  }));
  const { name, slug, environment, status, createdAt, tier: plan } = tenant;
  return {
    tenant: {
      id: toPublicId('tenant', tenant.id),
      ...{ name, slug, environment, plan, status, createdAt },
    },
    settings: tenant.settings,
    version: versionOf({ name, settings: tenant.settings }),
    limits: limitNames.map((limit) => ({
      name: limit,
      used: limit === 'members' ? memberCount : null,
      max: tenant.limits[limit],
    })),
    move: move === undefined ? null : shownMove(call, move),
    retention: retentionNames.map((what) => {
      const { days: keptDays, isErased } = retention[what];
      return { name: what, keptDays, isErased };
    }),
    filesLeaving,
  };
}

/** Files that the nightly job erases within the month people are told of it before. */
async function filesLeavingOf(t: TenantHandle, nowMs: number) {
  const today = businessDateOf(instantFromEpochMs(nowMs));
  const { days } = retention.files;
  const before = startOfBusinessDate(addDays(today, filesToldDays - days));
  const { count, firstAt } = await countUploadsOf(t, { before });
  // The job goes by whole days: a file goes on the day after its last one is full.
  const lastDay = firstAt === null ? null : addDays(businessDateOf(firstAt), days + 1);
  return { count, firstOn: lastDay === null || lastDay > today ? lastDay : today };
}

function shownMove({ dependencies: { temporal } }: Call, move: TenantMove) {
  const { fromTier, toTier, status, detail, rowCount, frozenMilliseconds } = move;
  const { createdAt, switchedAt, workflowId } = move;
  return {
    ...{ fromPlan: fromTier, toPlan: toTier, status, detail, rowCount, frozenMilliseconds },
    ...{ createdAt, switchedAt, runUrl: temporal.runUrl(workflowId) },
  };
}

const change = route({
  method: 'post',
  path: '/v1/settings',
  tag: 'Settings',
  summary: 'Change the name or settings of the business',
  auth: 'settings:manage',
  request: { body: settingsChange },
  ifMatch: true,
  responses: { 200: { description: 'As they are now', schema: settings } },
  problems: [],
  handler: async ({ body }, call) => {
    const { principal, dependencies, requestId } = call;
    const refusal = await changeSettings(dependencies.db, principal.tenantId, (before) => {
      const stale = refuseStale(call, versionOf(before));
      if (stale !== undefined) return { refusal: stale };
      const after = settingsAfter(before, body);
      const entry: AuditEntry = {
        ...{ actor: actorOf(principal), action: 'settings.change', objectKind: 'tenant' },
        ...{ objectId: principal.tenantId, requestId },
        detail: { before: auditOf(before), after: auditOf(after) },
      };
      return { after, entry };
    });
    return refusal ?? answerNow(call);
  },
});

function settingsAfter(
  before: NamedSettings,
  { name = before.name, branding = {}, ...own }: z.output<typeof settingsChange>,
): NamedSettings {
  const { settings: was } = before;
  const given = <Fields extends object>(fields: Fields) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const settings = { ...was, ...given(own), branding: { ...was.branding, ...given(branding) } };
  return { name, settings };
}

function auditOf({ name, settings }: NamedSettings) {
  return { name, ...settings };
}

const changePlan = route({
  method: 'post',
  path: '/v1/settings/plan',
  tag: 'Settings',
  summary: 'Change the plan',
  description:
    'The data moves to where the new plan keeps it, while everybody works on; for a few seconds changes are answered with 503 and Retry-After.',
  auth: 'tenant:close',
  stepUp: true,
  request: { body: planChange },
  idempotency: 'optional',
  responses: { 202: { description: 'The move begins', schema: moveStarted } },
  problems: ['move-under-way', 'same-plan'],
  handler: async ({ body }, call) => {
    const { principal, dependencies } = call;
    const tenant = await ownTenant(call);
    if (tenant.tier === body.plan) return problem('same-plan');
    const started = await changeOwn(call, async (t) => {
      const move = await insertMove(t, {
        id: newUuid(dependencies.now()),
        fromPlace: tenant.place,
        toPlace: placeFor(tenant.id, body.plan),
        fromTier: tenant.tier,
        toTier: body.plan,
        workflowIdOf: (number) => tenantMoveWorkflowId(tenant.id, number),
        requestedBy: actorOf(principal),
      });
      if (move === undefined) return undefined;
      const start = startOf(tenant, move);
      await appendWorkflowStart(t, start);
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'plan.change',
        objectKind: 'tenant',
        objectId: tenant.id,
        detail: { before: tenant.tier, after: body.plan, moveId: move.id },
        requestId: call.requestId,
      });
      return { move, start };
    });
    if (started === undefined) return problem('move-under-way');
    await hastenStart(call, started.start);
    return { status: 202, body: { move: shownMove(call, started.move) } };
  },
});

function startOf(tenant: TenantRecord, move: TenantMove): TenantStart {
  return {
    workflow: 'moveTenant',
    workflowId: move.workflowId,
    tier: tenant.tier,
    summary: `Move from ${move.fromTier} to ${move.toTier}`,
    input: {
      tenantId: tenant.id,
      moveId: move.id,
      from: move.fromPlace,
      to: move.toPlace,
      fromTier: move.fromTier,
      toTier: move.toTier,
    },
  };
}

const decide = route({
  method: 'post',
  path: '/v1/settings/plan/decision',
  tag: 'Settings',
  summary: 'Keep the new plan, or go back to the old one',
  description:
    'After the switch the old copy follows for two weeks. Confirming removes it; going back carries over everything written since.',
  auth: 'tenant:close',
  stepUp: true,
  request: { body: moveDecision },
  idempotency: 'optional',
  responses: { 204: { description: 'It will be done' } },
  problems: ['not-waiting', 'unavailable'],
  handler: async ({ body }, call) => {
    const { principal, dependencies, requestId } = call;
    const { temporal } = dependencies;
    const move = await readOwn(call, findMove);
    if (move?.status !== 'switched') return problem('not-waiting');
    const { decision } = body;
    const outcome = await temporal.ask<MoveVerdict>(
      { workflowId: move.workflowId, requestId: randomUUID() },
      { name: 'decideMove', input: { decision, actor: actorOf(principal) } },
    );
    if (outcome.kind === 'unavailable' || outcome.kind === 'pending') {
      return problem('unavailable', { headers: { 'Retry-After': '5' } });
    }
    if (outcome.kind !== 'answered' || !outcome.verdict.accepted) return problem('not-waiting');
    await changeOwn(call, (t) =>
      appendAudit(t, {
        actor: actorOf(principal),
        action: `plan.${decision}`,
        objectKind: 'tenant',
        objectId: principal.tenantId,
        detail: { moveId: move.id },
        requestId,
      }),
    );
    return { status: 204, body: undefined };
  },
});

export const settingsRoutes: readonly Route[] = [read, change, changePlan, decide];
