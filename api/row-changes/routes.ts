/** Many rows changed at once, what was changed before, and taking it back. */
import { z } from 'zod';
import { namesOfActors } from '../../db/audit-list.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { openBulkChange, openTakingBack, stepChange } from '../../db/bulk-changes.ts';
import { findChange, listChanges, type RowChange, type BulkDeed } from '../../db/row-changes.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { toPublicId, type RowChangeId } from '../../domain/ids.ts';
import { rowChangeWorkflowId } from '../../temporal/workflow-ids.ts';
import type { RowChangeStart } from '../../workflows/row-change-types.ts';
import { actorOf } from '../auth/principal.ts';
import { hastenStart } from '../hasten-start.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { filterOf } from '../transactions/filter.ts';
import { rowChange, rowChangePage, rowChangeRequest } from './schema.ts';

/** More rows than this are changed by a run, which the answer does not wait for. */
const rowsAtOnceMax = 2_000;

const params = z.strictObject({ id: idSchema('rowChange') });
const responses = {
  200: { description: 'It is done', schema: rowChange },
  202: { description: 'It is under way', schema: rowChange },
};

const change = route({
  method: 'post',
  path: '/v1/row-changes',
  tag: 'Row changes',
  summary: 'Put many transactions under a category, or tags on them',
  description: `Up to ${rowsAtOnceMax.toLocaleString('en-US')} rows are changed before the answer; more are changed by a run, up to 250,000. Rows that cannot follow, because they are gone by then, are split into parts with categories of their own, or would have more than 20 tags, are left as they are: \`changedCount\` says how many follow. Taking a change back leaves alone what a later change of the same rows says: their category, or the same tag.`,
  auth: 'transactions:write',
  idempotency: 'required',
  request: { body: rowChangeRequest },
  responses,
  problems: ['selection-changed', 'selection-too-large'],
  handler: async ({ body }, call) => {
    const { rows, expectedCount } = body;
    const filter = 'ids' in rows ? { ids: rows.ids } : filterOf(rows.filter);
    const actor = actorOf(call.principal);
    const wish = {
      ...{ deed: deedOf(body), filter, expectedCount, actor, requestId: call.requestId },
      askedAs: idFor(call, 'rowChange', body),
    };
    const outcome = await changeOwn(call, async (t) => {
      const opened = await openBulkChange(t, wish);
      return opened.ok ? carryOut(t, opened.change, 'apply') : opened;
    });
    if ('refusal' in outcome) {
      const detail = `They are ${outcome.count} now.`;
      return problem(outcome.refusal, { detail });
    }
    return answer(call, outcome);
  },
});

function deedOf({ category, addTags, removeTags }: z.output<typeof rowChangeRequest>): BulkDeed {
  if (category !== undefined) return { kind: 'category', category };
  return { kind: 'tags', add: addTags, remove: removeTags };
}

const undo = route({
  method: 'post',
  path: '/v1/row-changes/{id}/undo',
  tag: 'Row changes',
  summary: 'Take a change back',
  description: 'Rows say again what they said before; rows that were changed since stay.',
  auth: 'transactions:write',
  idempotency: 'optional',
  request: { params, body: z.strictObject({}) },
  responses,
  problems: ['not-found', 'cannot-take-back'],
  handler: async ({ params: { id } }, call) => {
    const asked = { changeId: id, actor: actorOf(call.principal), requestId: call.requestId };
    const outcome = await changeOwn(call, async (t) => {
      if ((await findChange(t, id)) === undefined) return 'not-found';
      const begun = await openTakingBack(t, asked);
      return begun === undefined ? 'cannot-take-back' : carryOut(t, begun, 'take-back');
    });
    return typeof outcome === 'string' ? problem(outcome) : answer(call, outcome);
  },
});

const list = route({
  method: 'get',
  path: '/v1/row-changes',
  tag: 'Row changes',
  summary: 'What was changed by hand, newest first',
  auth: 'transactions:read',
  request: { query: z.strictObject(pageQuery(100)) },
  responses: { 200: { description: 'One page', schema: rowChangePage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, listPosition);
    const request = { limit: query.limit + 1, ...(after ? { before: after.id } : {}) };
    const { rows, names } = await readOwn(call, async (t) => {
      const rows = await listChanges(t, request);
      return { rows, names: await namesIn(t, rows) };
    });
    const show = (row: RowChange) => shown(row, names);
    const position = ({ id }: RowChange) => ({ id: toPublicId('rowChange', id) });
    return { status: 200, body: pageFrom(call, query, { rows, show, position }) };
  },
});

const listPosition = z.strictObject({ id: idSchema('rowChange') });

const read = route({
  method: 'get',
  path: '/v1/row-changes/{id}',
  tag: 'Row changes',
  summary: 'How far a change is',
  auth: 'transactions:read',
  request: { params },
  responses: { 200: { description: 'As it is now', schema: rowChange } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, async (t) => {
      const one = await findChange(t, id);
      return one && { one, names: await namesIn(t, [one]) };
    });
    if (found === undefined) return problem('not-found');
    return { status: 200, body: shown(found.one, found.names) };
  },
});

interface CarriedOut {
  change: RowChange;
  names: Map<string, string>;
  start?: RowChangeStart;
}

/** Does it at once where that is quick; otherwise a run is asked for. */
async function carryOut(
  t: TenantHandle,
  opened: RowChange,
  deed: 'apply' | 'take-back',
): Promise<CarriedOut> {
  const { id: changeId, rowCount } = opened;
  const names = await namesIn(t, [opened]);
  if (rowCount > rowsAtOnceMax) {
    const start = await startOf(t, changeId, deed);
    await appendWorkflowStart(t, start);
    return { change: opened, names, start };
  }
  await stepChange(t, changeId, rowsAtOnceMax);
  return { change: (await findChange(t, changeId)) ?? opened, names };
}

async function startOf(
  t: TenantHandle,
  changeId: RowChangeId,
  deed: 'apply' | 'take-back',
): Promise<RowChangeStart> {
  const { tenantId } = t;
  return {
    ...{ workflow: 'changeRows', workflowId: rowChangeWorkflowId({ tenantId, changeId, deed }) },
    ...{ tier: await tierOf(t), summary: `Change ${toPublicId('rowChange', changeId)}` },
    input: { tenantId, changeId, deed },
  };
}

async function answer(call: Call, { change: one, names, start }: CarriedOut) {
  const body = shown(one, names);
  if (start === undefined) return { status: 200 as const, body };
  await hastenStart(call, start);
  const headers = { Location: `/v1/row-changes/${body.id}` };
  return { status: 202 as const, body, headers };
}

function namesIn(t: TenantHandle, rows: readonly RowChange[]): Promise<Map<string, string>> {
  const actors = rows.flatMap(({ actor, undoneBy }) => (undoneBy ? [actor, undoneBy] : [actor]));
  return namesOfActors(
    t,
    actors.map((actor) => ({ actor })),
  );
}

function shown(one: RowChange, names: Map<string, string>): z.input<typeof rowChange> {
  return {
    ...one,
    id: toPublicId('rowChange', one.id),
    currency: 'KES',
    actorName: names.get(one.actor) ?? null,
    undoneByName: (one.undoneBy && names.get(one.undoneBy)) ?? null,
  };
}

export const rowChangeRoutes: readonly Route[] = [change, list, read, undo];
