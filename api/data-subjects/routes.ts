/** What the business holds about a person who asks; asking is recorded, the number is not. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findSubject, reported } from '../../db/data-subjects.ts';
import { firstPosition, subjectRelations } from '../../db/subject-sources.ts';
import { subjectReportKind } from '../../domain/downloads/terms.ts';
import { actorOf } from '../auth/principal.ts';
import { beginDownload } from '../downloads/begin.ts';
import { download } from '../downloads/schema.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { changeOwn } from '../own-data.ts';
import { route, type Route } from '../route.ts';
import { subjectQuestion, subjectReport, subjectWish } from './schema.ts';
import { subjectRequestRoutes } from './request-routes.ts';

/** Rows that are opened for one answer: well below a second of work. */
const rowsMax = 20_000;
const recordsMax = 2_000;

const place = z.strictObject({
  relation: z.enum(subjectRelations),
  id: z.uuid().nullable(),
  row: z.int().nullable(),
});

const report = route({
  method: 'post',
  path: '/v1/data-subjects/report',
  tag: 'Data subjects',
  summary: 'Everything held about a person, answer by answer',
  description:
    'A run gathers the same at once: `POST /v1/data-subjects/reports`. By number, name or both: customers, collections, payouts, accounts, payments received, statements, rows of statements and lists, and raw callbacks, with what is kept sealed about the person. A large business is looked through in several answers, each with the cursor of the next. Needs a fresh second factor; who asked and why stands in the audit log, number and name do not.',
  auth: 'personal:reveal',
  stepUp: true,
  request: { body: subjectQuestion },
  responses: { 200: { description: 'What is held', schema: subjectReport } },
  problems: ['invalid-cursor'],
  handler: async ({ body }, call) => {
    const { principal, dependencies, requestId, request } = call;
    const { msisdn, name, reason, cursor } = body;
    const { tenantId } = principal;
    const { cursorKey } = dependencies;
    const bound = { tenantId, list: request.path, filters: { msisdn, name } };
    const from =
      cursor === undefined
        ? firstPosition
        : readCursor(cursorKey, bound, { text: cursor, position: place });
    const { records, next } = await changeOwn(call, async (t) => {
      const found = await findSubject(t, { msisdn, name }, { from, rowsMax, recordsMax });
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'subject.report',
        objectKind: 'tenant',
        objectId: tenantId,
        detail: { reason, records: found.records.length, by: byWhat({ msisdn, name }) },
        requestId,
      });
      return found;
    });
    const answer = {
      ...{ msisdn: msisdn ?? null, name: name ?? null, isComplete: next === undefined },
      nextCursor: next === undefined ? null : writeCursor(cursorKey, bound, next),
      progress:
        next === undefined ? 1 : subjectRelations.indexOf(next.relation) / subjectRelations.length,
      records: records.map(reported),
    };
    return { status: 200, body: answer };
  },
});

/** What was asked with, never what was asked. */
function byWhat(asked: { msisdn?: unknown; name?: unknown }): string[] {
  return Object.entries(asked).flatMap(([by, value]) => (value === undefined ? [] : [by]));
}

const begin = route({
  method: 'post',
  path: '/v1/data-subjects/reports',
  tag: 'Data subjects',
  summary: 'Have everything held about a person gathered',
  description:
    'Made in the background as JSON (DataSubjectFile) and fetched under `/v1/downloads` for seven days, by the one who asked. Needs a fresh second factor, again when it is fetched; who asked and why stands in the audit log, number and name do not.',
  auth: 'personal:reveal',
  stepUp: true,
  idempotency: 'optional',
  request: { body: subjectWish },
  responses: { 202: { description: 'It is being made', schema: download } },
  problems: ['downloads-under-way'],
  handler: async ({ body }, call) => {
    const { reason, ...person } = body;
    const { tenantId } = call.principal;
    const by = byWhat(person);
    return beginDownload(call, {
      ...{ kind: subjectReportKind, format: 'json', choice: person, filter: { by }, body },
      record: {
        ...{ action: 'subject.report', objectKind: 'tenant', objectId: tenantId },
        detail: { reason, by },
      },
    });
  },
});

export const dataSubjectRoutes: readonly Route[] = [report, begin, ...subjectRequestRoutes];
