/** The columns of an export of transactions. */
import type { Transaction } from '../../db/transactions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { formatAmount } from '../../domain/money.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from './cells.ts';

export const transactionSheet: Sheet<Transaction> = {
  name: 'Transactions',
  columns: [
    ['Receipt', (row) => text(row.receipt)],
    ['Time (Nairobi)', (row) => text(nairobiText(row.occurredAt))],
    ['Details', (row) => text(row.details)],
    ['Paid in', (row) => (row.direction === 'in' ? amount(row.amountCents) : undefined)],
    ['Withdrawn', (row) => (row.direction === 'out' ? amount(row.amountCents) : undefined)],
    ['Balance', (row) => amount(row.balanceCents)],
    ['Currency', (row) => text(row.currency)],
    ['Purpose', (row) => text(row.purpose)],
    ['Channel', (row) => text(row.channel)],
    ['Nature', (row) => text(row.nature)],
    ['Category', (row) => text(row.category)],
    ['Parts', (row) => text(row.parts.map(partText).join('; '))],
    ['Confidence', (row) => text(row.confidence)],
    ['Tags', (row) => text(row.tags.join(', '))],
    ['Note', (row) => text(row.note)],
    ['Counterparty', (row) => text(row.counterparty?.name)],
    ['Number', (row) => text(row.counterparty?.msisdn)],
    ['Shortcode', (row) => text(row.counterparty?.shortcode)],
    ['Account reference', (row) => text(row.counterparty?.accountReference)],
    ['Account', (row) => text(row.account.label)],
    ['File', (row) => text(row.statement.fileName)],
    ['Page', (row) => text(row.statement.page)],
    ['Line', (row) => text(row.statement.line)],
    ['Id', (row) => text(toPublicId('transaction', row.id))],
  ],
};

function partText({ category, amountCents, note }: Transaction['parts'][number]): string {
  return `${category} ${formatAmount(amountCents)}${note === null ? '' : ` (${note})`}`;
}
