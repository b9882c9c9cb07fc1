/** Double-entry accounts in cents: every posting leaves one account and enters another. */
import { add, cents, subtract, zero } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { AccountName } from '../terms.ts';

/** `customer:2547…`, `600984:Utility Account`, `charges` (M-PESA's income) or `outside`. */
export type AccountId = string;

export interface Posting {
  from: AccountId;
  to: AccountId;
  amountCents: Cents;
}

export interface Accounts {
  balanceOf(account: AccountId): Cents;
  /** Moves the money of all postings; an amount that is not above zero is our bug and throws. */
  post(postings: readonly Posting[]): void;
  /** Every account that ever moved, with its balance; the balances add up to nothing. */
  balances(): [AccountId, Cents][];
  restore(balances: readonly (readonly [AccountId, number])[]): void;
}

/** Where money comes from and goes to that is not anybody's account here; runs negative. */
export const outside: AccountId = 'outside';
/** M-PESA's own income. */
export const charges: AccountId = 'charges';

export function walletOf(msisdn: string): AccountId {
  return `customer:${msisdn}`;
}

export function accountOf(shortcode: string, name: AccountName): AccountId {
  return `${shortcode}:${name}`;
}

export function openAccounts(): Accounts {
  const accounts = new Map<AccountId, Cents>();
  const balanceOf = (account: AccountId): Cents => accounts.get(account) ?? zero;
  return {
    balanceOf,
    post(postings) {
      for (const { from, to, amountCents } of postings) {
        if (amountCents <= 0) throw new RangeError(`a posting of ${amountCents} cents`);
        accounts.set(from, subtract(balanceOf(from), amountCents));
        accounts.set(to, add(balanceOf(to), amountCents));
      }
    },
    balances: () => [...accounts],
    restore(balances) {
      accounts.clear();
      for (const [account, balance] of balances) accounts.set(account, cents(balance));
    },
  };
}
