/**
 * The lists people take along, one entry each: what chooses its rows, how many there are, and the
 * file of them. The answer to a request and the run in the background both write by this table.
 */
import { countAudit, streamAudit, type AuditFilter } from '../../db/audit-list.ts';
import {
  streamCollections,
  summariseCollections,
  type CollectionFilter,
} from '../../db/collection-lists.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  countDisbursements,
  streamDisbursements,
  type DisbursementFilter,
} from '../../db/disbursement-list.ts';
import { countJournalEntries, streamJournal, type JournalFilter } from '../../db/ledger-reading.ts';
import type { PageReader } from '../../db/page-reader.ts';
import { listShortcodes } from '../../db/shortcodes.ts';
import {
  streamTransactions,
  summariseTransactions,
  type TransactionPageRequest,
} from '../../db/transactions.ts';
import type { ListName } from '../../domain/downloads/terms.ts';
import { auditSheet } from './audit.ts';
import { collectionSheet } from './collections.ts';
import { disbursementSheet } from './disbursements.ts';
import { journalRows, journalSheet } from './ledger.ts';
import { printedTransactions, type PrintedList } from './printed-transactions.ts';
import { counted, sheetFile, type FileManner, type Pieces } from './sheet-file.ts';
import { transactionSheet } from './transactions.ts';

/** What chooses the rows of each list; JSON, so that it can be kept. */
export interface ListChoices extends Record<ListName, object> {
  transactions: Pick<TransactionPageRequest, 'filter' | 'order'>;
  collections: CollectionFilter;
  disbursements: DisbursementFilter;
  journal: JournalFilter;
  audit: AuditFilter;
}

/** Where rows come from, who hears of them, and what a printed page says besides. */
export interface ListSource<Choice> {
  read: PageReader;
  choice: Choice;
  onRows: (count: number) => void;
  head: Omit<PrintedList, 'filter'>;
}

interface List<Choice> {
  /** Rows the file will have. */
  count(t: TenantHandle, choice: Choice): Promise<number>;
  write(from: ListSource<Choice>, manner: FileManner): Pieces;
}

export const lists: { readonly [Name in ListName]: List<ListChoices[Name]> } = {
  transactions: {
    count: async (t, { filter }) => (await summariseTransactions(t, filter)).count,
    write: ({ read, choice, onRows, head }, manner) => {
      const batches = counted(streamTransactions(read, choice), onRows);
      return manner.format === 'pdf'
        ? printedTransactions({ ...head, filter: choice.filter }, batches)
        : sheetFile(transactionSheet, manner, batches);
    },
  },
  collections: {
    count: async (t, filter) =>
      (await summariseCollections(t, filter)).reduce((sum, { count }) => sum + count, 0),
    write: async function* ({ read, choice, onRows }, manner) {
      const shortcodes = await read(listShortcodes);
      const sheet = collectionSheet(new Map(shortcodes.map((one) => [one.id, one])));
      yield* sheetFile(sheet, manner, counted(streamCollections(read, choice), onRows));
    },
  },
  disbursements: {
    count: countDisbursements,
    write: ({ read, choice, onRows }, manner) =>
      sheetFile(disbursementSheet, manner, counted(streamDisbursements(read, choice), onRows)),
  },
  journal: {
    count: countJournalEntries,
    write: ({ read, choice, onRows }, manner) => {
      const rows = journalRows(streamJournal(read, choice));
      return sheetFile(journalSheet, manner, counted(rows, onRows));
    },
  },
  audit: {
    count: countAudit,
    write: ({ read, choice, onRows }, manner) =>
      sheetFile(auditSheet, manner, counted(streamAudit(read, choice), onRows)),
  },
};
