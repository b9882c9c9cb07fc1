/**
 * The running balance of a whole statement, checked while rows stream past in file order, whichever
 * way the file runs. Memory holds the first rows, one group per account and a bounded list of gaps.
 */
import { cents } from '../money.ts';
import type { Cents } from '../money.ts';
import { createAccountChain } from './account-chain.ts';
import type { AccountChain, ChainDirection, ChainGap, ChainListener } from './account-chain.ts';
import type { ChainStep } from './chain-group.ts';
import { isReceipt } from './receipts.ts';
import { createRowList, pointerOf } from './row-list.ts';
import type { RowList, RowTally } from './row-list.ts';
import type { RowPointer, StatementLine } from './terms.ts';

export interface ChainBreak {
  kind: ChainGap['kind'];
  rows: readonly RowPointer[];
  expectedCents: Cents;
  foundCents: Cents;
  /** Found minus expected. */
  differenceCents: Cents;
}

export interface ChainResult {
  /** `unknown` when all rows carry one time. */
  order: 'newest-first' | 'oldest-first' | 'unknown';
  /** Steps from one group to the next that were checked against a printed balance. */
  linkCount: number;
  /** Rows that print a balance. */
  balanceCount: number;
  breakCount: number;
  /** The first breaks, at most 50. */
  breaks: readonly ChainBreak[];
  /** Rows of groups that close right although no order of the rows fits every balance. */
  loose: RowTally;
  /** Rows that run against the order of the file. */
  disorder: RowTally;
  /** Undefined when unknown, ambiguous, or when the file mixes several accounts. */
  openingCents: Cents | undefined;
  closingCents: Cents | undefined;
}

export interface Chain {
  /** Takes the next accepted row in file order; rows that are not completed are passed over. */
  add(line: StatementLine): void;
  finish(): ChainResult;
}

const kept = 50;
/** Rows read ahead to see which way the file runs. */
const lookAhead = 500;

interface Tally {
  linkCount: number;
  balanceCount: number;
  breakCount: number;
  breaks: ChainBreak[];
  loose: RowList;
  disorder: RowList;
}

/** Starts a chain; with `perSubAccount` every `subAccount` of the lines has a chain of its own. */
export function createChain({ perSubAccount }: { perSubAccount: boolean }): Chain {
  const tally = emptyTally();
  const listener = listen(tally);
  const accounts = new Map<string, AccountChain>();
  const order = createOrderWatch(tally);
  let waiting: StatementLine[] | undefined = [];
  let seen = 0;

  const follow = (line: StatementLine) => {
    const name = perSubAccount ? (line.subAccount ?? '') : '';
    const account = accounts.get(name) ?? createAccountChain(order.direction(), listener);
    accounts.set(name, account);
    account.add(toStep(line));
  };
  const release = () => {
    const lines = waiting ?? [];
    waiting = undefined;
    order.settle();
    for (const line of lines) follow(line);
  };

  return {
    add(line) {
      order.watch(line);
      seen += 1;
      if (line.status === 'completed') {
        if (line.balanceCents !== undefined) tally.balanceCount += 1;
        if (waiting === undefined) follow(line);
        else waiting.push(line);
      }
      if (waiting !== undefined && seen >= lookAhead && order.isVisible()) release();
    },
    finish() {
      release();
      const ends = [...accounts.values()].map((account) => account.finish());
      const [end] = ends.length === 1 ? ends : [];
      return {
        ...tally,
        loose: tally.loose.tally(),
        disorder: tally.disorder.tally(),
        order: order.name(),
        openingCents: maybeCents(end?.opening),
        closingCents: maybeCents(end?.closing),
      };
    },
  };
}

function emptyTally(): Tally {
  const lists = { loose: createRowList(), disorder: createRowList() };
  return { linkCount: 0, balanceCount: 0, breakCount: 0, breaks: [], ...lists };
}

function listen(tally: Tally): ChainListener {
  return {
    onLink() {
      tally.linkCount += 1;
    },
    onGap(gap) {
      tally.breakCount += 1;
      if (tally.breakCount <= kept) tally.breaks.push(toBreak(gap));
    },
    onRefinedGap(gap) {
      if (tally.breakCount <= kept) tally.breaks[tally.breaks.length - 1] = toBreak(gap);
    },
    onNote(rows) {
      for (const row of rows) tally.loose.add(row);
    },
  };
}

/** Counts steps back and forth in time; the majority of the first rows says how the file runs. */
function createOrderWatch(tally: Tally) {
  let last: string | undefined;
  let later = 0;
  let earlier = 0;
  let settled: ChainDirection | undefined;
  const early: { pointer: RowPointer; step: ChainDirection }[] = [];
  return {
    watch(line: StatementLine) {
      const previous = last;
      last = line.completedAt;
      if (previous === undefined || previous === last) return;
      const step = last > previous ? 1 : -1;
      if (settled !== undefined) {
        if (step !== settled) tally.disorder.add(pointerOf(line));
        return;
      }
      if (step === 1) later += 1;
      else earlier += 1;
      early.push({ pointer: pointerOf(line), step });
    },
    settle() {
      if (settled !== undefined) return;
      settled = later > earlier ? 1 : -1;
      for (const { pointer, step } of early.splice(0))
        if (step !== settled) tally.disorder.add(pointer);
    },
    isVisible: () => later > 0 || earlier > 0,
    direction: (): ChainDirection => settled ?? -1,
    name(): ChainResult['order'] {
      if (later === 0 && earlier === 0) return 'unknown';
      return settled === 1 ? 'oldest-first' : 'newest-first';
    },
  };
}

function toStep(line: StatementLine): ChainStep {
  return {
    delta: line.inCents - line.outCents,
    balance: line.balanceCents,
    receipt: isReceipt(line.receipt) ? line.receipt : '',
    at: line.completedAt,
    isFuliza: line.reading.isFulizaFunded || line.reading.purpose.startsWith('loan.fuliza.'),
    pointer: pointerOf(line),
  };
}

function toBreak({ kind, rows, expected, found }: ChainGap): ChainBreak {
  return {
    kind,
    rows,
    expectedCents: bounded(expected),
    foundCents: bounded(found),
    differenceCents: bounded(found - expected),
  };
}

/** Sums of absurd amounts may leave the safe range; a report then shows the limit. */
function bounded(value: number): Cents {
  const limit = Number.MAX_SAFE_INTEGER;
  return cents(Math.max(-limit, Math.min(limit, value)));
}

function maybeCents(value: number | undefined): Cents | undefined {
  return value === undefined || !Number.isSafeInteger(value) ? undefined : cents(value);
}
