/** Rows of a statement that could not be read, and what people decide about them, in memory. */
import type { DecidedReject, RejectDecision, Statement } from '../../../api/statements/schema.ts';
import { rejectInSwahili } from '../../../domain/statements/in-swahili.ts';
import { readTypedRow } from '../../../domain/statements/typed-rows.ts';
import { fixtureRejects } from './fixture-files.ts';
import { refuse, send, sendPage, sendText, type Call } from './fixture-reply.ts';
import { ago, operationOf } from './fixture-statements.ts';
import { publicId } from './fixture-rows.ts';

export const mendOperationId = publicId('opn', 77);

let rejects = [...fixtureRejects];

/** Answers as the API does; typed cells are held to the grammar of the file. */
export function answerRejects(
  call: Call,
  statement: Statement,
  { rest, json }: { rest: string; json: RejectDecision },
): void {
  const { method, headers } = call.request;
  if (rest === 'rejects/rerun') return takeIn(call, statement);
  if (method === 'POST') return decide(call, statement, json);
  if (headers.accept === 'text/csv') {
    return sendText(call, 'page,line,reason\n1,214,receipt-malformed\n');
  }
  // What a run has taken in stays in the list, also where nothing is left to decide.
  return sendPage(
    call,
    statement.mediaKind === 'csv' && statement.rowCount !== null ? rejects : [],
  );
}

function decide(call: Call, statement: Statement, wish: RejectDecision): void {
  const row = rejects.find(({ seq }) => seq === wish.seq);
  if (row === undefined || statement.format === null) return refuse(call, 404, 'not-found');
  if (call.request.headers['if-match'] !== `W/"${row.version}"`) {
    return refuse(call, 412, 'precondition-failed');
  }
  if (wish.decision === 'mend') {
    const { format, createdAt: notAfter } = statement;
    const read = readTypedRow(row, wish.cells, { format, notAfter });
    if (!read.ok) {
      const { detail } = read.reject;
      return refuse(call, 422, 'row-unreadable', { detail, detailSw: rejectInSwahili(detail) });
    }
  }
  const decided: DecidedReject = { ...row, ...decisionOf(wish), version: row.version + 1 };
  rejects = rejects.map((one) => (one.seq === row.seq ? decided : one));
  return send(call, 200, decided);
}

function decisionOf(wish: RejectDecision): Partial<DecidedReject> {
  const by = { decidedBy: { id: publicId('usr', 1), name: 'Njeri Kamau' }, decidedAt: ago(0) };
  switch (wish.decision) {
    case 'mend':
      return { ...by, state: 'mended', typed: wish.cells, whySkipped: null };
    case 'skip':
      return { ...by, state: 'skipped', typed: null, whySkipped: wish.reason };
    case 'reopen':
      return { state: 'open', typed: null, whySkipped: null, decidedBy: null, decidedAt: null };
  }
}

function takeIn(call: Call, statement: Statement): void {
  const isDecided = ({ state, isSettled }: DecidedReject) => state !== 'open' && !isSettled;
  const taken = rejects.filter(isDecided);
  if (taken.length === 0) return refuse(call, 409, 'nothing-decided');
  rejects = rejects.map((one) => (isDecided(one) ? { ...one, isSettled: true } : one));
  const typed = taken.filter(({ state }) => state === 'mended').length;
  statement.rejectCount -= taken.length;
  statement.rowCount = (statement.rowCount ?? 0) + typed;
  const operation = { ...operationOf(statement), id: mendOperationId, kind: 'statement.mend' };
  return send(call, 202, { operation });
}
