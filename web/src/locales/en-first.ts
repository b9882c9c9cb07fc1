/** The English words that come with the page; the others are loaded with the screens that need them. */
import { accounts } from './en/accounts.ts';
import { login } from './en/login.ts';
import { overview } from './en/overview.ts';
import { shell } from './en/shell.ts';
import { tenants } from './en/tenants.ts';
import { words } from './en/words.ts';

export const first = {
  ...shell,
  ...login,
  ...accounts,
  ...overview,
  ...words,
  ...tenants,
};
