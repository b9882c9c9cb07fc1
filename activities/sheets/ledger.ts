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
  name: 'Journal',
  columns: [
    ['Time (Nairobi)', ({ transaction }) => text(nairobiText(transaction.occurredAt))],
    ['Recorded (Nairobi)', ({ transaction }) => text(nairobiText(transaction.recordedAt))],
    ['Transaction', ({ transaction }) => text(toPublicId('ledgerTransaction', transaction.id))],
    ['Kind', ({ transaction }) => text(transaction.kind)],
    ['Leg', ({ entry }) => text(entry.leg)],
    ['Account', ({ entry }) => text(entry.kind)],
    ['Owner', ({ entry }) => text(showOwner(entry))],
    ['Debit', ({ entry }) => (entry.amountCents > 0 ? amount(entry.amountCents) : undefined)],
    [
      'Credit',
      ({ entry }) => (entry.amountCents < 0 ? amount(negate(entry.amountCents)) : undefined),
    ],
    ['Currency', () => text('KES')],
    ['Receipt', ({ transaction }) => text(transaction.receipt)],
    ['Reference', ({ transaction }) => text(transaction.reference)],
    ['By', ({ transaction }) => text(transaction.source.actor)],
    ['Reason', ({ transaction }) => text(transaction.reason)],
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
  name: 'Trial balance',
  columns: [
    ['Account', ({ kind }) => text(kind)],
    ['Owner', (line) => text(showOwner(line))],
    ['Name', ({ shortcodeName }) => text(shortcodeName)],
    ['Accounts', ({ accountCount }) => text(accountCount)],
    ['Debit', ({ debitCents }) => amount(debitCents)],
    ['Credit', ({ creditCents }) => amount(creditCents)],
    ['Currency', () => text('KES')],
  ],
};
