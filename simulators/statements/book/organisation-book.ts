/** Writes the book of a till, a pay bill or a bank account. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { startOfBusinessDate } from '../../../domain/time.ts';
import type { BusinessDate } from '../../../domain/time.ts';
import { createRandom } from '../random.ts';
import * as bank from './bank-life.ts';
import { openLedger } from './ledger.ts';
import type { Entry } from './ledger.ts';
import { inventPerson } from './names.ts';
import type { Person } from './names.ts';
import { collect, failToCollect, payOut, reverse, sweep } from './organisation-life.ts';
import type { OrganisationLife } from './organisation-life.ts';
import { createReceiptSeries } from './receipts.ts';
import { liveThrough } from './stretch.ts';
import type { Stretch } from './stretch.ts';

export interface OrganisationBookOptions {
  seed: number;
  from: BusinessDate;
  stretches: readonly Stretch[];
  withFailures: boolean;
  kind: 'paybill' | 'till' | 'bank';
  /** One account with its charges, or collections and settlement mixed as in the newer export. */
  shape: 'one-account' | 'sub-accounts';
}

export interface OrganisationBook {
  account: { kind: 'paybill' | 'till' | 'bank'; number: string; name: string };
  openingCents: Cents;
  /** Oldest first. */
  entries: readonly Entry[];
}

const accounts = {
  paybill: { kind: 'paybill', number: '600984', name: 'Mama Njeri Traders Ltd' },
  till: { kind: 'till', number: '5512908', name: 'Mama Njeri Traders' },
  bank: { kind: 'bank', number: '0112277345', name: 'Mama Njeri Traders Ltd' },
} as const;

const mostRowsPerEvent = 3;
const customerCount = 160;

/** Simulates the account; the same options give the same book. */
export function writeOrganisationBook(options: OrganisationBookOptions): OrganisationBook {
  const { kind } = options;
  const account = accounts[kind];
  if (kind === 'bank') return { account, ...writeBankBook(options) };
  const random = createRandom(options.seed, kind);
  const people = createRandom(options.seed, 'customers');
  const openingCents = cents(random.int(10_000, 2_000_000));
  const life: OrganisationLife = {
    kind,
    shape: options.shape,
    random,
    ledger: openLedger(openingCents),
    nextReceipt: createReceiptSeries(createRandom(options.seed, 'receipts')),
    customers: Array.from({ length: customerCount }, () => inventCustomer(people)),
    now: startOfBusinessDate(options.from),
    withFailures: options.withFailures,
    invoice: 10_400 + random.int(0, 90),
    lastPayment: undefined,
  };
  liveThrough(life, options, {
    beginDay: () => undefined,
    act: () => actOnce(life),
    fillOneRow: () => collect(life, { withCharge: false }),
    mostRowsPerAct: mostRowsPerEvent,
  });
  return { account, openingCents, entries: life.ledger.entries };
}

function actOnce(life: OrganisationLife): void {
  const luck = life.random.next();
  const did =
    (luck < 0.02 && sweep(life)) ||
    (luck > 0.02 && luck < 0.05 && payOut(life)) ||
    (luck > 0.05 && luck < 0.065 && reverse(life)) ||
    (luck > 0.065 && luck < 0.1 && failToCollect(life));
  if (!did) collect(life, { withCharge: true });
}

/** The exports mask the middle name of a customer. */
function inventCustomer(random: Parameters<typeof inventPerson>[0]): Person {
  const person = inventPerson(random);
  const [first = '', ...others] = person.name.split(' ');
  return { ...person, name: `${first} **** ${others.at(-1) ?? ''}` };
}

function writeBankBook(
  options: OrganisationBookOptions,
): Pick<OrganisationBook, 'openingCents' | 'entries'> {
  const random = createRandom(options.seed, 'bank');
  const openingCents = cents(random.int(500_000, 9_000_000));
  const life: bank.BankLife = {
    random,
    ledger: openLedger(openingCents),
    now: startOfBusinessDate(options.from),
    reference: random.int(1, 9) * 1_000_000,
  };
  liveThrough(life, options, {
    beginDay: () => undefined,
    act: () => {
      if (random.chance(0.5) || !bank.debit(life)) bank.credit(life);
    },
    fillOneRow: () => bank.credit(life),
    mostRowsPerAct: 2,
  });
  return { openingCents, entries: life.ledger.entries };
}
