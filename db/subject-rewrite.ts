/**
 * Puts a pseudonym in the place of a person in one row: in its sealed words, in what is open of them,
 * and in every index under which they were found. Amounts, receipts, dates and states stay.
 */
import { sql } from 'kysely';
import { id } from '../domain/ids.ts';
import { referenceKey } from '../domain/collections/reference.ts';
import { descriptionMax } from '../domain/invoices/invoice.ts';
import { maskMsisdn } from '../domain/daraja/msisdn.ts';
import { keyAgain } from '../domain/statements/details.ts';
import { tagWithout } from '../domain/statements/row-marks.ts';
import {
  callbackWithoutPerson,
  isThem,
  withoutPerson,
  withoutPersonIn,
  type Replacement,
} from '../domain/tenants/pseudonym.ts';
import type { BatchRowWords } from './collection-batches.ts';
import { msisdnIndex } from './collection-record.ts';
import type { TenantHandle } from './database.ts';
import { payeeText, type PayoutSecrets } from './disbursements.ts';
import { openedColumns, sealedAgain, type ExportedRow } from './export-plan.ts';
import { indexesOf, type PayerWords } from './received-payments.ts';
import { followMarks, type RowPlace } from './row-tags.ts';
import { viewContext } from './saved-views.ts';
import { tokensOfWords, type RowSecrets } from './row-secrets.ts';
import { keyOf, type HeldRow, type SubjectRelation } from './subject-sources.ts';

type Sealing = Pick<TenantHandle, 'seal'>;
type Columns = Record<string, unknown>;

interface Rewritten {
  /** The sealed columns by their names in an archive. */
  words: Record<string, unknown>;
  /** Other columns, by name. */
  columns?: Columns;
}

/** What a row says now, as its relation keeps it. */
type Rewrite = (t: Sealing, row: ExportedRow, by: Replacement) => Rewritten;

/** The open columns of a row with the pseudonym in them; those that are empty stay so. */
const open =
  (...columns: string[]): Rewrite =>
  (_t, row, by) => ({
    words: {},
    columns: Object.fromEntries(
      columns.flatMap((column) => {
        const text = row[column];
        return typeof text === 'string' ? [[column, withoutPerson(text, by)]] : [];
      }),
    ),
  });

const rewrites: Readonly<Record<SubjectRelation, Rewrite>> = {
  customers: customer,
  collections: collection,
  disbursements: (t, row, by) =>
    payout(t, wordsOf<{ payee: PayoutSecrets }>(t, 'disbursements', row), by),
  accounts: account,
  received_payments: receivedPayment,
  statements: (t, row, by) => ({
    words: replaced(openedColumns(t, 'statements', row), by),
    columns: { file_name: withoutPerson(String(row['file_name']), by) },
  }),
  statement_lines: statementLine,
  statement_rejects: (t, row, by) => ({
    words: replaced(openedColumns(t, 'statement_rejects', row), by),
  }),
  collection_batch_rows: collectionRow,
  payout_batch_rows: payoutRow,
  payment_links: paymentLink,
  invoices: open('void_reason'),
  invoice_lines: invoiceLine,
  collection_batches: open('file_name'),
  payout_batches: open('name', 'reason'),
  saved_views: savedView,
  row_marks: rowMarks,
  row_changes: rowChanges,
  row_parts: (t, row, by) => ({ words: replaced(openedColumns(t, 'row_parts', row), by) }),
  row_attachments: open('file_name'),
  callback_inbox: (t, row, by) => ({
    words: {
      body: callbackWithoutPerson(String(openedColumns(t, 'callback_inbox', row)['body']), by),
    },
  }),
};

