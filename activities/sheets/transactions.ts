/** The columns of an export of transactions. */
import type { Transaction } from '../../db/transactions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { formatAmount } from '../../domain/money.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from './cells.ts';

export const transactionSheet: Sheet<Transaction> = {
  name: { en: 'Transactions', sw: 'Miamala' },
  columns: [
    ['Receipt', 'Risiti', (row) => text(row.receipt)],
    ['Time (Nairobi)', 'Wakati (Nairobi)', (row) => text(nairobiText(row.occurredAt))],
    ['Details', 'Maelezo', (row) => text(row.details)],
    [
      'Paid in',
      'Zilizoingia',
      (row) => (row.direction === 'in' ? amount(row.amountCents) : undefined),
    ],
    [
      'Withdrawn',
      'Zilizotoka',
      (row) => (row.direction === 'out' ? amount(row.amountCents) : undefined),
    ],
    ['Balance', 'Salio', (row) => amount(row.balanceCents)],
    ['Currency', 'Sarafu', (row) => text(row.currency)],
    ['Purpose', 'Lengo', (row) => text(row.purpose)],
    ['Channel', 'Njia', (row) => text(row.channel)],
    ['Nature', 'Asili', (row) => text(row.nature)],
    ['Category', 'Kundi', (row) => text(row.category)],
    ['Parts', 'Sehemu', (row) => text(row.parts.map(partText).join('; '))],
    ['Confidence', 'Uhakika', (row) => text(row.confidence)],
    ['Tags', 'Lebo', (row) => text(row.tags.join(', '))],
    ['Note', 'Dokezo', (row) => text(row.note)],
    ['Counterparty', 'Mhusika', (row) => text(row.counterparty?.name)],
    ['Number', 'Namba', (row) => text(row.counterparty?.msisdn)],
    ['Shortcode', 'Namba ya biashara', (row) => text(row.counterparty?.shortcode)],
    [
      'Account reference',
      'Kumbukumbu ya akaunti',
      (row) => text(row.counterparty?.accountReference),
    ],
    ['Account', 'Akaunti', (row) => text(row.account.label)],
    ['File', 'Faili', (row) => text(row.statement.fileName)],
    ['Page', 'Ukurasa', (row) => text(row.statement.page)],
    ['Line', 'Mstari', (row) => text(row.statement.line)],
    ['Id', 'Kitambulisho', (row) => text(toPublicId('transaction', row.id))],
  ],
};

function partText({ category, amountCents, note }: Transaction['parts'][number]): string {
  return `${category} ${formatAmount(amountCents)}${note === null ? '' : ` (${note})`}`;
}
