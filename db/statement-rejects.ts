/** Rows that could not be read, kept with their place and their text, sealed like everything read. */
import { sql } from 'kysely';
import type { StatementId, UserId } from '../domain/ids.ts';
import type { RejectReason } from '../domain/statements/terms.ts';
import type { TypedCells } from '../domain/statements/typed-rows.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { RejectDecision } from './statement-tables.ts';

export interface Reject {
  seq: number;
  page: number;
  line: number;
  raw: string;
  reason: RejectReason;
  detail: string;
}

/** What a person decided: the cells as they were typed, or why the row is left out. */
export type Decided = { typed: TypedCells } | { reason: string };

/** A reject with what became of it. */
export interface DecidedReject extends Reject {
  version: number;
  decision: RejectDecision | null;
  /** What was typed; null where nothing was. */
  typed: TypedCells | null;
  /** Why the row is left out; null where it is not. */
  whySkipped: string | null;
  decidedBy: { id: UserId; name: string } | null;
  decidedAt: Instant | null;
  /** When a run took the decision in; it can be taken back until then. */
  settledAt: Instant | null;
  /** The line that the typed row became. */
  ordinal: number | null;
}

export const rejectContext = 'reject';

/** Stores rejected rows; `seq` counts from 0 in file order. A repeated chunk changes nothing. */
export async function appendRejects(
  t: TenantHandle,
  statementId: StatementId,
  rejects: readonly Reject[],
): Promise<void> {
  if (rejects.length === 0) return;
  const rows = rejects.map((reject) => ({
    tenant_id: t.tenantId,
    statement_id: statementId,
    seq: reject.seq,
    page: reject.page,
    line: reject.line,
    reason: reject.reason,
    sealed: t.seal.seal(JSON.stringify({ raw: reject.raw, detail: reject.detail }), rejectContext),
  }));
  for (let from = 0; from < rows.length; from += 1_000) {
    await t.query
      .insertInto('statement_rejects')
      .values(rows.slice(from, from + 1_000))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Rejected rows by their order in the file; `afterSeq` is the last one of the page before. */
export async function listRejects(
  t: TenantHandle,
  statementId: StatementId,
  page: { afterSeq?: number; limit: number },
): Promise<DecidedReject[]> {
  const rows = await selectRejects(t, statementId)
    .where('r.seq', '>', page.afterSeq ?? -1)
    .orderBy('r.seq')
    .limit(page.limit)
    .execute();
  return rows.map((row) => toReject(t, row));
}

/** One rejected row by its place among them; undefined when the statement has none there. */
export async function findReject(
  t: TenantHandle,
  statementId: StatementId,
  seq: number,
): Promise<DecidedReject | undefined> {
  const row = await selectRejects(t, statementId).where('r.seq', '=', seq).executeTakeFirst();
  return row && toReject(t, row);
}

/** Decided rows that no run has taken in yet, by their order in the file. */
export async function listDecided(
  t: TenantHandle,
  statementId: StatementId,
  limit: number,
): Promise<DecidedReject[]> {
  const rows = await selectRejects(t, statementId)
    .where('r.decision', 'is not', null)
    .where('r.settled_at', 'is', null)
    .orderBy('r.seq')
    .limit(limit)
    .execute();
  return rows.map((row) => toReject(t, row));
}

/**
 * Writes a decision down, or takes it back (`decided` undefined). Answers false when somebody else
 * changed the row since `version`, or when a run has taken it in.
 */
export async function decideReject(
  t: TenantHandle,
  of: { statementId: StatementId; reject: DecidedReject; decidedBy: UserId },
  decided: Decided | undefined,
): Promise<boolean> {
  const { statementId, reject, decidedBy } = of;
  const { raw, detail, seq, version } = reject;
  const words = JSON.stringify({ raw, detail, ...decided });
  const decision = decided === undefined ? null : 'typed' in decided ? 'mended' : 'skipped';
  const changed = await t.query
    .updateTable('statement_rejects')
    .set({
      sealed: t.seal.seal(words, rejectContext),
      version: version + 1,
      decision,
      decided_by: decision && decidedBy,
      decided_at: decision && sql<Instant>`now()`,
    })
    .where('statement_id', '=', statementId)
    .where('seq', '=', seq)
    .where('version', '=', version)
    .where('settled_at', 'is', null)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** Notes that decisions were taken in; a typed row names the line it became. */
export async function settleRejects(
  t: TenantHandle,
  statementId: StatementId,
  settled: readonly { seq: number; ordinal: number | null }[],
): Promise<void> {
  await sql`
    update ${t.table('statement_rejects')} r
    set settled_at = now(), ordinal = s.ordinal, version = r.version + 1
    from unnest(${settled.map(({ seq }) => seq)}::integer[],
      ${settled.map(({ ordinal }) => ordinal)}::integer[]) s (seq, ordinal)
    where r.statement_id = ${statementId} and r.seq = s.seq`.execute(t.query);
}

function selectRejects(t: TenantHandle, statementId: StatementId) {
  return t.query
    .selectFrom('statement_rejects as r')
    .leftJoin('platform.users as u', 'u.id', 'r.decided_by')
    .select(['r.seq', 'r.page', 'r.line', 'r.reason', 'r.sealed', 'r.version', 'r.decision'])
    .select(['r.decided_by', 'r.decided_at', 'r.settled_at', 'r.ordinal', 'u.name'])
    .where('r.statement_id', '=', statementId);
}

type RejectRow = Awaited<ReturnType<ReturnType<typeof selectRejects>['execute']>>[number];

function toReject(t: TenantHandle, row: RejectRow): DecidedReject {
  const { seq, page, line, reason, version, decision, ordinal, decided_by: by, name } = row;
  const words: { raw: string; detail: string; typed?: TypedCells; reason?: string } = JSON.parse(
    t.seal.open(row.sealed, rejectContext),
  );
  return {
    ...{ seq, page, line, reason, version, decision, ordinal },
    ...{ raw: words.raw, detail: words.detail },
    typed: words.typed ?? null,
    whySkipped: words.reason ?? null,
    decidedBy: by === null ? null : { id: by, name: name ?? '' },
    decidedAt: row.decided_at,
    settledAt: row.settled_at,
  };
}
