/** Opens and closes entries, and finds them again by any of their names. */
import { zero } from '../../../domain/money.ts';
import { receiptFor } from '../random.ts';
import { describeResult, statusOfCode } from '../results.ts';
import type { Entry } from '../terms.ts';
import type { World } from '../world.ts';
import type { Book } from './book.ts';

type Known = Pick<Entry, 'sequence' | 'kind' | 'commandId' | 'shortcode' | 'amountCents'>;

/** Writes down a wanted movement as pending. */
export function openEntry(world: World, known: Known & Partial<Entry>): Entry {
  const entry: Entry = {
    otherShortcode: null,
    msisdn: null,
    payerChargeCents: zero,
    businessChargeCents: zero,
    accountReference: '',
    remarks: '',
    status: 'pending',
    resultCode: null,
    resultDesc: null,
    receipt: null,
    initiatedAt: world.clock.now(),
    completedAt: null,
    conversationId: null,
    originatorConversationId: null,
    merchantRequestId: null,
    checkoutRequestId: null,
    reverses: null,
    reversedBy: null,
    callbacks: [],
    ...known,
  };
  indexEntry(world.book, entry);
  return entry;
}

/** Adds an entry to the book and its indexes. */
export function indexEntry(book: Book, entry: Entry): void {
  book.entries.push(entry);
  const { byName } = book;
  if (entry.checkoutRequestId !== null) byName.set(entry.checkoutRequestId, entry);
  if (entry.conversationId !== null) byName.set(entry.conversationId, entry);
  if (entry.receipt !== null) byName.set(entry.receipt, entry);
  const originator = entry.originatorConversationId;
  // With the dedupe off, a name may stand for several payments: the first keeps it.
  if (originator !== null && !byName.has(originator)) byName.set(originator, entry);
}

/** Gives the entry its receipt and the time at which the money moves. */
export function stamp(world: World, entry: Entry): void {
  const at = world.clock.now();
  entry.completedAt = at;
  entry.receipt = receiptFor(at, { seed: world.seed, sequence: entry.sequence });
  world.book.byName.set(entry.receipt, entry);
}

/** Closes the entry with a result code. */
export function close(world: World, entry: Entry, code: string): void {
  entry.status = statusOfCode(code);
  entry.resultCode = code;
  entry.resultDesc = describeResult(code);
  entry.completedAt ??= world.clock.now();
}

/** The entry with this receipt, checkout id, conversation id or originator's id. */
export function findEntry(book: Book, name: string): Entry | undefined {
  return book.byName.get(name);
}
