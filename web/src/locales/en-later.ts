/** The English words of every screen behind the first ones; `withItsWords` loads them. */
import { breaches } from './en/breaches.ts';
import { businessScreens } from './en/business-screens.ts';
import { collections } from './en/collections.ts';
import { downloads } from './en/downloads.ts';
import { desk } from './en/desk.ts';
import { ledger } from './en/ledger.ts';
import { invoices } from './en/invoices.ts';
import { links } from './en/links.ts';
import { patterns } from './en/patterns.ts';
import { payouts } from './en/payouts.ts';
import { notices } from './en/notices.ts';
import { rareScreens } from './en/rare-screens.ts';
import { search } from './en/search.ts';
import { shortcodes } from './en/shortcodes.ts';
import { transactions } from './en/transactions.ts';
import { statements } from './en/statements.ts';

export const later = {
  ...transactions,
  ...statements,
  ...shortcodes,
  ...ledger,
  ...businessScreens,
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