/** Rewrites a row that speaks of the person; the caller holds it. */
export async function replacePerson(
  t: TenantHandle,
  { source, row }: HeldRow,
  by: Replacement,
): Promise<void> {
  const { relation } = source;
  const { words, columns = {} } = rewrites[relation](t, row, by);
  const changes = Object.entries({ ...sealedAgain(t, relation, { row, words }), ...columns });
  const sets = changes.map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`update ${t.table(relation)} r set ${sql.join(sets)}
    where ${keyOf(t, source, row)}`.execute(t.query);
  if (relation === 'statement_lines') await followLine(t, row, columns);
  if (relation === 'row_marks') await followMarks(t, [markedRow(row)]);
  if (relation === 'statements') await followUpload(t, row['upload_id'], columns);
  if (relation === 'row_attachments') await followUpload(t, row['id'], columns);
}

function wordsOf<Words>(t: Sealing, relation: SubjectRelation, row: ExportedRow): Words {
  return openedColumns(t, relation, row) as Words;
}

function replaced(words: Record<string, unknown>, by: Replacement): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(words).map(([name, value]) => [name, withoutPersonIn(value, by)]),
  );
}

/** A customer is the person, whichever of their words was found. */
function customer(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { name, msisdn } = wordsOf<{ name: string; msisdn?: string }>(t, 'customers', row);
  const reference = withoutPerson(String(row['reference']), { ...by, alsoKnownAs: [name] });
  const kept = reference.slice(0, 20);
  return {
    words: { name: by.as.name, ...(msisdn !== undefined && { msisdn: by.as.msisdn }) },
    columns: {
      ...{ reference: kept, reference_key: referenceKey(kept) },
      name_tokens: t.seal.tokens(by.as.name),
      ...(msisdn !== undefined && {
        msisdn_index: msisdnIndex(t, by.as.msisdn),
        msisdn_masked: maskMsisdn(by.as.msisdn),
      }),
    },
  };
}

function collection(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { msisdn } = wordsOf<{ msisdn: string }>(t, 'collections', row);
  const isTheirs = isThem({ msisdn }, by.person);
  const short = (column: string, max: number) =>
    withoutPerson(String(row[column]), by).slice(0, max);
  const reference = short('account_reference', 12);
  const { result_detail: detail, checkout_request_id: checkoutId } = row;
  return {
    words: { msisdn: isTheirs ? by.as.msisdn : msisdn },
    columns: {
      ...{ account_reference: reference, reference_key: referenceKey(reference) },
      description: short('description', 13),
      ...(typeof detail === 'string' && { result_detail: withoutPerson(detail, by) }),
      // M-PESA ends it in the number. What still comes under the old one is set aside for a person.
      ...(typeof checkoutId === 'string' && {
        checkout_request_id: withoutPerson(checkoutId, by),
      }),
      ...(isTheirs && {
        msisdn_index: msisdnIndex(t, by.as.msisdn),
        msisdn_masked: maskMsisdn(by.as.msisdn),
      }),
    },
  };
}

function invoiceLine(_t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const description = withoutPerson(String(row['description']), by).slice(0, descriptionMax);
  return { words: {}, columns: { description } };
}

/** The number and the name of one payout belong together: who is one of them is the other. */
function payoutSecrets(secrets: PayoutSecrets, by: Replacement): PayoutSecrets {
  const { payee, payeeName } = secrets;
  const hasPhone = payee.kind === 'msisdn' || payee.kind === 'payer';
  const number = hasPhone ? (payee.msisdn ?? undefined) : undefined;
  const rest = withoutPersonIn(secrets, by) as PayoutSecrets;
  if (!isThem({ name: payeeName, msisdn: number }, by.person)) return rest;
  const kept = { ...rest, payeeName: payeeName === '' ? '' : by.as.name };
  if (payee.kind === 'msisdn') return { ...kept, payee: { ...payee, msisdn: by.as.msisdn } };
  if (payee.kind !== 'payer' || payee.msisdn === null) return kept;
  return { ...kept, payee: { ...payee, msisdn: by.as.msisdn } };
}

