/** The organisations every twin begins with. */
import { cents } from '../../domain/money.ts';
import type { Cents } from '../../domain/money.ts';
import { accountOf } from './book/accounts.ts';
import type { Book } from './book/book.ts';
import { setBalance } from './book/book.ts';
import type { AccountName, Organisation } from './terms.ts';

export const usualCredentials = {
  consumerKey: 'twin-key',
  consumerSecret: 'twin-secret',
  passkey: 'twin-passkey',
  initiatorName: 'twin-initiator',
  initiatorPassword: 'twin-Password#1',
} as const;

export type OrganisationWish = Partial<
  Omit<Organisation, 'initiators' | 'number' | 'kind' | 'urls' | 'pull' | 'bills'>
> & {
  number: string;
  kind: Organisation['kind'];
  initiatorName?: string;
  initiatorPassword?: string;
  /** Opening balances in cents; the others begin empty. */
  balances?: Partial<Record<AccountName, number>>;
};

/** Adds an organisation, or gives a known one other credentials; its URLs and money stay. */
export function addOrganisation(book: Book, wish: OrganisationWish): Organisation {
  const { initiatorName, initiatorPassword, balances = {}, ...own } = wish;
  const known = book.organisations.get(wish.number);
  const { consumerKey, consumerSecret, passkey } = usualCredentials;
  const organisation: Organisation = {
    storeNumber: null,
    name: `Twin ${wish.kind === 'till' ? 'till' : 'pay bill'} ${wish.number}`,
    ...{ consumerKey, consumerSecret, passkey },
    bouquet: 'customer-pays',
    hasExternalValidation: true,
    maxBalanceCents: cents(10_000_000_000_00),
    products: undefined,
    urls: undefined,
    pull: undefined,
    bills: undefined,
    ...known,
    ...own,
    initiators: [
      {
        name: initiatorName ?? known?.initiators[0]?.name ?? usualCredentials.initiatorName,
        password:
          initiatorPassword ?? known?.initiators[0]?.password ?? usualCredentials.initiatorPassword,
        failures: 0,
      },
    ],
  };
  book.organisations.set(wish.number, organisation);
  for (const [name, amount] of Object.entries(balances)) {
    setBalance(book, accountOf(wish.number, name as AccountName), cents(amount));
  }
  return organisation;
}

const shillings = (amount: number): Cents => cents(amount * 100);

/** A pay bill, a pay bill that also pays out, and a till with its store; all with the usual secrets. */
export function addUsualOrganisations(book: Book): void {
  const working = { 'Working Account': shillings(1_000_000) };
  addOrganisation(book, { number: '174379', kind: 'paybill', balances: working });
  addOrganisation(book, {
    number: '600984',
    kind: 'paybill',
    balances: { ...working, 'Utility Account': shillings(5_000_000) },
  });
  addOrganisation(book, { number: '5123456', kind: 'till', storeNumber: '600000' });
  addOrganisation(book, { number: '572572', kind: 'paybill', name: 'KENYA REVENUE AUTHORITY' });
  addOrganisation(book, { number: '888880', kind: 'paybill', name: 'KPLC PREPAID' });
}
