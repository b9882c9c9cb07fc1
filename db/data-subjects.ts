/**
 * What a tenant holds about one person, found by the number of their phone through the blind indexes:
 * nothing is opened but what is about them. Statements and money that came unasked name people in
 * words or masked numbers only, so they are not searched.
 */
import { sql } from 'kysely';
import { msisdnIndex } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { payeeText } from './disbursements.ts';
import { openedColumns, type ExportedRow } from './export-plan.ts';

export interface SubjectRecord {
  kind: 'customer' | 'collection' | 'disbursement' | 'account';
  id: string;
  createdAt: string;
  /** The sealed columns, opened. */
  words: Record<string, unknown>;
}

const places = [
  { kind: 'customer', relation: 'customers', column: 'msisdn_index', index: msisdnIndex },
  { kind: 'collection', relation: 'collections', column: 'msisdn_index', index: msisdnIndex },
  { kind: 'disbursement', relation: 'disbursements', column: 'payee_index', index: payeeIndex },
  { kind: 'account', relation: 'accounts', column: 'number_index', index: accountIndex },
] as const;

type Sealing = Pick<TenantHandle, 'seal'>;

function payeeIndex(t: Sealing, msisdn: string): Buffer {
  return t.seal.index(payeeText({ kind: 'msisdn', msisdn }));
}

function accountIndex(t: Sealing, msisdn: string): Buffer {
  return t.seal.index(`account|personal|${msisdn}`);
}

/** Everything about the number, oldest first, at most `limit` of each kind. */
export async function findSubject(
  t: TenantHandle,
  { msisdn, limit }: { msisdn: string; limit: number },
): Promise<SubjectRecord[]> {
  const records: SubjectRecord[] = [];
  for (const { kind, relation, column, index } of places) {
    const found = await sql<{ row: ExportedRow }>`
      select to_jsonb(r) as row from ${t.table(relation)} r
      where r.tenant_id = ${t.tenantId} and ${sql.ref(`r.${column}`)} = ${index(t, msisdn)}
      order by r.created_at, r.id limit ${limit}`.execute(t.query);
    for (const { row } of found.rows) {
      const words = openedColumns(t, relation, row);
      records.push({ kind, id: String(row['id']), createdAt: String(row['created_at']), words });
    }
  }
  return records;
}
