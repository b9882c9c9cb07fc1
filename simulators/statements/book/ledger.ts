/** The account a book is written for: every movement changes one balance, which never goes below zero. */
import { add, cents, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { RowStatus } from '../../../domain/statements/terms.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Wording } from './wording.ts';

/** One printed row before a layout prints it. Amounts are non-negative cents. */
export interface Entry {
  receipt: string;
  completedAt: Instant;
  wording: Wording;
  status: RowStatus;
  inCents: Cents;
  outCents: Cents;
  /** Balance after the row, of the pocket named by `pocket`. */
  balanceCents: Cents;
  purpose: string;
  parentReceipt?: string;
  /** Organisation exports only. */
  initiatedAt?: Instant;
  reasonType?: string;
  otherParty?: Wording;
  accountReference?: string;
  linkedReceipt?: string;
  /** Sub-account whose balance is printed; undefined for the only account. */
  pocket?: 'settlement';
}

export type Movement = Partial<Pick<Entry, 'inCents' | 'outCents' | 'status'>> &
  Omit<Entry, 'inCents' | 'outCents' | 'status' | 'balanceCents'>;

export interface Ledger {
  readonly entries: Entry[];
  balance(): Cents;
  /** Appends a row; a row that is not completed prints its amount and leaves the balance alone. */
  post(movement: Movement): Entry;
}

/** Opens a ledger with a balance; a movement that would overdraw it throws, which is our bug. */
export function openLedger(opening: Cents): Ledger {
  const entries: Entry[] = [];
  const balances = { main: opening, settlement: zero };
  const post = (movement: Movement): Entry => {
    const { status = 'completed', inCents = zero, outCents = zero } = movement;
    const pocket = movement.pocket ?? 'main';
    if (status === 'completed') {
      balances[pocket] = subtract(add(balances[pocket], inCents), outCents);
    }
    if (balances[pocket] < 0) throw new Error(`overdrawn by ${movement.purpose}`);
    const entry = { ...movement, status, inCents, outCents, balanceCents: cents(balances[pocket]) };
    entries.push(entry);
    return entry;
  };
  return { entries, balance: () => balances.main, post };
}
