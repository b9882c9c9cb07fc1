/** The audit log: who did what, to be filtered, taken along as a file, and checked for tampering. */
import { z } from 'zod';
import { verifyAudit } from '../../db/audit.ts';
import {
  auditAnchors,
  listAuditPage,
  type AuditFilter,
  type NamedAuditItem,
} from '../../db/audit-list.ts';
import { startOfBusinessDate, instantFromEpochMs, addDays } from '../../domain/time.ts';
import type { BusinessDate } from '../../domain/time.ts';
import { exportRoutes } from '../downloads/list-export.ts';
import { isPeriod, periodRule } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { route, type Call, type Route } from '../route.ts';
import { sheetFormats } from '../sheets/download.ts';
import { auditFilters, auditPage, auditQuery, auditVerdict } from './schema.ts';

const position = z.strictObject({ seq: z.int().positive() });

const { exported, begun } = exportRoutes({
  list: 'audit',
  path: '/v1/audit/export',
  tag: 'Audit',
  summary: 'The audit log as a file',
  description: 'Newest first, each record with its hash.',
  auth: 'audit:read',
  formats: sheetFormats,
  asked: z
    .strictObject({ format: z.enum(sheetFormats).default('csv'), ...auditFilters })
    .refine(isPeriod, periodRule),
  choiceOf: ({ format: _format, ...fields }) => filterOf(fields),
});

const list = route({
  method: 'get',
  path: '/v1/audit',
  tag: 'Audit',
  summary: 'What was done, newest first',
  auth: 'audit:read',
  request: { query: auditQuery },
  sheet: exported,
  responses: { 200: { description: 'A page', schema: auditPage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const at = positionIn(call, query, position);
    const filter = { ...filterOf(query), ...(at === undefined ? {} : { beforeSeq: at.seq }) };
    const rows = await readPage(call, filter, query.limit + 1);
    return {
      status: 200,
      body: pageFrom(call, query, { rows, show: shown, position: ({ seq }) => ({ seq }) }),
    };
  },
});

type Filters = Partial<
  Record<'actor' | 'action' | 'objectKind' | 'objectId', string | undefined> &
    Record<'from' | 'to', BusinessDate | undefined>
>;

function filterOf({ from, to, actor, action, objectKind, objectId }: Filters): AuditFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(objectKind === undefined ? {} : { objectKind }),
    ...(objectId === undefined ? {} : { objectId }),
    ...(from === undefined ? {} : { from: startOfBusinessDate(from) }),
    ...(to === undefined ? {} : { before: startOfBusinessDate(addDays(to, 1)) }),
  };
}

function readPage(call: Call, filter: AuditFilter, limit: number): Promise<NamedAuditItem[]> {
  return readOwn(call, (t) => listAuditPage(t, { ...filter, limit }));
}

function shown(row: NamedAuditItem) {
  const { seq, at, actor, actorName, action, objectKind, objectId, detail, requestId, hash } = row;
  return { seq, at, actor, actorName, action, objectKind, objectId, detail, requestId, hash };
}

const verify = route({
  method: 'get',
  path: '/v1/audit/verdict',
  tag: 'Audit',
  summary: 'Whether the chain is as it was written',
  description:
    'Computes every hash again and compares the chain with marks kept outside it. Takes about a second per 50,000 records.',
  auth: 'audit:read',
  request: {},
  responses: { 200: { description: 'The verdict', schema: auditVerdict } },
  problems: [],
  handler: async (_input, call) => {
    const { principal } = call;
    const { db, now } = call.dependencies;
    const { tenantId } = principal;
    const anchors = await auditAnchors(db, tenantId);
    const verdict = await readOwn(call, (t) => verifyAudit(t, anchors));
    return {
      status: 200,
      body: {
        isIntact: verdict.ok,
        records: verdict.ok ? verdict.records : null,
        head: verdict.ok ? verdict.head : null,
        firstBadSeq: verdict.ok ? null : verdict.firstBadSeq,
        problem: verdict.ok ? null : verdict.problem,
        anchors: anchors.length,
        checkedAt: instantFromEpochMs(now()),
      },
    };
  },
});

export const auditRoutes: readonly Route[] = [list, exported, begun, verify];
