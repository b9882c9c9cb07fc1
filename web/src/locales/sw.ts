/** Kiswahili. */
import { accounts } from './sw/accounts.ts';
import { breaches } from './sw/breaches.ts';
import { ledger } from './sw/ledger.ts';
import { collections } from './sw/collections.ts';
import { downloads } from './sw/downloads.ts';
import { desk } from './sw/desk.ts';
import { notices } from './sw/notices.ts';
import { rareScreens } from './sw/rare-screens.ts';
import { search } from './sw/search.ts';
import { invoices } from './sw/invoices.ts';
import { links } from './sw/links.ts';
import { patterns } from './sw/patterns.ts';
import { payouts } from './sw/payouts.ts';
import { login } from './sw/login.ts';
import { overview } from './sw/overview.ts';
import { shell } from './sw/shell.ts';
import { shortcodes } from './sw/shortcodes.ts';
import { statements } from './sw/statements.ts';
import { tenants } from './sw/tenants.ts';
import { transactions } from './sw/transactions.ts';
import { words } from './sw/words.ts';

export const sw = {
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
  ...patterns,
  ...payouts,
  ...desk,
  ...links,
  ...invoices,
  ...rareScreens,
  ...search,
  ...notices,
  ...downloads,
  ...breaches,
};
