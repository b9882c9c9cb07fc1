/** What happens on a pay bill or a till: collections with charges, payouts, sweeps, reversals. */
import { cents, multiplyRatio } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { addSeconds } from './moments.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';
import type { Ledger, Movement } from './ledger.ts';
import type { Person } from './names.ts';
import { chargeFor, shillings } from './tariffs.ts';
import type { Wording } from './wording.ts';

export interface OrganisationLife {
  kind: 'paybill' | 'till';
  /** Whether the export mixes the collection and the settlement account. */
  shape: 'one-account' | 'sub-accounts';
  random: Random;
  ledger: Ledger;
  nextReceipt: (at: Instant) => string;
  customers: readonly Person[];
  now: Instant;
  withFailures: boolean;
  /** Number of the next invoice customers quote. */
  invoice: number;
  lastPayment: { receipt: string; person: Person; amount: Cents; reference: string } | undefined;
}

type Row = Omit<Movement, 'receipt' | 'completedAt'>;

function post(life: OrganisationLife, receipt: string, row: Row): void {
  const completedAt = life.now;
  const initiatedAt = addSeconds(completedAt, -life.random.int(0, 9));
  life.ledger.post({ receipt, completedAt, initiatedAt, ...row });
}

/** What customers type as their account: mostly the invoice, sometimes wrong or nothing. */
function accountReference(life: OrganisationLife): string {
  if (life.kind === 'till') return '';
  life.invoice += life.random.int(0, 2);
  const invoice = `INV-${life.invoice}`;
  const luck = life.random.next();
  if (luck < 0.06) return invoice.replace('INV-', 'INV');
  if (luck < 0.1) return `inv ${life.invoice}`;
  if (luck < 0.12) return invoice.slice(0, -1);
  if (luck < 0.14) return '';
  return invoice;
}

/** The account as the details repeat it; `Acc.` stands alone when the customer typed nothing. */
function accountTail(life: OrganisationLife, reference: string): string {
  return life.kind === 'till' ? '' : ` Acc. ${reference}`.trimEnd();
}

interface Rail {
  before: string;
  reason: string;
  /** The payer is a business or a bank instead of a customer. */
  payer?: string;
  /** What follows the account. */
  after?: string;
}

const paybillRails: readonly (readonly [number, Rail])[] = [
  [60, { before: 'Pay Bill from ', reason: 'Pay Utility' }],
  [22, { before: 'Pay Bill Online from ', reason: 'Pay Bill Online' }],
  [6, { before: 'Pay Bill from ', reason: 'Pay Utility with OD via STK' }],
  [3, { before: 'Small Business Pay Bill from ', reason: 'Small Business Pay Bill' }],
  [
    3,
    {
      before: 'Merchant Pay Utility Received from ',
      reason: 'Merchant Pay Utility',
      payer: '5310078 - UPENDO BUTCHERY',
    },
  ],
  [
    3,
    {
      before: 'Business Pay Bill via API by ',
      reason: 'Business Pay Bill',
      payer: '4011220 - JIRANI - WHOLESALERS',
    },
  ],
  [
    3,
    {
      before: 'FSI to Pay Bill by ',
      reason: 'FSI to Pay Bill',
      payer: '300600 - KCB BANK',
      after: ' via WEB by KCB\\teller4',
    },
  ],
];

const tillRails: readonly (readonly [number, Rail])[] = [
  [60, { before: 'Merchant Payment from ', reason: 'Customer Merchant Payment' }],
  [26, { before: 'Merchant Payment Online from ', reason: 'Merchant Payment Online' }],
  [
    8,
    {
      before: 'Customer Merchant Payment from ',
      reason: 'Customer Merchant Payment with OD via STK',
    },
  ],
  [6, { before: 'Small Business Pay Merchant from ', reason: 'Small Business Pay Merchant' }],
];

function pickRail(life: OrganisationLife): Rail {
  const rails = life.kind === 'till' ? tillRails : paybillRails;
  const total = rails.reduce((sum, [weight]) => sum + weight, 0);
  let ticket = life.random.next() * total;
  for (const [weight, rail] of rails) {
    ticket -= weight;
    if (ticket < 0) return rail;
  }
  throw new Error('no rail drawn');
}

/** A customer pays; larger payments carry a charge row under the same receipt. */
export function collect(life: OrganisationLife, options: { withCharge: boolean }): boolean {
  const person = life.random.pick(life.customers);
  const rail = pickRail(life);
  const reference = accountReference(life);
  const inCents = shillings(Math.max(10, Math.round(life.random.next() ** 2.5 * 14_000)));
  const receipt = life.nextReceipt(life.now);
  const party: Wording = rail.payer === undefined ? [{ person }] : [rail.payer];
  post(life, receipt, {
    wording: [rail.before, ...party, accountTail(life, reference), rail.after ?? ''],
    purpose: life.kind === 'till' ? 'till.received' : 'paybill.received',
    inCents,
    reasonType: rail.reason,
    otherParty: party,
    accountReference: reference,
  });
  life.lastPayment = { receipt, person, amount: inCents, reference };
  if (options.withCharge) charge(life, receipt, inCents);
  return true;
}

