/** Everything that happened to a row: which statements brought it, and what people changed of it. */
import { sql } from 'kysely';
import type { RowChangeId, StatementId, TransactionId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { RowChange } from './row-changes.ts';
import { attachActions } from './row-attachments.ts';
import { markAction } from './row-marks.ts';
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
    }
  | {
      kind: 'marked';
      at: Instant;
      /** How many tags were put on and taken off. */
      added: number;
      removed: number;
      note: 'kept' | 'written' | 'removed';
      actor: string;
    }
  | { kind: 'attachment'; at: Instant; deed: keyof typeof attachActions; actor: string }
  /** A person typed what the file could not give. */
  | { kind: 'typed'; at: Instant; actor: string };

interface ChangeOfRow {
  changeId: RowChangeId;
  kind: RowChange['kind'];
  category: string | null;
  was: string | null;
  /** Tags that were put on this row, and taken off it. */
  added: number;
  removed: number;
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
    select c.id as "changeId", c.kind, c.category, r.category_before as was, c.actor, c.at,
      (select count(*) filter (where place <= cardinality(c.tags_added))
        from unnest(r.tags_altered) place) as added,
      (select count(*) filter (where place > cardinality(c.tags_added))
        from unnest(r.tags_altered) place) as removed,
      case when r.state = 'undone' then c.undone_by end as "undoneBy",
      case when r.state = 'undone' then coalesce(c.undone_at, now())::timestamptz(3) end as "undoneAt"
    from ${t.table('row_change_rows')} r
    join ${t.table('row_changes')} c on c.id = r.change_id
    where r.transaction_id = ${transactionId} and r.state in ('changed', 'kept', 'undone')
    order by c.id`.execute(t.query);
  const posted = papers.rows.map((row) => ({ kind: 'posted' as const, ...row }));
  const marked = await markedEvents(t, transactionId);
  const attached = await attachedEvents(t, transactionId);
  const typed = await typedEvents(t, transactionId);
  const changed = changes.rows.flatMap(eventsOf);
  return [...posted, ...changed, ...marked, ...attached, ...typed].sort((a, b) =>
    a.at < b.at ? 1 : a.at > b.at ? -1 : 0,
  );
}

function eventsOf(change: ChangeOfRow): RowEvent[] {
  const { kind, changeId, category, was, actor, at, undoneBy, undoneAt } = change;
  if (kind === 'tags') return tagEvents(change);
  const made: RowEvent = { kind: 'categorised', changeId, category, was, actor, at };
  if (undoneBy === null || undoneAt === null) return [made];
  const back = { changeId, category: was, was: category, actor: undoneBy, at: undoneAt };
  return [made, { kind: 'taken-back', ...back }];
}

function tagEvents({ added, removed, actor, at, undoneBy, undoneAt }: ChangeOfRow): RowEvent[] {
  if (added + removed === 0) return [];
  const made: RowEvent = { kind: 'marked', added, removed, note: 'kept', actor, at };
  if (undoneBy === null || undoneAt === null) return [made];
  const back = { added: removed, removed: added, actor: undoneBy, at: undoneAt };
  return [made, { kind: 'marked', note: 'kept', ...back }];
}

/** What was noted of tags and the note, which say no words there. */
async function markedEvents(t: TenantHandle, transactionId: TransactionId): Promise<RowEvent[]> {
  type Marked = Omit<Extract<RowEvent, { kind: 'marked' }>, 'kind'>;
  const found = await sql<Marked>`
    select at, actor, (detail->>'added')::integer as added,
      (detail->>'removed')::integer as removed, detail->>'note' as note
    from ${t.table('audit_log')}
    where object_id = ${transactionId} and object_kind = 'transaction' and action = ${markAction}
    order by seq`.execute(t.query);
  return found.rows.map((row) => ({ kind: 'marked' as const, ...row }));
}

/** What was noted of files that were put on the row and taken off it. */
async function attachedEvents(t: TenantHandle, transactionId: TransactionId): Promise<RowEvent[]> {
  const deeds = Object.entries(attachActions);
  const found = await sql<Omit<Extract<RowEvent, { kind: 'attachment' }>, 'kind'>>`
    select l.at, l.actor, d.deed
    from ${t.table('audit_log')} l
    join unnest(${deeds.map(([deed]) => deed)}::text[], ${deeds.map(([, action]) => action)}::text[])
      as d (deed, action) on d.action = l.action
    where l.object_id = ${transactionId} and l.object_kind = 'transaction'
    order by l.seq`.execute(t.query);
  return found.rows.map((row) => ({ kind: 'attachment' as const, ...row }));
}

/** Who typed the row from what a statement showed and no reader understood. */
async function typedEvents(t: TenantHandle, transactionId: TransactionId): Promise<RowEvent[]> {
  const found = await sql<{ at: Instant; actor: string }>`
    select r.decided_at as at, 'user:' || r.decided_by as actor
    from ${papersOf(t)} p join ${t.table('statement_rejects')} r
      on r.statement_id = p.statement_id and r.ordinal = p.ordinal and r.decision = 'mended'
    where p.transaction_id = ${transactionId}`.execute(t.query);
  return found.rows.map((row) => ({ kind: 'typed' as const, ...row }));
}
