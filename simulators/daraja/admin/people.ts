/** Businesses, customers and the book. */
import { cents } from '../../../domain/money.ts';
import { walletOf, accountOf } from '../book/accounts.ts';
import { enrolCustomer } from '../book/book.ts';
import { bringTo } from '../book/payments.ts';
import { accountsOf } from '../apis/account-balance.ts';
import { addOrganisation } from '../defaults.ts';
import type { OrganisationWish } from '../defaults.ts';
import type { AccountName, Api, Bouquet, Customer, Organisation } from '../terms.ts';
import type { World } from '../world.ts';
import type { Action, AdminCall } from './admin.ts';
import {
  optionalCents,
  optionalFlag,
  optionalText,
  wantMsisdn,
  wantOneOf,
  wantText,
  WishError,
} from './wishes.ts';

export const answerShortcodes: Action = (world) => ({
  json: { shortcodes: [...world.book.organisations.values()].map((one) => shown(world, one)) },
});

/** Without the secrets, with the balances. */
function shown({ book }: World, organisation: Organisation) {
  const { passkey: _, consumerSecret: __, initiators, bills, ...open } = organisation;
  const balances = accountsOf(organisation).map((name) => [
    name,
    book.accounts.balanceOf(accountOf(organisation.number, name)),
  ]);
  return {
    ...open,
    hasBillManager: bills !== undefined,
    initiators: initiators.map(({ name, failures }) => ({ name, failures })),
    balancesCents: Object.fromEntries(balances),
  };
}

export const putShortcode: Action = (world, call) => {
  const { body } = call;
  const number = wantText(body, 'number');
  if (!/^\d{5,7}$/.test(number)) throw new WishError('number is not 5 to 7 digits');
  const wish: OrganisationWish = {
    number,
    kind: wantOneOf(body, 'kind', ['paybill', 'till']),
    ...texts(call, [
      'name',
      'storeNumber',
      'passkey',
      'consumerKey',
      'consumerSecret',
      'initiatorName',
      'initiatorPassword',
    ]),
    ...bouquetOf(call),
    ...productsOf(body['products']),
  };
  const validation = optionalFlag(body, 'hasExternalValidation');
  const most = optionalCents(body, 'maxBalanceCents');
  const organisation = addOrganisation(world.book, {
    ...wish,
    ...(validation !== undefined && { hasExternalValidation: validation }),
    ...(most !== undefined && { maxBalanceCents: most }),
  });
  for (const [account, amount] of balancesOf(body['balances'])) {
    bringTo(world, organisation, { account, balanceCents: cents(amount) });
  }
  return { json: shown(world, organisation) };
};

function texts({ body }: AdminCall, names: readonly string[]): Record<string, string> {
  const entries = names.flatMap((name) => {
    const value = optionalText(body, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function bouquetOf({ body }: AdminCall): { bouquet?: Bouquet } {
  if (body['bouquet'] === undefined) return {};
  return { bouquet: wantOneOf(body, 'bouquet', ['customer-pays', 'business-pays', 'mgao']) };
}

function productsOf(value: unknown): { products?: readonly Api[] } {
  if (value === undefined) return {};
  if (!Array.isArray(value)) throw new WishError('products is not a list');
  return { products: value as Api[] };
}

function balancesOf(value: unknown): [AccountName, number][] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) throw new WishError('balances is not an object');
  return Object.entries(value).map(([name, amount]: [string, unknown]) => {
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) {
      throw new WishError(`balances.${name} is not a whole number of cents`);
    }
    return [name as AccountName, amount];
  });
}

export const answerCustomers: Action = (world) => ({
  json: { customers: [...world.book.customers.values()].map((one) => withBalance(world, one)) },
});

function withBalance({ book }: World, customer: Customer) {
  return { ...customer, balanceCents: book.accounts.balanceOf(walletOf(customer.msisdn)) };
}

export const putCustomer: Action = (world, { body }) => {
  const msisdn = wantMsisdn(body, 'msisdn');
  const known = world.book.customers.get(msisdn);
  const held = known === undefined ? world.settings.openingBalanceCents : undefined;
  const balanceCents =
    optionalCents(body, 'balanceCents') ?? held ?? world.book.accounts.balanceOf(walletOf(msisdn));
  const isRegistered = optionalFlag(body, 'isRegistered');
  const hasPochi = optionalFlag(body, 'hasPochi');
  const daily = optionalCents(body, 'dailyLimitCents');
  const most = optionalCents(body, 'maxBalanceCents');
  const name = optionalText(body, 'name');
  const customer = enrolCustomer(world.book, msisdn, {
    balanceCents,
    ...(name !== undefined && { name }),
    ...(isRegistered !== undefined && { isRegistered }),
    ...(hasPochi !== undefined && { hasPochi }),
    ...(daily !== undefined && { dailyLimitCents: daily }),
    ...(most !== undefined && { maxBalanceCents: most }),
    pinFailures: 0,
  });
  return { json: withBalance(world, customer) };
};

const bookFilters = [
  'kind',
  'shortcode',
  'msisdn',
  'status',
  'receipt',
  'checkoutRequestId',
  'conversationId',
  'originatorConversationId',
  'accountReference',
] as const;

/** The entries, oldest first; every filter is a field of an entry, `limit` keeps the newest. */
export const answerBook: Action = ({ book }, { query }) => {
  const wanted = bookFilters.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [{ name, value }];
  });
  const found = book.entries.filter((entry) =>
    wanted.every(({ name, value }) => entry[name] === value),
  );
  const limit = Number(query.get('limit') ?? 0);
  return { json: { transactions: limit > 0 ? found.slice(-limit) : found, count: found.length } };
};