function maskOf({ payee }: PayoutSecrets): Columns {
  const hasPhone = payee.kind === 'msisdn' || payee.kind === 'payer';
  return hasPhone && payee.msisdn !== null ? { payee_masked: maskMsisdn(payee.msisdn) } : {};
}

function payout(t: Sealing, words: { payee: PayoutSecrets }, by: Replacement): Rewritten {
  const payee = payoutSecrets(words.payee, by);
  const { reference } = payee;
  return {
    words: { payee },
    columns: {
      ...maskOf(payee),
      payee_index: t.seal.index(payeeText(payee.payee)),
      reference_index: reference === null ? null : t.seal.index(reference),
    },
  };
}

function payoutRow(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  type Words = { words: PayoutSecrets | { raw: string } };
  const { words } = wordsOf<Words>(t, 'payout_batch_rows', row);
  if ('raw' in words) {
    return { words: { words: withoutPersonIn(words, by) }, columns: { payee_masked: '******' } };
  }
  const secrets = payoutSecrets(words, by);
  return { words: { words: secrets }, columns: maskOf(secrets) };
}

/** A till or paybill keeps its number, which is no person's; so does an account of others. */
function account(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { name } = wordsOf<{ name?: string }>(t, 'accounts', row);
  const label = withoutPerson(String(row['label']), by);
  return {
    words: name === undefined ? {} : { name: by.as.name },
    columns: {
      label,
      ...(row['kind'] === 'personal' && {
        ...{ label: by.as.name, number_masked: maskMsisdn(by.as.msisdn) },
        number_index: t.seal.index(`account|pseudonym|${String(row['id'])}`),
      }),
    },
  };
}

function receivedPayment(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { words } = wordsOf<{ words: PayerWords }>(t, 'received_payments', row);
  const isPayer = isThem(words, by.person);
  const known = { ...by, alsoKnownAs: isPayer ? [words.name] : [] };
  const payer = isPayer
    ? { msisdn: by.as.msisdn, name: words.name === '' ? '' : by.as.name }
    : { msisdn: words.msisdn, name: words.name };
  const after = { ...payer, reference: withoutPerson(words.reference, known) };
  const { referenceIndex, payerIndex } = indexesOf(t, after);
  return {
    words: { words: after },
    columns: {
      ...{ reference_index: referenceIndex, payer_index: payerIndex },
      ...(isPayer && row['msisdn_masked'] !== null && { msisdn_masked: maskMsisdn(by.as.msisdn) }),
    },
  };
}

function collectionRow(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { words } = wordsOf<{ words: BatchRowWords }>(t, 'collection_batch_rows', row);
  const isTheirs = isThem({ msisdn: words.msisdn }, by.person);
  return {
    words: { words: withoutPersonIn(words, by) },
    columns:
      isTheirs && row['msisdn_masked'] !== null ? { msisdn_masked: maskMsisdn(by.as.msisdn) } : {},
  };
}

function statementLine(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const { words } = wordsOf<{ words: RowSecrets }>(t, 'statement_lines', row);
  const party = words.counterparty;
  const isTheirs = party !== null && isThem(party, by.person);
  // Name and number as the row spells them go whole, wherever else they stand in the row.
  const alsoKnownAs = isTheirs ? [party.name ?? '', party.msisdn ?? ''] : [];
  const rest = withoutPersonIn(words, { ...by, alsoKnownAs }) as RowSecrets;
  const counterparty =
    isTheirs && rest.counterparty !== null
      ? {
          ...rest.counterparty,
          name: party.name === undefined ? undefined : by.as.name,
          msisdn: party.msisdn === undefined ? undefined : by.as.msisdn,
        }
      : rest.counterparty;
  const after = { ...rest, counterparty };
  const key = counterparty === null ? undefined : keyAgain(counterparty);
  return {
    words: { words: after },
    columns: {
      search_tokens: tokensOfWords(t, after),
      ...(row['counterparty_key_index'] !== null && {
        counterparty_key_index: key === undefined ? null : t.seal.index(`counterparty|${key}`),
      }),
    },
  };
}

