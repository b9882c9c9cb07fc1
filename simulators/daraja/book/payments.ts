/** Moves money by M-PESA's rules; every function answers a result code, "0" when the money moved. */
import { add, negate, subtract } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { businessDateOf, epochMsOf } from '../../../domain/time.ts';
import type { AccountName, Customer, Entry, Organisation } from '../terms.ts';
import type { World } from '../world.ts';
import { accountOf, charges, outside, walletOf } from './accounts.ts';
import {
  chargePosting,
  countMovement,
  enrolCustomer,
  findOrganisation,
  movedOn,
  receivingAccount,
  record,
} from './book.ts';
import type { WordedPosting } from './book.ts';
import { close, openEntry, stamp } from './entries.ts';
import { limits } from './limits.ts';
import { chargeOf } from './tariffs.ts';
import { payoutWords, receivedWords, transferWords } from './wording.ts';

/** The customer of a number, enrolled on first use where the settings say so. */
export function customerOf(world: World, msisdn: string): Customer | undefined {
  const known = world.book.customers.get(msisdn);
  if (known !== undefined || !world.settings.enrolsCustomers) return known;
  return enrolCustomer(world.book, msisdn, { balanceCents: world.settings.openingBalanceCents });
}

/** A customer pays an organisation. */
export function takePayment(world: World, entry: Entry, organisation: Organisation): string {
  const { book } = world;
  const customer = customerOf(world, entry.msisdn ?? '');
  if (customer === undefined || !customer.isRegistered) return 'SFC_IC0003';
  const { payerCents, businessCents } = chargeFor(world, entry, organisation);
  const code = payerProblem(world, customer, { entry, payerCents });
  if (code !== undefined) return code;
  const into = receivingAccount(organisation);
  const account = accountOf(organisation.number, into);
  if (add(book.accounts.balanceOf(account), entry.amountCents) > organisation.maxBalanceCents) {
    return '8';
  }
  entry.payerChargeCents = payerCents;
  entry.businessChargeCents = businessCents;
  stamp(world, entry);
  const wallet = walletOf(customer.msisdn);
  const words = receivedWords(organisation, entry, customer);
  record(book, entry, [
    { from: wallet, to: account, amountCents: entry.amountCents, wording: words.payment },
    { from: wallet, to: charges, amountCents: payerCents },
    chargePosting(organisation.number, into, { amountCents: businessCents, wording: words.charge }),
  ]);
  countMovement(book, customer.msisdn, { at: world.clock.now(), amountCents: entry.amountCents });
  return '0';
}

function chargeFor(world: World, entry: Entry, organisation: Organisation) {
  const name = organisation.kind === 'till' ? 'till' : 'paybill';
  const on = businessDateOf(world.clock.now());
  return chargeOf(world.tariffs, { name, on }, entry.amountCents, organisation.bouquet);
}

function payerProblem(
  world: World,
  customer: Customer,
  { entry, payerCents }: { entry: Entry; payerCents: Cents },
): string | undefined {
  const { book } = world;
  if (entry.amountCents > limits.perTransactionCents) return '3';
  const moved = movedOn(book, customer.msisdn, world.clock.now());
  if (add(moved, entry.amountCents) > customer.dailyLimitCents) return '4';
  if (entry.kind === 'stk' && isRepeat(world, entry)) return '17';
  const needed = add(entry.amountCents, payerCents);
  return needed > book.accounts.balanceOf(walletOf(customer.msisdn)) ? '1' : undefined;
}

/** Whether the same phone paid the same amount to the same shortcode a moment ago. */
function isRepeat({ book, clock, settings }: World, entry: Entry): boolean {
  const since = clock.nowMs() - settings.repeatWindowMs;
  for (let index = book.entries.length - 1; index >= 0; index -= 1) {
    const earlier = book.entries[index];
    if (earlier === undefined || epochMsOf(earlier.initiatedAt) < since) return false;
    const isSame =
      earlier.kind === 'stk' &&
      earlier.status === 'completed' &&
      earlier.msisdn === entry.msisdn &&
      earlier.shortcode === entry.shortcode &&
      earlier.amountCents === entry.amountCents;
    if (isSame) return true;
  }
  return false;
}

