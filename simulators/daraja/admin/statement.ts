/** The organisation portal's export of the twin's own book, in the classic layout. */
import { add, sum, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { addDays, businessDateOf, parseBusinessDate } from '../../../domain/time.ts';
import type { BusinessDate } from '../../../domain/time.ts';
import { classicCsv } from '../../statements/layouts/classic-export.ts';
import type { Draft, DraftRow } from '../../statements/draft.ts';
import { accountOf } from '../book/accounts.ts';
import { findOrganisation, receivingAccount } from '../book/book.ts';
import type { BookLine } from '../book/book.ts';
import type { AccountName, Organisation } from '../terms.ts';
import type { World } from '../world.ts';
import type { Action } from './admin.ts';
import { WishError } from './wishes.ts';

/** `?shortcode=…&from=2026-11-14&to=2026-11-14[&account=Working Account]`, both days included. */
export const answerStatement: Action = async (world, { query }) => {
  const organisation = findOrganisation(world.book, query.get('shortcode') ?? '');
  if (organisation === undefined) throw new WishError('shortcode names no business of this twin');
  const today = businessDateOf(world.clock.now());
  const from = dayOf(query.get('from'), today);
  const to = dayOf(query.get('to'), today);
  const usual = receivingAccount(organisation);
  const account = (query.get('account') ?? usual) as AccountName;
  const draft = draftOf(world, organisation, { account, from, to });
  const { bytes } = await classicCsv.write(draft);
  const text = Buffer.from(bytes).toString('utf8');
  // The layout names the account that customers pay into.
  const named = text.replace(`Account:,${usual}`, `Account:,${account}`);
  return { text: named, contentType: 'text/csv; charset=utf-8' };
};

function dayOf(text: string | null, today: BusinessDate): BusinessDate {
  if (text === null) return today;
  const date = parseBusinessDate(text.slice(0, 10));
  if (date === undefined) throw new WishError(`${text} is no day like 2026-11-14`);
  return date;
}

interface Wanted {
  account: AccountName;
  from: BusinessDate;
  to: BusinessDate;
}

function draftOf(world: World, organisation: Organisation, { account, from, to }: Wanted): Draft {
  const all = (world.book.lines.get(organisation.number) ?? []).filter(
    (line) => line.account === account,
  );
  const within = all.filter(({ at }) => isWithin(businessDateOf(at), { from, to }));
  const current = world.book.accounts.balanceOf(accountOf(organisation.number, account));
  const openingCents = openingOf(all, from) ?? current;
  const closingCents = within.at(-1)?.balanceCents ?? openingCents;
  const totalInCents = sum(within.map(({ inCents }) => inCents));
  const totalOutCents = sum(within.map(({ outCents }) => outCents));
  const now = world.clock.now();
  return {
    layout: 'classic-csv',
    account: { kind: organisation.kind, number: organisation.number, name: organisation.name },
    period: { from, to },
    requestedOn: addDays(to, 1),
    rows: within.map(rowOf).toReversed(),
    printed: { summary: [], totalInCents, totalOutCents, openingCents, closingCents },
    verificationCode: '',
    metadata: { producer: '', createdAt: now, modifiedAt: now },
    printing: plainPrinting,
    pageEdits: [],
    byteEdits: [],
    firstVersion: undefined,
    mutations: [],
  };
}

function isWithin(day: BusinessDate, { from, to }: Pick<Wanted, 'from' | 'to'>): boolean {
  return day >= from && day <= to;
}

/** The balance before the first line from that day on; undefined when there is none. */
function openingOf(lines: readonly BookLine[], from: BusinessDate): Cents | undefined {
  const first = lines.find(({ at }) => businessDateOf(at) >= from);
  if (first === undefined) return lines.at(-1)?.balanceCents;
  return add(subtract(first.balanceCents, first.inCents), first.outCents);
}

function rowOf(line: BookLine): DraftRow {
  return {
    receipt: line.receipt,
    completedAt: line.at,
    initiatedAt: line.initiatedAt,
    details: line.details,
    status: 'completed',
    inCents: line.inCents ?? zero,
    outCents: line.outCents ?? zero,
    balanceCents: line.balanceCents,
    purpose: 'other',
    reasonType: line.reasonType,
    otherParty: line.otherParty,
    accountReference: line.accountReference,
    linkedReceipt: line.linkedReceipt,
  };
}

const plainPrinting: Draft['printing'] = {
  hasBorders: false,
  hasBalanceColumn: true,
  hasNarrowDetails: false,
  headerEvery: undefined,
  isScanned: false,
  isForeign: false,
  hasScript: false,
  password: undefined,
  cipher: 'aes-128',
  csv: { encoding: 'utf-8', hasBom: false, delimiter: ',', lineEnding: '\n' },
  bankShape: 'kcb',
};