const highestCharge = shillings(200);

function charge(life: OrganisationLife, receipt: string, amount: Cents): void {
  if (amount < 20_000 || life.shape === 'sub-accounts') return;
  const share = multiplyRatio(amount, { numerator: 55, denominator: 10_000 }, 'half-up');
  const isTill = life.kind === 'till';
  post(life, receipt, {
    wording: [isTill ? 'Pay Merchant Charge' : 'Pay Bill Charge'],
    purpose: isTill ? 'fee.till' : 'fee.paybill',
    outCents: cents(Math.min(share, highestCharge)),
    reasonType: isTill ? 'Buy Goods Charge' : 'Pay Utility',
    otherParty: ['SP'],
    parentReceipt: receipt,
  });
}

/** Pays a customer or a supplier out, with its charge; needs the money. */
export function payOut(life: OrganisationLife): boolean {
  const amount = shillings(life.random.int(2, 80) * 100);
  const fee = chargeFor('send', amount);
  if (life.ledger.balance() < amount + fee) return false;
  const person = life.random.pick(life.customers);
  const isSalary = life.random.chance(0.2);
  const receipt = life.nextReceipt(life.now);
  post(life, receipt, {
    wording: [isSalary ? 'Salary Payment to ' : 'Business Payment to ', { person }],
    purpose: isSalary ? 'salary' : 'business-payment',
    outCents: amount,
    reasonType: isSalary ? 'Salary Payment' : 'Business Payment to Customer',
    otherParty: [{ person }],
  });
  if (fee === 0 || life.shape === 'sub-accounts') return true;
  post(life, receipt, {
    wording: ['Business Payment Charge'],
    purpose: 'fee.business-payment',
    outCents: fee,
    reasonType: 'Business Payment Charge',
    otherParty: ['SP'],
    parentReceipt: receipt,
  });
  return true;
}

/** Gives the last customer the money back. */
export function reverse(life: OrganisationLife): boolean {
  const original = life.lastPayment;
  if (original === undefined || life.ledger.balance() < original.amount) return false;
  life.lastPayment = undefined;
  const words = life.kind === 'till' ? 'Buy Goods Reversal' : 'Pay Utility Reversal';
  post(life, life.nextReceipt(life.now), {
    wording: [`${words} to `, { person: original.person }],
    purpose: 'reversal',
    outCents: original.amount,
    reasonType: words,
    otherParty: [{ person: original.person }],
    accountReference: original.reference,
    linkedReceipt: original.receipt,
  });
  return true;
}

/** Sweeps what was collected towards the bank, once there is something worth it. */
export function sweep(life: OrganisationLife): boolean {
  const whole = shillings(Math.floor(life.ledger.balance() / 10_000) * 100);
  if (whole < shillings(5000)) return false;
  if (life.shape === 'sub-accounts') sweepThroughSettlement(life, whole);
  else sweepAtOnce(life, whole);
  return true;
}

function sweepAtOnce(life: OrganisationLife, amount: Cents): void {
  const isInternal = life.kind === 'paybill' && life.random.chance(0.6);
  const internal = 'Utility Account to Organization Settlement';
  post(life, life.nextReceipt(life.now), {
    wording: [isInternal ? internal : 'Organization Settle to Bank'],
    purpose: isInternal ? 'settlement.internal' : 'settlement.bank',
    outCents: amount,
    reasonType: isInternal ? internal : 'Withdraw Funds to Bank',
  });
}

/** Out of one account and into the other under one receipt, then on to the bank. */
function sweepThroughSettlement(life: OrganisationLife, amount: Cents): void {
  const receipt = life.nextReceipt(life.now);
  const wording = ['Utility Account to Organization Settlement Account'];
  const purpose = 'settlement.internal';
  post(life, receipt, { wording, purpose, outCents: amount });
  post(life, receipt, { wording, purpose, inCents: amount, pocket: 'settlement' });
  post(life, life.nextReceipt(life.now), {
    wording: ['Agency Withdrawal of funds to Bank'],
    purpose: 'settlement.bank',
    outCents: amount,
    pocket: 'settlement',
  });
}

/** An attempt that moved no money. */
export function failToCollect(life: OrganisationLife): boolean {
  if (!life.withFailures) return false;
  const person = life.random.pick(life.customers);
  const isTill = life.kind === 'till';
  const reference = accountReference(life);
  const before = isTill ? 'Merchant Payment Online from ' : 'Pay Bill Online from ';
  post(life, life.nextReceipt(life.now), {
    wording: [before, { person }, accountTail(life, reference)],
    purpose: isTill ? 'till.received' : 'paybill.received',
    inCents: shillings(life.random.int(1, 40) * 50),
    status: life.random.pick(['failed', 'cancelled', 'declined', 'expired'] as const),
    reasonType: isTill ? 'Merchant Payment Online' : 'Pay Bill Online',
    otherParty: [{ person }],
    accountReference: reference,
  });
  return true;
}