function paymentLink(_t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const reference = withoutPerson(String(row['reference']), by).slice(0, 12);
  const title = withoutPerson(String(row['title']), by);
  return { words: {}, columns: { title, reference, reference_key: referenceKey(reference) } };
}

/** Two views about one person are still told apart by their names. */
function savedView(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const name = withoutPerson(String(row['name']), by);
  const view = JSON.parse(t.seal.openText(String(row['view_sealed']), viewContext));
  return {
    words: {},
    columns: {
      ...(name !== row['name'] && { name: `${name.slice(0, 30)} ${String(row['id']).slice(-4)}` }),
      view_sealed: t.seal.sealText(JSON.stringify(withoutPersonIn(view, by)), viewContext),
    },
  };
}

/** A tag that names the person is their pseudonym from then on. */
function rowMarks(t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  return {
    words: replaced(openedColumns(t, 'row_marks', row), by),
    columns: { tags: [...new Set(tagsWithout(row['tags'], by))].sort() },
  };
}

function markedRow({ account_id: accountId, identity }: ExportedRow): RowPlace {
  return { accountId: id('account', String(accountId)), identity: String(identity) };
}

/** The tags keep their places, which the rows of the change refer to. */
function rowChanges(_t: Sealing, row: ExportedRow, by: Replacement): Rewritten {
  const columns = {
    tags_added: tagsWithout(row['tags_added'], by),
    tags_removed: tagsWithout(row['tags_removed'], by),
  };
  return { words: {}, columns };
}

function tagsWithout(tags: unknown, by: Replacement): string[] {
  return [tags].flat().map((tag) => tagWithout(String(tag), (text) => withoutPerson(text, by)));
}

/** The file a statement was read from, or that is on a row, is called what these say. */
async function followUpload(
  t: TenantHandle,
  uploadId: unknown,
  { file_name: name }: Columns,
): Promise<void> {
  if (typeof uploadId !== 'string' || typeof name !== 'string') return;
  await sql`update ${t.table('uploads')} u set file_name = ${name}
    where u.tenant_id = ${t.tenantId} and u.id = ${uploadId}`.execute(t.query);
}

/** The transaction that stands on a line, and the index of words over it. */
async function followLine(
  t: TenantHandle,
  row: ExportedRow,
  { counterparty_key_index: keyIndex = null, search_tokens: tokens }: Columns,
): Promise<void> {
  const { transaction_id: transactionId } = row;
  if (typeof transactionId !== 'string') return;
  const moved = await sql`
    update ${t.table('transactions')} x
    set counterparty_key_index = case when counterparty_key_index is not null
      then ${keyIndex}::bytea end
    where x.tenant_id = ${t.tenantId} and x.id = ${transactionId}
      and x.statement_id = ${String(row['statement_id'])} and x.ordinal = ${Number(row['ordinal'])}
    returning x.id`.execute(t.query);
  // Another statement brought the transaction; its own line is what it is found by.
  if (moved.rows.length === 0) return;
  const { words } = wordsOf<{ words: RowSecrets }>(t, 'statement_lines', row);
  const before = tokensOfWords(t, words);
  const after = [tokens].flat().map(String);
  const gone = before.filter((word) => !after.includes(word));
  const come = after.filter((word) => !before.includes(word));
  const index = t.table('transaction_words');
  await sql`update ${index} w
    set transaction_ids = array_remove(w.transaction_ids, ${transactionId}::uuid)
    where w.tenant_id = ${t.tenantId} and w.word = any(${gone}::bigint[])
      and ${transactionId}::uuid = any(w.transaction_ids)`.execute(t.query);
  await sql`insert into ${index} (tenant_id, word, chunk_id, transaction_ids)
    select ${t.tenantId}, word, platform.uuid_v7(), array[${transactionId}::uuid]
    from unnest(${come}::bigint[]) word`.execute(t.query);
}
