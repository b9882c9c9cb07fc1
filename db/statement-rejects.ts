/** Rows that could not be read, kept with their place and their text, sealed like everything read. */
import type { StatementId } from '../domain/ids.ts';
import type { RejectReason } from '../domain/statements/terms.ts';
import type { TenantHandle } from './database.ts';

export interface Reject {
  seq: number;
  page: number;
  line: number;
  raw: string;
  reason: RejectReason;
  detail: string;
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
): Promise<Reject[]> {
  const rows = await t.query
    .selectFrom('statement_rejects')
    .select(['seq', 'page', 'line', 'reason', 'sealed'])
    .where('statement_id', '=', statementId)
    .where('seq', '>', page.afterSeq ?? -1)
    .orderBy('seq')
    .limit(page.limit)
    .execute();
  return rows.map(({ sealed, ...row }) => ({
    ...row,
    ...JSON.parse(t.seal.open(sealed, rejectContext)),
  }));
}
