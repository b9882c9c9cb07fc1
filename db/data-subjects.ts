/**
 * What a tenant holds about one person. A number is found through the blind indexes where there are
 * any; everything else that is sealed is opened and looked through, so an answer takes as long as
 * there are rows. Numbers that are masked say too little and are not found.
 */
import { sql } from 'kysely';
import { id, type Id } from '../domain/ids.ts';
import { speaksOf, type SubjectQuestion } from '../domain/tenants/data-subject.ts';
import { msisdnIndex } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { payeeText } from './disbursements.ts';
import { exportTables, openedColumns, rowsOf, type ExportedRow } from './export-plan.ts';

/** Where a person is spoken of, by the kind of thing it belongs to. */
export const subjectKinds = [
  'customer',
  'collection',
  'disbursement',
  'account',
  'receivedPayment',
  'statement',
  'collectionBatch',
  'payoutBatch',
  'callback',
] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export interface SubjectRecord {
  kind: SubjectKind;
  id: Id<SubjectKind>;
  /** The row of a statement or of a list; null where the thing is about the person as a whole. */
  row: number | null;
  /** As the database writes it; null where none is kept. */
  at: string | null;
  /** The sealed columns, opened. */
  words: Record<string, unknown>;
}

interface Source {
  kind: SubjectKind;
  relation: string;
  idColumn: string;
  rowColumn?: string;
  atColumn?: string;
  /** Finds a number without opening anything. */
  index?: { column: string; of: (t: Sealing, msisdn: string) => Buffer };
}

type Sealing = Pick<TenantHandle, 'seal'>;

const own = { idColumn: 'id', atColumn: 'created_at' } as const;

const sources: readonly Source[] = [
  {
    ...{ ...own, kind: 'customer', relation: 'customers' },
    index: { column: 'msisdn_index', of: msisdnIndex },
  },
  {
    ...{ ...own, kind: 'collection', relation: 'collections' },
    index: { column: 'msisdn_index', of: msisdnIndex },
  },
  {
    ...{ ...own, kind: 'disbursement', relation: 'disbursements' },
    index: {
      column: 'payee_index',
      of: (t, msisdn) => t.seal.index(payeeText({ kind: 'msisdn', msisdn })),
    },
  },
  {
    ...{ ...own, kind: 'account', relation: 'accounts' },
    index: {
      column: 'number_index',
      of: (t, msisdn) => t.seal.index(`account|personal|${msisdn}`),
    },
  },
  {
    ...{ kind: 'receivedPayment', relation: 'received_payments' },
    ...{ idColumn: 'id', atColumn: 'received_at' },
  },
  {
    ...{ kind: 'statement', relation: 'statement_lines', idColumn: 'statement_id' },
    ...{ rowColumn: 'ordinal', atColumn: 'completed_at' },
  },
  {
    ...{ kind: 'collectionBatch', relation: 'collection_batch_rows', idColumn: 'batch_id' },
    rowColumn: 'row_number',
  },
  {
    ...{ kind: 'payoutBatch', relation: 'payout_batch_rows', idColumn: 'batch_id' },
    rowColumn: 'ordinal',
  },
  {
    ...{ kind: 'callback', relation: 'callback_inbox' },
    ...{ idColumn: 'id', atColumn: 'received_at' },
  },
];

/** Everything about the person, at most `limit` of each kind. */
export async function findSubject(
  t: TenantHandle,
  { limit, ...question }: SubjectQuestion & { limit: number },
): Promise<SubjectRecord[]> {
  const records = new Map<string, SubjectRecord>();
  const keep = (source: Source, row: ExportedRow) => {
    const one = recordOf(t, source, row);
    records.set(`${one.kind} ${one.id} ${one.row}`, one);
  };
  for (const source of sources) {
    const { msisdn } = question;
    if (source.index === undefined || msisdn === undefined) continue;
    for (const row of await rowsUnder(t, source, { msisdn, limit })) keep(source, row);
  }
  const tables = await exportTables(t);
  for (const source of sources) {
    const table = tables.find(({ relation }) => relation === source.relation);
    if (table === undefined) throw new Error(`there is no table ${source.relation}`);
    const asked = source.index === undefined ? question : { name: question.name };
    if (asked.name === undefined && asked.msisdn === undefined) continue;
    let left = limit;
    for await (const page of rowsOf(t, table)) {
      for (const text of page) {
        const row: ExportedRow = JSON.parse(text);
        const words = JSON.stringify(openedColumns(t, source.relation, row));
        if (left === 0 || !speaksOf(words, asked)) continue;
        keep(source, row);
        left -= 1;
      }
      if (left === 0) break;
    }
  }
  return [...records.values()];
}

async function rowsUnder(
  t: TenantHandle,
  { relation, index }: Source,
  { msisdn, limit }: { msisdn: string; limit: number },
): Promise<ExportedRow[]> {
  if (index === undefined) return [];
  const found = await sql<{ row: ExportedRow }>`
    select to_jsonb(r) as row from ${sql.table(`${t.schema}.${relation}`)} r
    where r.tenant_id = ${t.tenantId}
      and ${sql.ref(`r.${index.column}`)} = ${index.of(t, msisdn)}
    order by r.created_at, r.id limit ${limit}`.execute(t.query);
  return found.rows.map(({ row }) => row);
}

function recordOf(t: TenantHandle, source: Source, row: ExportedRow): SubjectRecord {
  const { kind, relation, idColumn, rowColumn, atColumn } = source;
  const at = atColumn === undefined ? null : row[atColumn];
  return {
    ...{ kind, id: id(kind, String(row[idColumn])) },
    row: rowColumn === undefined ? null : Number(row[rowColumn]),
    at: typeof at === 'string' ? at : null,
    words: openedColumns(t, relation, row),
  };
}
