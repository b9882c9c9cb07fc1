/** What the business holds about a person who asks; asking is recorded, the number is not. */
import { appendAudit } from '../../db/audit.ts';
import { findSubject, type SubjectRecord } from '../../db/data-subjects.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { actorOf } from '../auth/principal.ts';
import { route, type Route } from '../route.ts';
import { subjectQuestion, subjectReport } from './schema.ts';

const perKindMax = 500;

const report = route({
  method: 'post',
  path: '/v1/data-subjects/report',
  tag: 'Data subjects',
  summary: 'Everything held about a phone number',
  description:
    'Customers, collections, payouts and accounts under the number, with what is kept sealed about the person. Needs a fresh second factor; who asked and why stands in the audit log, the number does not.',
  auth: 'personal:reveal',
  stepUp: true,
  request: { body: subjectQuestion },
  responses: { 200: { description: 'What is held', schema: subjectReport } },
  problems: [],
  handler: async ({ body: { msisdn, reason } }, { principal, dependencies, requestId }) => {
    const { tenantId } = principal;
    const records = await dependencies.db.withTenant(tenantId, async (t) => {
      const found = await findSubject(t, { msisdn, limit: perKindMax });
      await appendAudit(t, {
        actor: actorOf(principal),
        action: 'subject.report',
        objectKind: 'tenant',
        objectId: tenantId,
        detail: { reason, records: found.length },
        requestId,
      });
      return found;
    });
    const counts = Map.groupBy(records, ({ kind }) => kind).values();
    const isComplete = [...counts].every(({ length }) => length < perKindMax);
    const body = { msisdn, isComplete, records: records.map(shown) };
    return { status: 200, body };
  },
});

function shown({ kind, id: uuid, createdAt, words }: SubjectRecord) {
  const at = instantFromEpochMs(Date.parse(createdAt));
  return { kind, id: toPublicId(kind, id(kind, uuid)), createdAt: at, words };
}

export const dataSubjectRoutes: readonly Route[] = [report];
