/** The English words that come with the page; the others are loaded with the screens that need them. */
import { accounts } from './en/accounts.ts';
import { ledger } from './en/ledger.ts';
import { collections } from './en/collections.ts';
import { desk } from './en/desk.ts';
import { links } from './en/links.ts';
import { payouts } from './en/payouts.ts';
import { login } from './en/login.ts';
import { overview } from './en/overview.ts';
import { shell } from './en/shell.ts';
import { shortcodes } from './en/shortcodes.ts';
import { statements } from './en/statements.ts';
import { tenants } from './en/tenants.ts';
import { transactions } from './en/transactions.ts';
import { words } from './en/words.ts';

export const first = {
  ...shell,
  ...login,
  ...accounts,
  ...overview,
  ...statements,
  ...transactions,
  ...shortcodes,
  ...ledger,
  ...words,
  ...tenants,
  ...collections,
  ...payouts,
  ...desk,
  ...links,
};
