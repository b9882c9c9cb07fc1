/** Matching the columns of a file from a source that is not known yet. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { readStatement } from '../../activities/parser/cage.ts';
import type { ReaderFrame } from '../../activities/parser/frames.ts';
import { findMappingByFingerprint, saveMapping } from '../../db/mappings.ts';
import type { Statement } from '../../db/statement-record.ts';
import { findStatement } from '../../db/statements.ts';
import { readUpload } from '../../db/uploads.ts';
import { mappingInSwahili, problemInSwahili } from '../../domain/statements/in-swahili.ts';
import { toPublicId, type MappingId, type StatementId } from '../../domain/ids.ts';
import { headerFingerprint, validateMapping } from '../../domain/statements/mapping.ts';
import type { ColumnMapping, RejectedRow, StatementLine } from '../../domain/statements/terms.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { refusalOf } from './decision-routes.ts';
import {
  mappingAccepted,
  mappingDecision,
  mappingPreview,
  mappingPreviewRequest,
  mappingProposal,
} from './mapping-schema.ts';
import { showReject } from './present.ts';

const params = z.strictObject({ id: idSchema('statement') });
const sampleRowsMax = 20;

const propose = route({
  method: 'get',
  path: '/v1/statements/{id}/mapping',
  tag: 'Mappings',
  summary: 'The columns of the file, a sample of its rows, and how we would read them',
  auth: 'statements:read',
  request: { params },
  responses: { 200: { description: 'The header and a proposal', schema: mappingProposal } },
  problems: ['not-found', 'not-waiting'],
  handler: async ({ params: { id } }, call) => {
    const found = await waitingStatement(call, id);
    if ('problem' in found) return found;
    const preview = await previewOf(call, found);
    if (preview === undefined) return problem('not-waiting');
    const { header, rows, source, proposed, reasons } = preview;
    const fingerprint = headerFingerprint(header);
    const remembered = await readOwn(call, (t) => findMappingByFingerprint(t, fingerprint));
    return {
      status: 200,
      body: {
        header,
        sampleRows: rows.slice(0, sampleRowsMax),
        ...source,
        proposed: remembered?.mapping ?? proposed ?? null,
        reasons,
        reasonsSw: reasons.map((reason) => mappingInSwahili(reason)),
        remembered: remembered
          ? { id: toPublicId('mapping', remembered.id), name: remembered.name }
          : null,
      },
    };
  },
});

const decide = route({
  method: 'post',
  path: '/v1/statements/{id}/mapping',
  tag: 'Mappings',
  summary: 'Say which column means what, and go on',
  description:
    'The mapping is remembered for files with the same header unless `remember` is false.',
  auth: 'statements:write',
  request: { params, body: mappingDecision },
  idempotency: 'optional',
  responses: { 200: { description: 'The statement is being read', schema: mappingAccepted } },
  problems: ['not-found', 'not-waiting', 'columns', 'unavailable'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await waitingStatement(call, id);
    if ('problem' in found) return found;
    const preview = await previewOf(call, found);
    if (preview === undefined) return problem('not-waiting');
    const valid = validateMapping(body.mapping, preview.header);
    if (!valid.ok) return columnsProblem(valid.refusal.message);
    const mappingId = body.remember
      ? await remember(call, {
          ...body,
          header: preview.header,
          fileName: found.statement.fileName,
        })
      : undefined;
    const outcome = await call.dependencies.temporal.provideMapping(
      { workflowId: found.statement.workflowId, requestId: call.requestId },
      { mapping: body.mapping, ...(mappingId === undefined ? {} : { mappingId }) },
    );
    if (outcome.kind !== 'answered') return refusalOf(outcome);
    return outcome.verdict.accepted
      ? { status: 200, body: { accepted: true as const } }
      : problem('not-waiting');
  },
});

const preview = route({
  method: 'post',
  path: '/v1/statements/{id}/mapping/preview',
  tag: 'Mappings',
  summary: 'The first rows as a mapping reads them; nothing is stored',
  auth: 'statements:write',
  request: { params, body: mappingPreviewRequest },
  responses: { 200: { description: 'Up to 20 rows and 20 rejects', schema: mappingPreview } },
  problems: ['not-found', 'not-waiting', 'columns'],
  handler: async ({ params: { id }, body }, call) => {
    const found = await waitingStatement(call, id);
    if ('problem' in found) return found;
    const read = await readSample(call, found, body.mapping);
    if ('problem' in read) return read;
    return { status: 200, body: read };
  },
});

interface Waiting {
  statement: Statement;
  uploadId: string;
}

async function waitingStatement(call: Call, statementId: StatementId): Promise<Waiting | Problem> {
  const found = await readOwn(call, (t) => findStatement(t, statementId));
  if (found === undefined) return problem('not-found');
  const { uploadId } = found;
  const isWaiting = found.status === 'waiting-mapping' && uploadId !== null;
  return isWaiting ? { statement: found, uploadId } : problem('not-waiting');
}

/** Frames of the file, read in the cage like every other file of a stranger. */
function framesOf(
  call: Call,
  { uploadId, statement: { mediaKind } }: Waiting,
  mapping?: ColumnMapping,
): AsyncGenerator<ReaderFrame, void, void> {
  const { db } = call.dependencies;
  return readStatement(readUpload(db, call.principal.tenantId, uploadId), {
    mediaKind,
    mode: mapping === undefined ? 'inspect' : 'read',
    ...(mapping === undefined ? {} : { mapping }),
    childPath: resolve('activities/parser/child.ts'),
  });
}

async function previewOf(call: Call, waiting: Waiting) {
  for await (const frame of framesOf(call, waiting)) {
    if (frame.t === 'preview') return frame;
  }
  return undefined;
}

async function readSample(call: Call, waiting: Waiting, mapping: ColumnMapping) {
  const rows: StatementLine[] = [];
  const rejects: RejectedRow[] = [];
  for await (const frame of framesOf(call, waiting, mapping)) {
    if (frame.t === 'needs') return columnsProblem(frame.detail);
    if (frame.t === 'lines') rows.push(...frame.lines);
    if (frame.t === 'rejects') rejects.push(...frame.rejects);
    if (rows.length >= sampleRowsMax || rejects.length >= sampleRowsMax) break;
  }
  return {
    rows: rows.slice(0, sampleRowsMax).map(showSample),
    rejects: rejects.slice(0, sampleRowsMax).map(showReject),
  };
}

function columnsProblem(detail: string): Problem {
  return problem('columns', { detail, detailSw: problemInSwahili(detail) });
}

function showSample(read: StatementLine) {
  const { ordinal, page, line, receipt, completedAt, details, status, inCents, outCents } = read;
  const { purpose, channel } = read.reading;
  const shown = { ordinal, page, line, receipt, completedAt, details, status, inCents, outCents };
  const balanceCents = read.balanceCents ?? null;
  return { ...shown, purpose, channel, balanceCents, isNew: null, transactionId: null };
}

async function remember(
  call: Call,
  decision: {
    mapping: ColumnMapping;
    header: readonly string[];
    name?: string | undefined;
    fileName: string;
  },
): Promise<MappingId> {
  const { userId } = call.principal;
  const saved = await changeOwn(call, (t) =>
    saveMapping(t, {
      fingerprint: headerFingerprint(decision.header),
      name: decision.name ?? decision.fileName,
      mapping: decision.mapping,
      createdBy: userId,
    }),
  );
  return saved.id;
}

export const mappingRoutes: readonly Route[] = [propose, decide, preview];
