import type { z } from 'zod';
import type { StoredLine } from '../../db/statement-lines.ts';
import type { Statement } from '../../db/statement-record.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { DecidedReject as Stored } from '../../db/statement-rejects.ts';
import { cellsIn } from '../../domain/statements/typed-rows.ts';
import { problemInSwahili, rejectInSwahili } from '../../domain/statements/in-swahili.ts';
import type { ProofCheck, RejectedRow, TamperFinding } from '../../domain/statements/terms.ts';
import {
  statementProblems,
  type decidedReject,
  type statement,
  type statementLine,
  type statementReject,
} from './schema.ts';

const waiting = {
  'waiting-password': 'password',
  'waiting-mapping': 'mapping',
  'waiting-review': 'review',
} as const;

/** A statement as clients see it. */
export function showStatement(
  stored: Statement,
  runUrl: (workflowId: string) => string,
): z.input<typeof statement> {
  const { uploadId, attempt, mappingId, printed, totalInCents, totalOutCents, ...shared } = stored;
  const { account, createdBy, status } = stored;
  return {
    ...shared,
    id: toPublicId('statement', stored.id),
    problem: statementProblems.find((known) => known === stored.problem) ?? null,
    account: account && { ...account, id: toPublicId('account', account.id) },
    customerName: printed?.customerName ?? null,
    verificationCode: printed?.verificationCode ?? null,
    totals: { inCents: totalInCents, outCents: totalOutCents, currency: 'KES' },
    problemDetailSw: problemSw(stored),
    checks: stored.checks.map(showCheck),
    tamper: stored.tamper.map(bothTongues),
    stages: stored.stages.map(({ stage, at, counts }) => ({ stage, at, counts: counts ?? null })),
    waitingFor: isWaiting(status) ? waiting[status] : null,
    runUrl: runUrl(stored.workflowId),
    operationId: toPublicId('operation', stored.operationId),
    createdBy: { id: toPublicId('user', createdBy.id), name: createdBy.name },
    canUndo: status === 'posted',
  };
}

/** The detail may quote the proof, whose Swahili is stored with it. */
function problemSw({ problemDetail, checks, tamper }: Statement): string | null {
  if (problemDetail === null) return null;
  const said = [...checks, ...tamper].flatMap(({ detail, detailSw }) =>
    detailSw === undefined ? [] : [[detail, detailSw] as const],
  );
  return problemInSwahili(problemDetail, new Map(said));
}

function isWaiting(status: Statement['status']): status is keyof typeof waiting {
  return Object.hasOwn(waiting, status);
}

function showCheck(check: ProofCheck) {
  const ok = check.outcome === 'not-printed' ? null : check.outcome !== 'failed';
  return { ...bothTongues(check), ok };
}

function bothTongues<Said extends ProofCheck | TamperFinding>(said: Said) {
  return { ...said, detailSw: said.detailSw ?? null, rows: [...said.rows] };
}

/** A row that could not be read, as clients see it. */
export function showReject(reject: RejectedRow): z.input<typeof statementReject> {
  const { page, line, raw, reason, detail } = reject;
  return { page, line, raw, reason, detail, detailSw: rejectInSwahili(detail) };
}

/** A rejected row with what was decided about it, as clients see it. */
export function showDecided(reject: Stored): z.input<typeof decidedReject> {
  const { seq, version, decision, typed, whySkipped, decidedBy, decidedAt, settledAt } = reject;
  return {
    ...showReject(reject),
    ...{ seq, version, typed, whySkipped, decidedAt },
    state: decision ?? 'open',
    isSettled: settledAt !== null,
    suggested: cellsIn(reject.raw),
    decidedBy: decidedBy && { id: toPublicId('user', decidedBy.id), name: decidedBy.name },
  };
}

/** A line as clients see it. */
export function showLine(stored: StoredLine): z.input<typeof statementLine> {
  const { nature: _nature, transactionId, isNew, ...shared } = stored;
  return {
    ...shared,
    isNew: transactionId === null ? null : isNew,
    transactionId: transactionId && toPublicId('transaction', transactionId),
  };
}
