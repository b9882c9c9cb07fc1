/** Writes the book of a person: obligations by calendar, everything else from a shuffled deck. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { startOfBusinessDate } from '../../../domain/time.ts';
import type { BusinessDate } from '../../../domain/time.ts';
import { createRandom } from '../random.ts';
import * as income from './income.ts';
import { openLedger } from './ledger.ts';
import type { Entry } from './ledger.ts';
import { inventPerson } from './names.ts';
import type { Person } from './names.ts';
import { obligationsOf } from './obligations.ts';
import { accrueFuliza } from './personal-life.ts';
import type { PersonalLife } from './personal-life.ts';
import * as pocket from './pockets.ts';
import { createReceiptSeries } from './receipts.ts';
import * as spend from './spending.ts';
import { liveThrough } from './stretch.ts';
import type { Stretch } from './stretch.ts';
import { shillings } from './tariffs.ts';

/** Does something at `life.now`; false when it could not (no money, nothing to reverse). */
type Event = (life: PersonalLife) => boolean;

/** How often each kind of event comes up; every kind comes once per deck. */
const deckOfLife: readonly (readonly [number, Event])[] = [
  [16, spend.sendMoney],
  [12, spend.payTill],
  [9, spend.payBill],
  [8, spend.payPochi],
  [7, spend.buyAirtime],
  [6, spend.buyBundles],
  [6, spend.withdrawCash],
  [12, income.receiveFromPerson],
  [4, income.depositCash],
  [3, income.receiveFromBank],
  [3, income.receiveBusinessPayout],
  [2, income.receiveOnPochi],
  [2, pocket.putAside],
  [3, pocket.takeBack],
  [3, pocket.useLoan],
  [2, spend.payBillOtherwise],
  [2, spend.failToSend],
  [1, spend.sendByCard],
  [1, spend.sendToOtherNetwork],
  [1, spend.payTillByCard],
  [2, spend.payGlobalCard],
  [1, spend.withdrawAtAtm],
  [1, income.receiveFromAbroad],
  [1, income.receiveFromOtherNetwork],
  [1, income.reverseLastSend],
  [1, income.reversePayBill],
  [1, pocket.sendAbroad],
  [1, pocket.restoreArchived],
];

/** The most rows one event writes: overdraft, payment, charge, and a reversal. */
const mostRowsPerEvent = 4;
const richAbove = shillings(150_000);

export interface PersonalBook {
  holder: Person;
  openingCents: Cents;
  /** Oldest first. */
  entries: readonly Entry[];
}

export interface PersonalBookOptions {
  seed: number;
  from: BusinessDate;
  /** Consecutive stretches of days with an exact number of rows each; earlier ones never change when more are added. */
  stretches: readonly Stretch[];
  withFailures: boolean;
  /** Invented when not given. */
  holderName?: string | undefined;
}

/** Simulates a person's account; the same options give the same book. */
export function writePersonalBook(options: PersonalBookOptions): PersonalBook {
  const life = openLife(options);
  const openingCents = life.ledger.balance();
  const deal = createDeck(life);
  const obligations: Event[] = [];
  liveThrough(life, options, {
    beginDay(date) {
      accrueFuliza(life);
      obligations.splice(0, Infinity, ...obligationsOf(date));
    },
    act: () => happen(life, obligations.shift() ?? deal()),
    fillOneRow: () => fillOneRow(life),
    mostRowsPerAct: mostRowsPerEvent,
  });
  return { holder: life.holder, openingCents, entries: life.ledger.entries };
}

function openLife(options: PersonalBookOptions): PersonalLife {
  const random = createRandom(options.seed, 'personal');
  const contactRandom = createRandom(options.seed, 'contacts');
  const holder = inventPerson(contactRandom);
  return {
    random,
    ledger: openLedger(cents(random.int(80_000, 900_000))),
    nextReceipt: createReceiptSeries(createRandom(options.seed, 'receipts')),
    holder: { ...holder, name: options.holderName ?? holder.name },
    contacts: Array.from({ length: 36 }, () => inventPerson(contactRandom)),
    now: startOfBusinessDate(options.from),
    withFailures: options.withFailures,
    fulizaDebt: cents(0),
    fulizaLimit: shillings(random.int(6, 30) * 500),
    pockets: new Map(),
    loans: new Map(),
    lastSend: undefined,
  };
}

function createDeck(life: PersonalLife): () => Event {
  let cards: Event[] = [];
  return () => {
    if (cards.length === 0) {
      const fresh = deckOfLife.flatMap(([count, event]) => Array<Event>(count).fill(event));
      cards = life.random.shuffled(fresh);
    }
    return cards.pop() ?? income.receiveFromPerson;
  };
}

function happen(life: PersonalLife, event: Event): void {
  if (life.ledger.balance() > richAbove && pocket.putAside(life)) return;
  if (!event(life)) income.receiveFromPerson(life);
}

/** Exactly one row, whatever the state of the account. */
function fillOneRow(life: PersonalLife): void {
  if (life.ledger.balance() < shillings(500) || !spend.payTill(life)) pocket.restoreArchived(life);
}
