/** The journal and the trial balance as sheets: one row an entry, one row an account. */
import type { TrialBalanceLine } from '../../db/ledger-balances.ts';
import type { JournalEntry, JournalTransaction } from '../../db/ledger-reading.ts';
import { toPublicId } from '../../domain/ids.ts';
import { showOwner } from '../../domain/ledger/owner.ts';
import { negate } from '../../domain/money.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from './cells.ts';

export interface JournalRow {
  transaction: JournalTransaction;
  entry: JournalEntry;
}

export const journalSheet: Sheet<JournalRow> = {
  name: { en: 'Journal', sw: 'Jarida' },
  columns: [
    [
      'Time (Nairobi)',
      'Wakati (Nairobi)',
      ({ transaction }) => text(nairobiText(transaction.occurredAt)),
    ],
    [
      'Recorded (Nairobi)',
      'Iliandikwa (Nairobi)',
      ({ transaction }) => text(nairobiText(transaction.recordedAt)),
    ],
    [
      'Transaction',
      'Muamala',
      ({ transaction }) => text(toPublicId('ledgerTransaction', transaction.id)),
    ],
    ['Kind', 'Aina', ({ transaction }) => text(transaction.kind)],
    ['Leg', 'Upande', ({ entry }) => text(entry.leg)],
    ['Account', 'Akaunti', ({ entry }) => text(entry.kind)],
    ['Owner', 'Mwenye akaunti', ({ entry }) => text(showOwner(entry))],
    [
      'Debit',
      'Deni',
      ({ entry }) => (entry.amountCents > 0 ? amount(entry.amountCents) : undefined),
    ],
    [
      'Credit',
      'Mkopo',
      ({ entry }) => (entry.amountCents < 0 ? amount(negate(entry.amountCents)) : undefined),
    ],
    ['Currency', 'Sarafu', () => text('KES')],
    ['Receipt', 'Risiti', ({ transaction }) => text(transaction.receipt)],
    ['Reference', 'Kumbukumbu', ({ transaction }) => text(transaction.reference)],
    ['By', 'Aliyefanya', ({ transaction }) => text(transaction.source.actor)],
    ['Reason', 'Sababu', ({ transaction }) => text(transaction.reason)],
  ],
};

/** Transactions in batches become entries in batches. */
export async function* journalRows(
  batches: AsyncIterable<readonly JournalTransaction[]>,
): AsyncGenerator<JournalRow[]> {
  for await (const batch of batches)
    yield batch.flatMap((transaction) =>
      transaction.entries.map((entry) => ({ transaction, entry })),
    );
}

export const trialBalanceSheet: Sheet<TrialBalanceLine> = {
  name: { en: 'Trial balance', sw: 'Urari wa majaribio' },
  columns: [
    ['Account', 'Akaunti', ({ kind }) => text(kind)],
    ['Owner', 'Mwenye akaunti', (line) => text(showOwner(line))],
    ['Name', 'Jina', ({ shortcodeName }) => text(shortcodeName)],
    ['Accounts', 'Idadi ya akaunti', ({ accountCount }) => text(accountCount)],
    ['Debit', 'Deni', ({ debitCents }) => amount(debitCents)],
    ['Credit', 'Mkopo', ({ creditCents }) => amount(creditCents)],
    ['Currency', 'Sarafu', () => text('KES')],
  ],
};
