import type { z } from 'zod';
import type { RowEvent } from '../../db/row-history.ts';
import type { TenantHandle } from '../../db/database.ts';
import { lockRow } from '../../db/row-marks.ts';
import {
  findTransaction,
  type StatementPlace,
  type Transaction,
  type TransactionDetail,
} from '../../db/transactions.ts';
import { categoryInSwahili } from '../../domain/categories/in-swahili.ts';
import { toPublicId, type TransactionId } from '../../domain/ids.ts';
import { readingInSwahili } from '../../domain/statements/in-swahili.ts';
import { asItWas, versionOf } from '../precondition.ts';
import { entityTag } from '../reply.ts';
import type { Call } from '../route.ts';
import type { transaction, transactionDetail, TransactionHistory } from './schema.ts';

/** A transaction as clients see it. */
export function showTransaction(stored: Transaction): z.input<typeof transaction> {
  const { isFuliza: _isFuliza, categorySource: _source, ...shared } = stored;
  return {
    ...shared,
    id: toPublicId('transaction', stored.id),
    counterparty: stored.counterparty && showCounterparty(stored.counterparty),
    account: { ...stored.account, id: toPublicId('account', stored.account.id) },
    statement: showPlace(stored.statement),
    parentId: stored.parentId && toPublicId('transaction', stored.parentId),
  };
}

/** The same with its charges, its paper and every statement that shows it. */
export function showTransactionDetail(
  stored: TransactionDetail,
): z.input<typeof transactionDetail> {
  const { raw, reason, children, sources, attachments, ...row } = stored;
  return {
    ...showTransaction(row),
    raw,
    reason,
    reasonSw: readingInSwahili(reason),
    categoryReasonSw: row.categoryReason && categoryInSwahili(row.categoryReason),
    children: children.map((child) => ({ ...child, id: toPublicId('transaction', child.id) })),
    sources: sources.map(showPlace),
    attachments: attachments.map((one) => ({ ...one, id: toPublicId('attachment', one.id) })),
    version: versionOfRow(stored),
  };
}

/** Of what people say of a row, by hand or by rules. */
function versionOfRow({ category, tags, note, parts }: TransactionDetail): string {
  return versionOf({ category, tags, note, parts });
}

/**
 * The row until the end of the transaction, if it is still the one that was looked at. It is locked
 * itself, as thousands are that change at once; a turn for each of those would be too many.
 */
export async function takeRow(t: TenantHandle, call: Call, id: TransactionId) {
  await lockRow(t, id);
  return asItWas(call, { read: () => findTransaction(t, id), version: versionOfRow });
}

/** The answer with one row and its version. */
export function answerWith(stored: TransactionDetail) {
  const body = showTransactionDetail(stored);
  return { status: 200 as const, body, headers: { ETag: entityTag(body.version) } };
}

/** One event in the life of a row, with the name of whoever caused it. */
export function showRowEvent(
  event: RowEvent,
  names: ReadonlyMap<string, string>,
): TransactionHistory['data'][number] {
  if (event.kind === 'posted') {
    return { ...event, statementId: toPublicId('statement', event.statementId) };
  }
  const actorName = names.get(event.actor) ?? null;
  if (!('changeId' in event)) return { ...event, actorName };
  const { changeId, ...said } = event;
  return { ...said, changeId: toPublicId('rowChange', changeId), actorName };
}

function showPlace(place: StatementPlace) {
  return { ...place, id: toPublicId('statement', place.id) };
}

/** Whom a row names, as clients see it. */
export function showCounterparty(stored: NonNullable<Transaction['counterparty']>) {
  const { kind, name, msisdn, shortcode, accountReference } = stored;
  return {
    kind,
    name: name ?? null,
    msisdn: msisdn ?? null,
    shortcode: shortcode ?? null,
    accountReference: accountReference ?? null,
  };
}
