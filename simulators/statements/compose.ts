/** Makes a draft of a clean statement from a simulated book. */
import { subtract, sum, add } from '../../domain/money.ts';
import type { Cents } from '../../domain/money.ts';
import {
  addDays,
  businessDateOf,
  instantFromEpochMs,
  epochMsOf,
  startOfBusinessDate,
} from '../../domain/time.ts';
import type { BusinessDate, Instant } from '../../domain/time.ts';
import { mostRowsPerDay } from './book/day-clock.ts';
import type { Entry } from './book/ledger.ts';
import { writeOrganisationBook } from './book/organisation-book.ts';
import { writePersonalBook } from './book/personal-book.ts';
import { printWording } from './book/wording.ts';
import type { Draft, DraftRow } from './draft.ts';
import { summarise } from './layouts/layout.ts';
import type { Layout } from './layouts/layout.ts';
import type { CompleteOptions } from './options.ts';
import { createRandom } from './random.ts';
import type { TruthAccount } from './truth.ts';

interface Book {
  account: TruthAccount;
  openingCents: Cents;
  /** Oldest first. */
  entries: readonly Entry[];
}

const producerOfRealFiles = 'OpenPDF 1.3.26';
const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Simulates the account and prints the wanted window of it, newest row first. */
export function composeDraft(options: CompleteOptions, layout: Layout): Draft {
  const book = writeBook(options, layout);
  const period = periodOf(options);
  const entries = book.entries.filter((entry) => isWithin(entry, period));
  const firstAt = book.entries.findIndex((entry) => isWithin(entry, period));
  const rows = entries.map((entry) => draftRow(entry, layout)).reverse();
  const openingCents = balanceBefore(book, firstAt);
  const random = createRandom(options.seed, 'paper');
  const requestedOn = addDays(period.to, random.int(1, 4));
  const createdAt = instantFromEpochMs(
    epochMsOf(startOfBusinessDate(requestedOn)) + random.int(28_800, 64_800) * 1000,
  );
  const code = Array.from({ length: 8 }, () => random.pick([...codeAlphabet])).join('');
  return {
    layout: options.layout,
    account: book.account,
    period,
    requestedOn,
    rows,
    printed: {
      summary: summarise(layout, rows),
      ...totals(rows),
      ...chainEnds(rows, openingCents),
    },
    verificationCode: code,
    metadata: { producer: producerOfRealFiles, createdAt, modifiedAt: createdAt },
    printing: printingOf(options),
    pageEdits: [],
    byteEdits: [],
    firstVersion: undefined,
    mutations: [],
  };
}

/** Overlapping windows go past the end of the book, so it is always written half as long again. */
function stretchesOf(options: CompleteOptions): { days: number; rows: number }[] {
  const stretch = { days: options.days, rows: options.rows };
  const half = { days: Math.ceil(options.days / 2), rows: Math.ceil(options.rows / 2) };
  const needsMore = options.mutations.includes('overlapping-period');
  return needsMore ? [stretch, half] : [stretch];
}

function writeBook(options: CompleteOptions, layout: Layout): Book {
  if (options.rows / options.days > mostRowsPerDay) {
    throw new RangeError(`at most ${mostRowsPerDay} rows fit into a day; ask for more months`);
  }
  const common = {
    seed: options.seed,
    from: options.from,
    stretches: stretchesOf(options),
    withFailures: options.failures ?? layout.printsFailures,
  };
  if (layout.side === 'person') {
    const { holder, ...book } = writePersonalBook({ ...common, holderName: options.holderName });
    return { ...book, account: { kind: 'personal', number: holder.msisdn, name: holder.name } };
  }
  const kind = layout.name === 'till' ? 'till' : options.organisation;
  const shape = layout.format === 'organisation-newer' ? 'sub-accounts' : 'one-account';
  return writeOrganisationBook({ ...common, kind: layout.side === 'bank' ? 'bank' : kind, shape });
}

function periodOf(options: CompleteOptions): { from: BusinessDate; to: BusinessDate } {
  if (options.window !== undefined) return options.window;
  if (!options.mutations.includes('overlapping-period'))
    return { from: options.from, to: options.to };
  const shift = Math.ceil(options.days / 2);
  return { from: addDays(options.from, shift), to: addDays(options.to, shift) };
}

function isWithin(entry: Entry, period: { from: BusinessDate; to: BusinessDate }): boolean {
  const date = businessDateOf(entry.completedAt);
  return date >= period.from && date <= period.to;
}

function balanceBefore(book: Book, index: number): Cents {
  const before = book.entries
    .slice(0, Math.max(0, index))
    .findLast((entry) => entry.pocket === undefined);
  return before?.balanceCents ?? book.openingCents;
}

function draftRow(entry: Entry, layout: Layout): DraftRow {
  const { wording, parentReceipt, pocket: _pocket, otherParty, ...rest } = entry;
  return {
    ...rest,
    details: printWording(wording, layout.style),
    otherParty: printWording(otherParty ?? [], layout.style),
    // Banks print days only, so a day is all the file says.
    completedAt: layout.side === 'bank' ? startOfDay(entry) : entry.completedAt,
    initiatedAt: entry.initiatedAt ?? entry.completedAt,
    reasonType: entry.reasonType ?? '',
    accountReference: entry.accountReference ?? '',
    linkedReceipt: entry.linkedReceipt ?? '',
    ...(parentReceipt !== undefined && { parentReceipt }),
  };
}

function startOfDay(entry: Entry): Instant {
  return startOfBusinessDate(businessDateOf(entry.completedAt));
}

function totals(rows: readonly DraftRow[]): { totalInCents: Cents; totalOutCents: Cents } {
  const moved = rows.filter((row) => row.status === 'completed');
  return {
    totalInCents: sum(moved.map((row) => row.inCents)),
    totalOutCents: sum(moved.map((row) => row.outCents)),
  };
}

function chainEnds(
  rows: readonly DraftRow[],
  openingCents: Cents,
): { openingCents: Cents; closingCents: Cents } {
  const { totalInCents, totalOutCents } = totals(rows);
  return { openingCents, closingCents: subtract(add(openingCents, totalInCents), totalOutCents) };
}

function printingOf(options: CompleteOptions): Draft['printing'] {
  return {
    hasBorders: options.borders,
    hasBalanceColumn: options.balanceColumn,
    hasNarrowDetails: false,
    headerEvery: undefined,
    isScanned: false,
    isForeign: false,
    hasScript: false,
    password: options.password,
    cipher: options.cipher,
    csv: options.csv,
    bankShape: options.bankShape,
  };
}
