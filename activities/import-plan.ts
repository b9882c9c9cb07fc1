/**
 * How an exported row becomes a row of another tenant: what was opened is sealed under the key of
 * the new one, and whatever that key makes findable (blind indexes, word tokens) is made anew. An
 * index of something that is kept nowhere in words follows the rows it was seen in, or stays unlike
 * every other.
 */
import { msisdnIndex } from '../db/collection-record.ts';
import { payeeText, type PayoutSecrets } from '../db/disbursements.ts';
import { sealedColumns, type ExportedRow } from '../db/export-plan.ts';
import { indexesOf, type PayerWords } from '../db/received-payments.ts';
import { tokensOfWords, type RowSecrets } from '../db/row-secrets.ts';
import type { Sealer } from '../db/seal.ts';
import type { TenantId } from '../domain/ids.ts';
import { keyAgain } from '../domain/statements/details.ts';
import type { ColumnMapping, PrintedFacts } from '../domain/statements/terms.ts';
import { accountOf } from './statement-account.ts';

/** A line of a file of rows. */
export interface ArchivedRow {
  row: ExportedRow;
  opened: Readonly<Record<string, unknown>>;
}

export interface Resealing {
  seal: Sealer;
  from: TenantId;
  to: TenantId;
  /** Indexes of the old tenant as hex, and what stands for them now. */
  indexes: Map<string, string>;
  mappings: Map<string, ColumnMapping>;
  accountNumbers: Map<string, string>;
}

/** Tables whose rows teach what others need, in the order in which they have to come. */
const teaching = [
  'column_mappings',
  'statements',
  'statement_lines',
  'received_payments',
  'disbursements',
];

/** The order in which tables are brought in. */
export function importOrder(relations: readonly string[]): string[] {
  const first = teaching.filter((relation) => relations.includes(relation));
  return [...first, ...relations.filter((relation) => !teaching.includes(relation))];
}

export function openResealing(of: Pick<Resealing, 'seal' | 'from' | 'to'>): Resealing {
  return { ...of, indexes: new Map(), mappings: new Map(), accountNumbers: new Map() };
}

/** The columns of a row that are not what the archive says. */
export function changedColumns(
  by: Resealing,
  relation: string,
  archived: ArchivedRow,
): Record<string, unknown> {
  const { row, opened } = archived;
  const changed: Record<string, unknown> = { tenant_id: by.to };
  // Books are sealed with the runs that made them; elsewhere a run is spoken to by its name.
  const { workflow_id: workflowId } = row;
  if (typeof workflowId === 'string' && !relation.startsWith('ledger_')) {
    changed['workflow_id'] = workflowId.replaceAll(by.from, by.to);
  }
  for (const { column, name, context, isJson } of sealedColumns[relation] ?? []) {
    const sealed = row[column];
    if (typeof sealed !== 'string') continue;
    const value = opened[name];
    const text = isJson === true ? JSON.stringify(value) : String(value);
    changed[column] = sealed.startsWith('\\x')
      ? bytesText(by.seal.seal(text, context(row)))
      : by.seal.sealText(text, context(row));
  }
  return { ...changed, ...indexed[relation]?.(by, archived) };
}

type Indexing = (by: Resealing, archived: ArchivedRow) => Record<string, unknown>;

/** What the archive opened is what we once sealed; its shape was checked by the digest of the file. */
function wordsOf<Words>(opened: unknown): Words {
  return opened as Words;
}

const indexed: Readonly<Record<string, Indexing>> = {
  column_mappings: (by, { row }) => {
    by.mappings.set(String(row['id']), wordsOf<ColumnMapping>(row['mapping']));
    return {};
  },
  statements: (by, { row, opened }) => {
    learnAccount(by, row, opened);
    return {};
  },
  accounts: (by, { row }) => {
    const number = by.accountNumbers.get(String(row['id']));
    const old = row['number_index'];
    if (number === undefined) return { number_index: translated(by, old) };
    return { number_index: bytesText(by.seal.index(`account|${String(row['kind'])}|${number}`)) };
  },
  statement_lines: (by, { row, opened }) => {
    const words = wordsOf<RowSecrets>(opened['words']);
    const key = words.counterparty ? keyAgain(words.counterparty) : undefined;
    const index = key === undefined ? null : by.seal.index(`counterparty|${key}`);
    return {
      counterparty_key_index: learned(by, row['counterparty_key_index'], index),
      search_tokens: tokensOfWords(by, words),
    };
  },
  transactions: (by, { row }) => ({
    counterparty_key_index: translated(by, row['counterparty_key_index']),
  }),
  customers: (by, { row, opened }) => ({
    name_tokens: by.seal.tokens(String(opened['name'])),
    msisdn_index: row['msisdn_index'] === null ? null : numberIndex(by, opened['msisdn']),
  }),
  collections: (by, { opened }) => ({ msisdn_index: numberIndex(by, opened['msisdn']) }),
  received_payments: (by, { row, opened }) => {
    const found = indexesOf(by, wordsOf<PayerWords>(opened['words']));
    return {
      reference_index: learned(by, row['reference_index'], found.referenceIndex),
      payer_index: learned(by, row['payer_index'], found.payerIndex),
    };
  },
  reference_lessons: (by, { row }) => ({
    reference_index: translated(by, row['reference_index']),
    payer_index: translated(by, row['payer_index']),
  }),
  disbursements: (by, { row, opened }) => {
    const { payee, reference } = wordsOf<PayoutSecrets>(opened['payee']);
    const index = by.seal.index(payeeText(payee));
    return {
      payee_index: learned(by, row['payee_index'], index),
      reference_index: reference === null ? null : bytesText(by.seal.index(reference)),
    };
  },
  limit_holds: payeeOf,
  limit_usage: payeeOf,
};

function payeeOf(by: Resealing, { row }: ArchivedRow): Record<string, unknown> {
  const key = String(row['payee_key'] ?? '');
  return key === '' ? {} : { payee_key: by.indexes.get(key) ?? key };
}

function learnAccount(by: Resealing, row: ExportedRow, opened: ArchivedRow['opened']): void {
  const { account_id: accountId, printed, mapping_id: mappingId } = row;
  if (typeof accountId !== 'string' || printed === null || by.accountNumbers.has(accountId)) return;
  const facts = { ...wordsOf<PrintedFacts>(printed), ...wordsOf<object>(opened['printed_names']) };
  const { number } = accountOf(facts, by.mappings.get(String(mappingId)));
  by.accountNumbers.set(accountId, number);
}

function numberIndex(by: Resealing, msisdn: unknown): string {
  return bytesText(msisdnIndex(by, String(msisdn)));
}

/** Notes what stands for an index now; null stays null. */
function learned(by: Resealing, old: unknown, now: Buffer | null): string | null {
  if (typeof old !== 'string') return null;
  if (now === null) return translated(by, old);
  by.indexes.set(hexOf(old), now.toString('hex'));
  return bytesText(now);
}

/** What stands for an index that was seen before, or one that is unlike every other. */
function translated(by: Resealing, old: unknown): string | null {
  if (typeof old !== 'string') return null;
  const hex = hexOf(old);
  return `\\x${by.indexes.get(hex) ?? by.seal.index(`brought back|${hex}`).toString('hex')}`;
}

function hexOf(bytes: string): string {
  return bytes.replace(/^\\x/, '');
}

function bytesText(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
