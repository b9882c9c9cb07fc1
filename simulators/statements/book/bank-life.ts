/** What happens on a bank account: M-PESA settlements and transfers in, payments and fees out. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Random } from '../random.ts';
import type { Ledger } from './ledger.ts';
import { chargeFor, shillings } from './tariffs.ts';

export interface BankLife {
  random: Random;
  ledger: Ledger;
  now: Instant;
  reference: number;
}

/** Bank references are twelve characters and encode no day. */
function nextReference(life: BankLife): string {
  life.reference += life.random.int(1, 90);
  return `FT${String(life.reference).padStart(10, '0')}`;
}

/** Money in: settlements from the pay bill, agency deposits, transfers. */
export function credit(life: BankLife): boolean {
  const narrative = life.random.pick([
    `MPESA PAYBILL 522522 - 2547${life.random.digits(2)}***${life.random.digits(3)}`,
    'M-PESA SETTLEMENT 600984',
    'AGENCY DEPOSIT BARAKA KAWANGWARE',
    'PESALINK FROM TWIGA PACKAGING LIMITED',
  ]);
  const inCents = shillings(life.random.int(5, 600) * 100);
  life.ledger.post({ ...row(life, narrative), purpose: 'other', inCents });
  return true;
}

/** Money out with its ledger fee; needs the money. */
export function debit(life: BankLife): boolean {
  const amount = shillings(life.random.int(5, 400) * 100);
  const fee: Cents = cents(chargeFor('send', amount) + 50);
  if (life.ledger.balance() < amount + fee) return false;
  const narrative = life.random.pick([
    'RTGS TO ACACIA COURT PROPERTIES',
    'CHEQUE 000412 INWARD CLEARING',
    'STANDING ORDER NHIF',
    'POS PURCHASE NAIVAS KASARANI',
    'MOBILE TRANSFER TO M-PESA',
  ]);
  const purpose = narrative.startsWith('STANDING') ? 'standing-order' : 'other';
  life.ledger.post({ ...row(life, narrative), purpose, outCents: amount });
  life.ledger.post({ ...row(life, 'TRANSACTION CHARGE'), purpose: 'fee.other', outCents: fee });
  return true;
}

function row(
  life: BankLife,
  narrative: string,
): { receipt: string; completedAt: Instant; wording: string[] } {
  return { receipt: nextReference(life), completedAt: life.now, wording: [narrative] };
}
