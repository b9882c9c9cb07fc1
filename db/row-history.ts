/** Everything that happened to a row: which statements brought it, and what people changed of it. */
import { sql } from 'kysely';
import type { RowChangeId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { papersOf } from './transaction-papers.ts';

export type RowEvent =
  | { kind: 'posted'; at: Instant; statementId: StatementId; fileName: string }
  | {
      kind: 'categorised' | 'taken-back';
      at: Instant;
      changeId: RowChangeId;
      /** The category from then on, and the one before. */
      category: string | null;
      was: string | null;
      actor: string;
    };

interface ChangeOfRow {
  changeId: RowChangeId;
  category: string;
  was: string | null;
  actor: string;
  at: Instant;
  undoneBy: string | null;
  undoneAt: Instant | null;
}

/** Newest first; undefined when there is no such live row. */
export async function historyOf(
  t: TenantHandle,
  transactionId: TransactionId,
): Promise<RowEvent[] | undefined> {
  const papers = await sql<{ at: Instant; statementId: StatementId; fileName: string }>`
    select coalesce(s.posted_at, s.created_at) as at, s.id as "statementId",
      s.file_name as "fileName"
    from ${papersOf(t)} p join ${t.table('statements')} s on s.id = p.statement_id
    where p.transaction_id = ${transactionId}`.execute(t.query);
  if (papers.rows.length === 0) return undefined;
  const changes = await sql<ChangeOfRow>`
    select c.id as "changeId", c.category, r.category_before as was, c.actor, c.at,
      case when r.state = 'undone' then c.undone_by end as "undoneBy",
      case when r.state = 'undone' then coalesce(c.undone_at, now())::timestamptz(3) end as "undoneAt"
    from ${t.table('row_change_rows')} r
    join ${t.table('row_changes')} c on c.id = r.change_id
    where r.transaction_id = ${transactionId} and r.state in ('changed', 'kept', 'undone')
    order by c.id`.execute(t.query);
  const posted = papers.rows.map((row) => ({ kind: 'posted' as const, ...row }));
  return [...posted, ...changes.rows.flatMap(eventsOf)].sort((a, b) =>
    a.at < b.at ? 1 : a.at > b.at ? -1 : 0,
  );
}

function eventsOf({ undoneBy, undoneAt, ...change }: ChangeOfRow): RowEvent[] {
  const made: RowEvent = { kind: 'categorised', ...change };
  if (undoneBy === null || undoneAt === null) return [made];
  const { changeId, category, was } = change;
  const back = { changeId, category: was, was: category, actor: undoneBy, at: undoneAt };
  return [made, { kind: 'taken-back', ...back }];
}