/** An organisation pays a customer from its utility account; the charge goes to Charges Paid. */
export function payOut(world: World, entry: Entry, organisation: Organisation): string {
  const { book } = world;
  if (entry.amountCents < limits.payoutCents) return '2';
  if (entry.amountCents > limits.perTransactionCents) return '3';
  const customer = customerOf(world, entry.msisdn ?? '');
  if (customer === undefined) return 'SFC_IC0003';
  if (!customer.isRegistered || (entry.kind === 'b2pochi' && !customer.hasPochi)) return '2040';
  const wallet = walletOf(customer.msisdn);
  const moved = movedOn(book, customer.msisdn, world.clock.now());
  if (add(moved, entry.amountCents) > customer.dailyLimitCents) return '4';
  if (add(book.accounts.balanceOf(wallet), entry.amountCents) > customer.maxBalanceCents)
    return '8';
  const utility = accountOf(organisation.number, 'Utility Account');
  if (book.accounts.balanceOf(utility) < entry.amountCents) return '1';
  const on = businessDateOf(world.clock.now());
  const charge = chargeOf(world.tariffs, { name: 'b2c', on }, entry.amountCents).businessCents;
  entry.businessChargeCents = charge;
  stamp(world, entry);
  const words = payoutWords(entry, customer);
  record(book, entry, [
    { from: utility, to: wallet, amountCents: entry.amountCents, wording: words.payment },
    chargePosting(organisation.number, 'Charges Paid Account', {
      amountCents: charge,
      wording: words.charge,
    }),
  ]);
  countMovement(book, customer.msisdn, { at: world.clock.now(), amountCents: entry.amountCents });
  return '0';
}

export interface Transfer {
  from: AccountName;
  /** Where the money arrives: an account of the receiver. */
  to: AccountName;
}

/** An organisation pays another one, or moves money between its own accounts. */
export function transfer(world: World, entry: Entry, { from, to }: Transfer): string {
  const { book } = world;
  const payer = findOrganisation(book, entry.shortcode);
  const payee = findOrganisation(book, entry.otherShortcode ?? '');
  if (payer === undefined || payee === undefined) return 'SFC_IC0003';
  const debited = accountOf(payer.number, from);
  if (book.accounts.balanceOf(debited) < entry.amountCents) return '1';
  const on = businessDateOf(world.clock.now());
  const charge = chargeOf(world.tariffs, { name: 'b2b', on }, entry.amountCents).businessCents;
  entry.businessChargeCents = charge;
  stamp(world, entry);
  const words = transferWords(entry, { payer, payee });
  const credited = accountOf(payee.number, to);
  record(book, entry, [
    { from: debited, to: credited, amountCents: entry.amountCents, wording: words.payment },
    chargePosting(payer.number, 'Charges Paid Account', {
      amountCents: charge,
      wording: words.charge,
    }),
  ]);
  return '0';
}

/** Gives a customer's payment back; the charge stays paid. */
export function giveBack(world: World, entry: Entry, original: Entry): string {
  const { book } = world;
  const organisation = findOrganisation(book, original.shortcode);
  const customer = customerOf(world, original.msisdn ?? '');
  if (organisation === undefined || customer === undefined) return 'R000002';
  if (original.reversedBy !== null) return 'R000001';
  const from = receivingAccount(organisation);
  const account = accountOf(organisation.number, from);
  if (book.accounts.balanceOf(account) < entry.amountCents) return '1';
  stamp(world, entry);
  original.reversedBy = entry.receipt;
  const { receipt } = original;
  const isTill = organisation.kind === 'till';
  const reversal: WordedPosting = {
    from: account,
    to: walletOf(customer.msisdn),
    amountCents: entry.amountCents,
    wording: {
      details: `${isTill ? 'Buy Goods' : 'Pay Utility'} Reversal`,
      reasonType: `${isTill ? 'Buy Goods' : 'Pay Utility'} Reversal`,
      otherParty: receivedWords(organisation, original, customer).payment.otherParty,
      accountReference: '',
      linkedReceipt: receipt ?? '',
    },
  };
  record(book, entry, [reversal]);
  return '0';
}

/** Brings an organisation's account to a balance with a movement that its statement shows. */
export function bringTo(
  world: World,
  { number }: Organisation,
  { account, balanceCents }: { account: AccountName; balanceCents: Cents },
): void {
  const id = accountOf(number, account);
  const missing = subtract(balanceCents, world.book.accounts.balanceOf(id));
  if (missing === 0) return;
  const isIn = missing > 0;
  const entry = openEntry(world, {
    sequence: world.nextSequence(),
    kind: 'transfer',
    commandId: 'Settlement',
    shortcode: number,
    amountCents: isIn ? missing : negate(missing),
  });
  stamp(world, entry);
  close(world, entry, '0');
  const settlement = 'Organization Settlement Account';
  const wording = {
    details: isIn ? `${settlement} to ${account}` : `${account} to ${settlement}`,
    reasonType: 'Organization Settlement',
    otherParty: '',
    accountReference: '',
  };
  const posting = isIn ? { from: outside, to: id } : { from: id, to: outside };
  record(world.book, entry, [{ ...posting, amountCents: entry.amountCents, wording }]);
}
