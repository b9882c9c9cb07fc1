/** The rows of a statement exactly as read, and the rows that could not be read. */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import { listLines, type StoredLine } from '../../db/statement-lines.ts';
import { listRejects, type DecidedReject } from '../../db/statement-rejects.ts';
import { findStatement } from '../../db/statements.ts';
import { toPublicId, type StatementId } from '../../domain/ids.ts';
import { text, type Sheet } from '../../activities/sheets/cells.ts';
import { readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, pageQuery } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { download } from '../sheets/download.ts';
import { statementMendingRoutes } from './mending-routes.ts';
import { showDecided, showLine } from './present.ts';
import { statementLinePage, statementRejectPage } from './schema.ts';

const params = z.strictObject({ id: idSchema('statement') });
const query = z.strictObject(pageQuery(1000));

const lines = route({
  method: 'get',
  path: '/v1/statements/{id}/lines',
  tag: 'Statements',
  summary: 'The rows as the file has them, in its order',
  auth: 'statements:read',
  request: { params, query },
  responses: { 200: { description: 'One page', schema: statementLinePage } },
  problems: ['not-found', 'invalid-cursor'],
  handler: async ({ params: { id }, query }, call) => {
    const after = positionIn(call, query, z.strictObject({ ordinal: z.int() }));
    const page = {
      limit: query.limit + 1,
      ...(after === undefined ? {} : { afterOrdinal: after.ordinal }),
    };
    const rows = await ofStatement(call, id, (t) => listLines(t, id, page));
    if (rows === undefined) return problem('not-found');
    const position = ({ ordinal }: StoredLine) => ({ ordinal });
    return { status: 200, body: pageFrom(call, query, { rows, show: showLine, position }) };
  },
});

const rejects = route({
  method: 'get',
  path: '/v1/statements/{id}/rejects',
  tag: 'Statements',
  summary: 'The rows that could not be read, with their place and their text',
  description: 'As a page of JSON, or all of them as CSV when Accept asks for text/csv.',
  auth: 'statements:read',
  request: { params, query },
  responses: {
    200: { description: 'One page', schema: statementRejectPage, media: ['text/csv'] },
  },
  problems: ['not-found', 'invalid-cursor', 'not-acceptable'],
  handler: async ({ params: { id }, query }, call) => {
    const wanted = call.request.accepts(['application/json', 'text/csv']);
    if (wanted === false) return problem('not-acceptable');
    const after = positionIn(call, query, z.strictObject({ seq: z.int() }));
    const page = {
      limit: query.limit + 1,
      ...(after === undefined ? {} : { afterSeq: after.seq }),
    };
    const rows = await ofStatement(call, id, (t) => listRejects(t, id, page));
    if (rows === undefined) return problem('not-found');
    if (wanted === 'text/csv') {
      const name = 'unreadable-rows';
      const taking = {
        list: name,
        name,
        format: 'csv',
        asked: { statementId: toPublicId('statement', id) },
      } as const;
      const { headers, ...file } = await download(call, rejectSheet, {
        ...taking,
        batches: () => rejectsOf(call, id),
      });
      return { ...file, headers: { ...headers, Vary: 'Accept' } };
    }
    const position = ({ seq }: DecidedReject) => ({ seq });
    return {
      status: 200,
      body: pageFrom(call, query, { rows, show: showDecided, position }),
      headers: { Vary: 'Accept' },
    };
  },
});

async function* rejectsOf(call: Call, statementId: StatementId): AsyncGenerator<DecidedReject[]> {
  const limit = 1000;
  for (let afterSeq = -1; ;) {
    const page = { afterSeq, limit };
    const rows = await readOwn(call, (t) => listRejects(t, statementId, page));
    yield rows;
    afterSeq = rows.at(-1)?.seq ?? afterSeq;
    if (rows.length < limit) return;
  }
}

const rejectSheet: Sheet<DecidedReject> = {
  name: { en: 'Unreadable rows', sw: 'Safu zisizosomeka' },
  columns: [
    ['Page', 'Ukurasa', ({ page }) => text(page)],
    ['Line', 'Mstari', ({ line }) => text(line)],
    ['Reason', 'Sababu', ({ reason }) => text(reason)],
    ['Detail', 'Undani', ({ detail }) => text(detail)],
    ['Text', 'Maandishi', ({ raw }) => text(raw)],
    ['State', 'Hali', ({ decision }) => text(decision ?? 'open')],
    ['Taken in', 'Iliingizwa', ({ settledAt }) => text(settledAt ?? '')],
    ['Decided by', 'Aliyeamua', ({ decidedBy }) => text(decidedBy?.name ?? '')],
    ['Why skipped', 'Sababu ya kuachwa', ({ whySkipped }) => text(whySkipped ?? '')],
  ],
};

/** Rows of a statement of this tenant; undefined when there is no such statement. */
async function ofStatement<Rows>(
  call: Call,
  statementId: StatementId,
  load: (t: TenantHandle) => Promise<Rows>,
): Promise<Rows | undefined> {
  const work = async (t: TenantHandle) =>
    (await findStatement(t, statementId)) === undefined ? undefined : load(t);
  return readOwn(call, work);
}

export const statementRowRoutes: readonly Route[] = [lines, rejects, ...statementMendingRoutes];
