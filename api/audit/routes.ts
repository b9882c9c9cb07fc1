/** The audit log: who did what, to be filtered, taken along as CSV, and checked for tampering. */
import { z } from 'zod';
import { verifyAudit } from '../../db/audit.ts';
import {
  auditAnchors,
  listAuditPage,
  namesOfActors,
  type AuditFilter,
  type AuditListItem,
} from '../../db/audit-list.ts';
import { startOfBusinessDate, instantFromEpochMs, addDays } from '../../domain/time.ts';
import type { BusinessDate } from '../../domain/time.ts';
import { csvLines } from '../guarded-csv.ts';
import { byteOrderMark, guarded } from '../../domain/spreadsheet.ts';
import { pageFrom, positionIn } from '../page.ts';
import { route, type Call, type Route } from '../route.ts';
import { streamed } from '../stream-body.ts';
import { auditExportQuery, auditPage, auditQuery, auditVerdict } from './schema.ts';

const position = z.strictObject({ seq: z.int().positive() });

const exportCsv = route({
  method: 'get',
  path: '/v1/audit/export',
  tag: 'Audit',
  summary: 'The audit log as CSV',
  auth: 'audit:read',
  stepUp: 'persons',
  request: { query: auditExportQuery },
  responses: { 200: { description: 'CSV, newest first', media: ['text/csv'] } },
  problems: [],
  handler: async ({ query }, call) => ({
    status: 200,
    body: streamed('text/csv; charset=utf-8', () => csvOf(call, filterOf(query))),
    headers: { 'Content-Disposition': 'attachment; filename="audit.csv"' },
  }),
});

const list = route({
  method: 'get',
  path: '/v1/audit',
  tag: 'Audit',
  summary: 'What was done, newest first',
  auth: 'audit:read',
  request: { query: auditQuery },
  sheet: exportCsv,
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

function readPage(call: Call, filter: AuditFilter, limit: number): Promise<NamedItem[]> {
  const { principal, dependencies } = call;
  return dependencies.db.withTenant(
    principal.tenantId,
    async (t) => {
      const rows = await listAuditPage(t, { ...filter, limit });
      const names = await namesOfActors(t, rows);
      return rows.map((row) => ({ ...row, actorName: names.get(row.actor) ?? null }));
    },
    { readOnly: true },
  );
}

type NamedItem = AuditListItem & { actorName: string | null };

function shown(row: NamedItem) {
  const { seq, at, actor, actorName, action, objectKind, objectId, detail, requestId, hash } = row;
  return { seq, at, actor, actorName, action, objectKind, objectId, detail, requestId, hash };
}

const exportPageRows = 500;

async function* csvOf(call: Call, filter: AuditFilter): AsyncGenerator<string> {
  const header = ['seq', 'at', 'actor', 'name', 'action', 'object kind', 'object id', 'detail'];
  yield byteOrderMark + csvLines([[...header, 'request id', 'hash']]);
  for (let beforeSeq = Number.MAX_SAFE_INTEGER; ;) {
    const rows = await readPage(call, { ...filter, beforeSeq }, exportPageRows);
    if (rows.length > 0) yield csvLines(rows.map(cellsOf));
    const last = rows.at(-1);
    if (last === undefined || rows.length < exportPageRows) return;
    beforeSeq = last.seq;
  }
}

function cellsOf(row: NamedItem): string[] {
  const { seq, at, actor, actorName, action, objectKind, objectId, detail, requestId, hash } = row;
  const texts = [actor, actorName ?? '', action, objectKind, objectId, JSON.stringify(detail)];
  return [String(seq), at, ...texts.map(guarded), guarded(requestId ?? ''), hash];
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
  handler: async (_input, { principal, dependencies: { db, now } }) => {
    const { tenantId } = principal;
    const anchors = await auditAnchors(db, tenantId);
    const verdict = await db.withTenant(tenantId, (t) => verifyAudit(t, anchors), {
      readOnly: true,
    });
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

export const auditRoutes: readonly Route[] = [list, exportCsv, verify];
