/** What the business holds about a person who asks; asking is recorded, the number is not. */
import { appendAudit } from '../../db/audit.ts';
import { findSubject, type SubjectRecord } from '../../db/data-subjects.ts';
import { toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { route, type Route } from '../route.ts';
import { subjectQuestion, subjectReport } from './schema.ts';

const perKindMax = 500;

const report = route({
  method: 'post',
  path: '/v1/data-subjects/report',
  tag: 'Data subjects',
  summary: 'Everything held about a person',
  description:
    'By number, name or both: customers, collections, payouts, accounts, payments received, rows of statements and lists, and raw callbacks, with what is kept sealed about the person. Needs a fresh second factor; who asked and why stands in the audit log, number and name do not.',
  auth: 'personal:reveal',
  stepUp: true,
  request: { body: subjectQuestion },
  responses: { 200: { description: 'What is held', schema: subjectReport } },
  problems: [],
  handler: async ({ body: { msisdn, name, reason } }, { principal, dependencies, requestId }) => {
    const { tenantId } = principal;
    const records = await dependencies.db.withTenant(tenantId, async (t) => {
      const found = await findSubject(t, { msisdn, name, limit: perKindMax });
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'subject.report',
        objectKind: 'tenant',
        objectId: tenantId,
        detail: { reason, records: found.length, by: byWhat({ msisdn, name }) },
        requestId,
      });
      return found;
    });
    const counts = Map.groupBy(records, ({ kind }) => kind).values();
    const isComplete = [...counts].every(({ length }) => length < perKindMax);
    const asked = { msisdn: msisdn ?? null, name: name ?? null };
    const body = { ...asked, isComplete, records: records.map(shown) };
    return { status: 200, body };
  },
});

/** What was asked with, never what was asked. */
function byWhat(asked: { msisdn: unknown; name: unknown }): string[] {
  return Object.entries(asked).flatMap(([by, value]) => (value === undefined ? [] : [by]));
}

function shown({ kind, id, row, at, words }: SubjectRecord) {
  const instant = at === null ? null : instantFromEpochMs(Date.parse(at));
  return { kind, id: toPublicId(kind, id), row, at: instant, words };
}

export const dataSubjectRoutes: readonly Route[] = [report];
