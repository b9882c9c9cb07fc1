/**
 * What a tenant holds about one person. Everything that is sealed is opened and looked through, a
 * bounded number of rows at a time. Numbers that are masked say too little and are not found.
 */
import { id, toPublicId, type Id } from '../domain/ids.ts';
import type { SubjectQuestion } from '../domain/tenants/data-subject.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import {
  readHeldRows,
  wordsAbout,
  type HeldRow,
  type SubjectKind,
  type SubjectPosition,
} from './subject-sources.ts';

/** What a found row is a part of. */
type Whole = Exclude<SubjectKind, 'statementLine' | 'statementReject'>;

export interface SubjectRecord {
  kind: SubjectKind;
  of: Whole;
  id: Id<Whole>;
  /** The row of a statement or of a list; null where the thing is about the person as a whole. */
  row: number | null;
  /** As the database writes it; null where none is kept. */
  at: string | null;
  /** The sealed columns, opened, and what else speaks of the person. */
  words: Record<string, unknown>;
}

const rowsPerRead = 500;

export interface SubjectLook {
  from: SubjectPosition;
  /** Rows to look at; a look ends at the first page that goes beyond. */
  rowsMax: number;
  /** Records after which a look ends as well. */
  recordsMax: number;
}

/** Looks on from a position; `next` is undefined when everything was looked through. */
export async function findSubject(
  t: TenantHandle,
  person: SubjectQuestion,
  { from, rowsMax, recordsMax }: SubjectLook,
): Promise<{ records: SubjectRecord[]; next: SubjectPosition | undefined }> {
  const records: SubjectRecord[] = [];
  let next: SubjectPosition | undefined = from;
  for (let seen = 0; next !== undefined && seen < rowsMax && records.length < recordsMax;) {
    const page = await readHeldRows(t, next, rowsPerRead);
    records.push(...page.rows.flatMap((held) => recordOf(t, held, person) ?? []));
    // An empty table costs a little too.
    seen += page.rows.length + 1;
    next = page.next;
  }
  return { records, next };
}

function recordOf(
  t: TenantHandle,
  held: HeldRow,
  person: SubjectQuestion,
): SubjectRecord | undefined {
  const words = wordsAbout(t, held, person);
  if (words === undefined) return undefined;
  const { source, row } = held;
  const { kind, idColumn, rowColumn, atColumn } = source;
  const at = atColumn === undefined ? null : row[atColumn];
  const of = kind === 'statementLine' || kind === 'statementReject' ? 'statement' : kind;
  return {
    ...{ kind, of, words, id: id(of, String(row[idColumn])) },
    row: rowColumn === undefined ? null : Number(row[rowColumn]),
    at: typeof at === 'string' ? at : null,
  };
}

/** A record as it is told to people. */
export function reported({ kind, of, id: recordId, row, at, words }: SubjectRecord) {
  const instant = at === null ? null : instantFromEpochMs(Date.parse(at));
  return { kind, id: toPublicId(of, recordId), row, at: instant, words };
}
