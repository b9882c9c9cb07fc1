/** The state of one person's M-PESA account and the two primitives everything else is made of. */
import { add, cents, multiplyRatio, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { RowStatus } from '../../../domain/statements/terms.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from './names.ts';
import { chargeFor } from './tariffs.ts';
import type { Wording } from './wording.ts';

export interface PersonalLife {
  random: Random;
  ledger: Ledger;
  nextReceipt: (at: Instant) => string;
  holder: Person;
  contacts: readonly Person[];
  /** When the current event happens. */
  now: Instant;
  /** Whether failed, cancelled and expired attempts are printed. */
  withFailures: boolean;
  fulizaDebt: Cents;
  fulizaLimit: Cents;
  /** Own money outside the wallet, by name of the pocket. */
  pockets: Map<string, Cents>;
  /** Loans outstanding, by lender. */
  loans: Map<string, Cents>;
  lastSend: { receipt: string; person: Person; amount: Cents } | undefined;
}

export interface Payment {
  wording: Wording;
  purpose: string;
  amount: Cents;
  charge?: { amount: Cents; wording: string; purpose: string };
  /** Wording when an overdraft covers the gap; without it the payment needs the money. */
  fuliza?: Wording;
  accountReference?: string;
}

export interface Income {
  wording: Wording;
  purpose: string;
  amount: Cents;
  linkedReceipt?: string;
  /** Only money from outside repays an open overdraft. */
  repaysFuliza?: boolean;
}

/**
 * Pays with its charge under one receipt, drawing an overdraft for what is missing. Returns the
 * receipt, or undefined when neither the balance nor the overdraft limit covers it.
 */
export function pay(life: PersonalLife, payment: Payment): string | undefined {
  const total = add(payment.amount, payment.charge?.amount ?? zero);
  const missing = cents(Math.max(0, total - life.ledger.balance()));
  if (missing > 0 && (payment.fuliza === undefined || !canDraw(life, missing))) return undefined;
  const row = { receipt: life.nextReceipt(life.now), completedAt: life.now };
  if (missing > 0) drawFuliza(life, { ...row, missing });
  const wording = missing > 0 ? (payment.fuliza ?? payment.wording) : payment.wording;
  life.ledger.post({ ...row, wording, purpose: payment.purpose, outCents: payment.amount });
  const { charge } = payment;
  if (charge !== undefined && charge.amount > 0) {
    const { purpose, amount: outCents } = charge;
    const fee = { ...row, wording: [charge.wording], purpose, outCents };
    life.ledger.post({ ...fee, parentReceipt: row.receipt });
  }
  return row.receipt;
}

function canDraw(life: PersonalLife, missing: Cents): boolean {
  return life.fulizaDebt + missing + missing / 100 <= life.fulizaLimit;
}

function drawFuliza(
  life: PersonalLife,
  draw: { receipt: string; completedAt: Instant; missing: Cents },
): void {
  const { receipt, completedAt, missing } = draw;
  life.ledger.post({
    receipt,
    completedAt,
    wording: ['OverDraft of Credit Party'],
    purpose: 'loan.fuliza.draw',
    inCents: missing,
    parentReceipt: receipt,
  });
  const accessFee = multiplyRatio(missing, { numerator: 1, denominator: 100 }, 'half-up');
  life.fulizaDebt = add(life.fulizaDebt, add(missing, accessFee));
}

/** Takes money in; an open overdraft is repaid in the same second under a receipt of its own. */
export function receive(life: PersonalLife, income: Income): string {
  const receipt = life.nextReceipt(life.now);
  const { wording, purpose, amount: inCents, linkedReceipt } = income;
  const row = { receipt, completedAt: life.now, wording, purpose, inCents };
  life.ledger.post(linkedReceipt === undefined ? row : { ...row, linkedReceipt });
  if (income.repaysFuliza !== false && life.fulizaDebt > 0) repayFuliza(life);
  return receipt;
}

function repayFuliza(life: PersonalLife): void {
  const outCents = cents(Math.min(life.fulizaDebt, life.ledger.balance()));
  life.fulizaDebt = subtract(life.fulizaDebt, outCents);
  life.ledger.post({
    receipt: life.nextReceipt(life.now),
    completedAt: life.now,
    wording: ['OD Loan Repayment to 232323 - M-PESA Overdraw'],
    purpose: 'loan.fuliza.repay',
    outCents,
  });
}

/** A day passes on an open overdraft: the daily fee is added to the debt, without a row. */
export function accrueFuliza(life: PersonalLife): void {
  if (life.fulizaDebt === 0) return;
  life.fulizaDebt = add(life.fulizaDebt, chargeFor('fulizaDay', life.fulizaDebt));
}

/** An attempt that moved no money: its amount is printed, the balance stays. */
export function fail(
  life: PersonalLife,
  attempt: { wording: Wording; purpose: string; amount: Cents; status: RowStatus },
): void {
  const { wording, purpose, amount: outCents, status } = attempt;
  const receipt = life.nextReceipt(life.now);
  life.ledger.post({ receipt, completedAt: life.now, wording, purpose, outCents, status });
}
