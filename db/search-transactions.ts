/** Transactions by receipt, number, amount and the words of their line. */
import type { Msisdn } from '../domain/daraja/msisdn.ts';
import { shownPayer } from '../domain/daraja/msisdn.ts';
import type { Cents } from '../domain/money.ts';
import type { Asked } from '../domain/search/asked.ts';
import type { TenantHandle } from './database.ts';
import type { Hit } from './search.ts';
import { alongWays, typedIn, wayBy, wayById } from './search-ways.ts';
import {
  findTransaction,
  listByReceipt,
  listTransactions,
  type Transaction,
} from './transactions.ts';

export async function findTransactions(
  t: TenantHandle,
  asked: Asked,
  limit: number,
): Promise<Hit[]> {
  const { receipt, msisdn, amountCents } = asked;
  const words = (q: string) => listTransactions(t, { filter: { q }, limit });
  const byNumber = async (number: Msisdn) => {
    const found = await words(number);
    return found.length > 0 ? found : words(`0${number.slice(3)}`);
  };
  // The index of amounts ends with the id, which grows with time: nothing is sorted.
  const byAmount = (amount: Cents) =>
    listTransactions(t, {
      filter: { amountFrom: amount, amountTo: amount },
      order: { field: 'amountCents', isDescending: true },
      limit,
    });
  const found = await alongWays<Transaction>(
    [
      wayById('transaction', asked, async (id) => {
        const one = await findTransaction(t, id);
        return one === undefined ? [] : [one];
      }),
      wayBy('receipt', receipt, (start) => listByReceipt(t, { start, limit })),
      wayBy('phone', msisdn, byNumber),
      wayBy('amount', amountCents, byAmount),
      wayBy('words', typedIn(asked), words),
    ],
    limit,
  );
  return found.map(({ row, by }) => ({
    ...{ id: row.id, by, title: row.receipt, detail: partyOf(row) },
    ...{ amountCents: row.amountCents, direction: row.direction },
    ...{ status: null, at: row.occurredAt },
  }));
}

function partyOf({ counterparty, details }: Transaction): string {
  const { name, msisdn } = counterparty ?? {};
  const parts = [name ?? '', msisdn === undefined ? '' : shownPayer(msisdn)];
  return parts.filter((part) => part !== '').join(' · ') || details.slice(0, 80);
}
