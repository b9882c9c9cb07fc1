/**
 * The twin's own book: who has which account, every wanted and made movement, and the lines of each
 * organisation's accounts as statements print them. It is the truth that clients are judged by.
 */
import { add, negate, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { businessDateOf } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';
import type { AccountName, Customer, Entry, Organisation } from '../terms.ts';
import { accountOf, charges, openAccounts, outside, walletOf } from './accounts.ts';
import type { AccountId, Accounts, Posting } from './accounts.ts';
import { limits } from './limits.ts';
import { nameOf } from './names.ts';

/** One line of an organisation's account. */
export interface BookLine {
  receipt: string;
  at: Instant;
  initiatedAt: Instant;
  account: AccountName;
  inCents: Cents;
  outCents: Cents;
  balanceCents: Cents;
  details: string;
  reasonType: string;
  otherParty: string;
  accountReference: string;
  linkedReceipt: string;
}

/** How a posting reads on the statement of the organisation it touches. */
export type Wording = Pick<
  BookLine,
  'details' | 'reasonType' | 'otherParty' | 'accountReference'
> & {
  linkedReceipt?: string;
};

export type WordedPosting = Posting & { wording?: Wording };

export interface Book {
  accounts: Accounts;
  customers: Map<string, Customer>;
  organisations: Map<string, Organisation>;
  entries: Entry[];
  lines: Map<string, BookLine[]>;
  /** Entries by receipt, checkout id, conversation id and originator's id. */
  byName: Map<string, Entry>;
  /** `msisdn name` of every standing order that was agreed to. */
  standingOrders: Set<string>;
  /** Sent and received by a customer on a Nairobi day, by `msisdn date`. */
  moved: Map<string, Cents>;
}

export function openBook(): Book {
  return {
    accounts: openAccounts(),
    customers: new Map(),
    organisations: new Map(),
    entries: [],
    lines: new Map(),
    byName: new Map(),
    standingOrders: new Set(),
    moved: new Map(),
  };
}

/** The organisation with this pay bill, till or store number. */
export function findOrganisation(book: Book, number: string): Organisation | undefined {
  const direct = book.organisations.get(number);
  if (direct !== undefined) return direct;
  for (const organisation of book.organisations.values()) {
    if (organisation.storeNumber === number) return organisation;
  }
  return undefined;
}

/** The account into which customers pay this organisation. */
export function receivingAccount({ kind }: Organisation): AccountName {
  return kind === 'till' ? 'Merchant Account' : 'Utility Account';
}

/** A customer of that number, made with the usual limits; the opening balance comes from outside. */
export function enrolCustomer(
  book: Book,
  msisdn: string,
  { balanceCents = zero, ...wishes }: Partial<Customer> & { balanceCents?: Cents } = {},
): Customer {
  const known = book.customers.get(msisdn);
  const customer: Customer = {
    msisdn,
    name: nameOf(msisdn),
    pin: '1234',
    pinFailures: 0,
    dailyLimitCents: limits.perDayCents,
    maxBalanceCents: limits.walletCents,
    isRegistered: true,
    hasPochi: true,
    ...known,
    ...wishes,
  };
  book.customers.set(msisdn, customer);
  setBalance(book, walletOf(msisdn), balanceCents);
  return customer;
}

/** Brings an account to a balance with money from or to the outside. */
export function setBalance(book: Book, account: AccountId, balanceCents: Cents): void {
  const missing = subtract(balanceCents, book.accounts.balanceOf(account));
  if (missing > 0) book.accounts.post([{ from: outside, to: account, amountCents: missing }]);
  if (missing < 0) {
    book.accounts.post([{ from: account, to: outside, amountCents: negate(missing) }]);
  }
}

/** Posts the movements of an entry and writes a line for every organisation account they touch. */
export function record(book: Book, entry: Entry, postings: readonly WordedPosting[]): void {
  for (const posting of postings) {
    if (posting.amountCents === 0) continue;
    book.accounts.post([posting]);
    writeLine(book, entry, { posting, account: posting.to, isIn: true });
    writeLine(book, entry, { posting, account: posting.from, isIn: false });
  }
}

function writeLine(
  book: Book,
  entry: Entry,
  { posting, account, isIn }: { posting: WordedPosting; account: AccountId; isIn: boolean },
): void {
  const [shortcode = '', name] = account.split(':');
  const { wording, amountCents } = posting;
  if (wording === undefined || !book.organisations.has(shortcode)) return;
  const lines = book.lines.get(shortcode) ?? [];
  book.lines.set(shortcode, lines);
  lines.push({
    ...wording,
    linkedReceipt: wording.linkedReceipt ?? '',
    receipt: entry.receipt ?? '',
    at: entry.completedAt ?? entry.initiatedAt,
    initiatedAt: entry.initiatedAt,
    account: name as AccountName,
    inCents: isIn ? amountCents : zero,
    outCents: isIn ? zero : amountCents,
    balanceCents: book.accounts.balanceOf(account),
  });
}

/** What a customer has sent and received on the Nairobi day of `at`. */
export function movedOn(book: Book, msisdn: string, at: Instant): Cents {
  return book.moved.get(`${msisdn} ${businessDateOf(at)}`) ?? zero;
}

export function countMovement(
  book: Book,
  msisdn: string,
  move: { at: Instant; amountCents: Cents },
): void {
  const key = `${msisdn} ${businessDateOf(move.at)}`;
  book.moved.set(key, add(book.moved.get(key) ?? zero, move.amountCents));
}

/** The posting of a charge that an organisation pays from one of its accounts. */
export function chargePosting(
  shortcode: string,
  account: AccountName,
  { amountCents, wording }: { amountCents: Cents; wording: Wording },
): WordedPosting {
  return { from: accountOf(shortcode, account), to: charges, amountCents, wording };
}
