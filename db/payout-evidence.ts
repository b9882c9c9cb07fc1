/** What anybody said about a payout, each word once, and our questions about it. */
import { sql } from 'kysely';
import type { Evidence } from '../domain/disbursements/decide.ts';
import type { ShortcodeId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';

/**
 * Keeps a piece of evidence; false when this very word was heard before. `fingerprint` is the id of
 * the callback or question it came by.
 */
export async function addEvidence(
  t: TenantHandle,
  entry: { subjectId: string; fingerprint: string; evidence: Evidence },
): Promise<boolean> {
  const added = await t.query
    .insertInto('payout_evidence')
    .values({
      tenant_id: t.tenantId,
      subject_id: entry.subjectId,
      source: entry.evidence.source,
      fingerprint: entry.fingerprint,
      evidence: JSON.stringify(entry.evidence),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return added.length > 0;
}

/** All evidence about a payout, oldest first. */
export async function evidenceAbout(t: TenantHandle, subjectId: string): Promise<Evidence[]> {
  const rows = await t.query
    .selectFrom('payout_evidence')
    .select('evidence')
    .where('subject_id', '=', subjectId)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(({ evidence }) => evidence);
}

export interface ProviderQuery {
  id: string;
  kind: 'status' | 'balance';
  shortcodeId: ShortcodeId;
  subjectKind: 'disbursement' | 'receipt' | 'shortcode';
  subjectId: string;
  receipt?: string;
  askedBy: string;
}

/** Records a question before it is asked, so that its answer has somewhere to go. */
export async function insertQuery(t: TenantHandle, query: ProviderQuery): Promise<void> {
  await t.query
    .insertInto('provider_queries')
    .values({
      tenant_id: t.tenantId,
      id: query.id,
      kind: query.kind,
      shortcode_id: query.shortcodeId,
      subject_kind: query.subjectKind,
      subject_id: query.subjectId,
      receipt: query.receipt ?? null,
      asked_by: query.askedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findQuery(t: TenantHandle, queryId: string) {
  return t.query
    .selectFrom('provider_queries')
    .selectAll()
    .where('id', '=', queryId)
    .executeTakeFirst();
}

/** Keeps the first answer to a question; false when it was answered before. */
export async function answerQuery(
  t: TenantHandle,
  queryId: string,
  answer: Record<string, unknown>,
): Promise<boolean> {
  const done = await t.query
    .updateTable('provider_queries')
    .set({ answer: JSON.stringify(answer) })
    .set({ answered_at: sql`now()` })
    .where('id', '=', queryId)
    .where('answered_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}
