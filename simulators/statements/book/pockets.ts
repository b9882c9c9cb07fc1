/** Own money moving between pockets (savings, funds, shares) and loans being drawn and repaid. */
import { add, cents, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { charged, everydayAmount } from './spending.ts';
import { pay, receive } from './personal-life.ts';
import type { PersonalLife } from './personal-life.ts';
import { shillings } from './tariffs.ts';

interface Pocket {
  name: string;
  into: string;
  intoPurpose: string;
  out: string;
  outPurpose: string;
}

const pockets: readonly Pocket[] = [
  {
    name: 'mshwari',
    into: 'M-Shwari Deposit',
    intoPurpose: 'savings.in',
    out: 'M-Shwari Withdraw',
    outPurpose: 'savings.out',
  },
  {
    name: 'mshwari-lock',
    into: 'M-Shwari Lock Deposit',
    intoPurpose: 'savings.locked',
    out: 'M-Shwari Lock Withdraw',
    outPurpose: 'savings.locked',
  },
  {
    name: 'kcb',
    into: 'KCB M-PESA Deposit',
    intoPurpose: 'savings.in',
    out: 'KCB M-PESA Withdraw',
    outPurpose: 'savings.out',
  },
  {
    name: 'ziidi',
    into: 'Unit Trust Invest To 4145555 - ZIIDI MMF by M-PESA\\UnitTrust',
    intoPurpose: 'investment.in',
    out: 'Unit Trust Withdraw From 4145555 - ZIIDI MMF by M-PESA\\UnitTrust',
    outPurpose: 'investment.out',
  },
  {
    name: 'shares',
    into: 'Ziidi Trader Customer Buying Shares to 4157363 - ZIIDI TRADER Acc. NSE-SCOM',
    intoPurpose: 'shares.buy',
    out: 'Sell Shares Payment by 4157363 - ZIIDI TRADER',
    outPurpose: 'shares.sell',
  },
];

/** Puts something aside; with more than `richAbove` in the wallet, a large part of it. */
export function putAside(life: PersonalLife): boolean {
  const pocket = life.random.pick(pockets);
  const spare = Math.floor(life.ledger.balance() / 100);
  if (spare < 500) return false;
  const most = spare > 150_000 ? Math.floor(spare * 0.6) : Math.min(5000, Math.floor(spare * 0.4));
  const amount = shillings(life.random.int(Math.ceil(most / 2), most));
  const wording = [pocket.into];
  if (pay(life, { wording, purpose: pocket.intoPurpose, amount }) === undefined) return false;
  life.pockets.set(pocket.name, add(life.pockets.get(pocket.name) ?? zero, amount));
  return true;
}

/** Takes money back from a pocket that has some. */
export function takeBack(life: PersonalLife): boolean {
  const filled = pockets.filter((pocket) => (life.pockets.get(pocket.name) ?? zero) >= 10_000);
  if (filled.length === 0) return false;
  const pocket = life.random.pick(filled);
  const held = life.pockets.get(pocket.name) ?? zero;
  const most = Math.min(Math.floor(held / 100), 20_000);
  const amount = shillings(life.random.int(Math.ceil(most / 2), most));
  life.pockets.set(pocket.name, subtract(held, amount));
  const income = { wording: [pocket.out], purpose: pocket.outPurpose, amount };
  receive(life, { ...income, repaysFuliza: false });
  return true;
}

interface Lender {
  name: string;
  disburse: string;
  repay: string;
}

const lenders: readonly Lender[] = [
  { name: 'mshwari', disburse: 'M-Shwari Loan Disburse', repay: 'M-Shwari Loan Repayment' },
  { name: 'kcb', disburse: 'KCB M-PESA Loan Disbursement', repay: 'KCB M-PESA Loan Repayment' },
  { name: 'term', disburse: 'Term Loan Disbursement', repay: 'Term Loan Repayment' },
  {
    name: 'hustler',
    disburse: 'Hustler Fund Loan Disbursement',
    repay: 'Hustler Fund Loan Repayment',
  },
];

/** Draws from a lender without an open loan, or repays one, as its debt and the wallet allow. */
export function useLoan(life: PersonalLife): boolean {
  const lender = life.random.pick(lenders);
  const debt = life.loans.get(lender.name) ?? zero;
  if (debt === 0) {
    const amount = everydayAmount(life, 500, 8000);
    life.loans.set(lender.name, cents(amount + Math.floor(amount * 0.075)));
    receive(life, {
      wording: [lender.disburse],
      purpose: `loan.${lender.name}.draw`,
      amount,
      repaysFuliza: false,
    });
    return true;
  }
  const amount = cents(Math.min(debt, life.ledger.balance()));
  if (amount < 10_000) return false;
  life.loans.set(lender.name, subtract(debt, amount));
  pay(life, { wording: [lender.repay], purpose: `loan.${lender.name}.repay`, amount });
  return true;
}

/** Abroad through M-PESA Global. */
export function sendAbroad(life: PersonalLife): boolean {
  const amount = everydayAmount(life, 1000, 15_000);
  const wording = ['M-Pesa Global Send Money to 7774410 - WESTERN UNION KAMPALA UG'];
  const charge = charged('send', amount, 'International Transfer Charge');
  return (
    pay(life, {
      wording,
      purpose: 'remittance.out',
      amount,
      charge: { ...charge, purpose: 'fee.other' },
    }) !== undefined
  );
}

/** Money found in an archived account: the one income that needs nothing and triggers nothing. */
export function restoreArchived(life: PersonalLife): boolean {
  const amount: Cents = shillings(life.random.int(1, 9) * 50);
  const wording = ['Transfer from Archived Funds by M-PESA\\Archive'];
  receive(life, { wording, purpose: 'own.restored', amount, repaysFuliza: false });
  return true;
}
