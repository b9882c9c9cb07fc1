/** Every screen there is, and how each is judged in one theme. */
import { expectAccessible, show } from './accessible.ts';
import { openDashboard, openScreen, type Dashboard, type Screen } from './dashboard.ts';

const statement = (number: number): string => `/statements/stm_${String(number).padStart(32, '0')}`;
const collection = (number: number): string =>
  `/collections/col_${String(number).padStart(32, '0')}`;
const account = `/ledger/accounts/lac_${'4'.padStart(32, '0')}`;
/** `who` signs in anew; `outside` needs no sign-in; `same` stays signed in; null looks from outside. */
const screens: readonly [name: string, path: string, who: string | null][] = [
  ['sign-in', '/login', null],
  ['sign-up', '/sign-up', 'outside'],
  ['forgotten password', '/forgot', 'outside'],
  ['new password', '/reset', 'outside'],
  ['address to confirm', '/verify', 'outside'],
  ['payment page', '/pay/abc', 'outside'],
  ['payment page of an invoice', '/pay/invoice', 'outside'],
  ['invitation', '/join#token', null],
  ['overview', '/overview', 'demo'],
  ['security', '/security', 'same'],
  ['API keys', '/api-keys', 'same'],
  ['notices', '/notices', 'same'],
  ['files made in the background', '/downloads', 'same'],
  ['statements', '/statements', 'same'],
  ['proven statement', statement(1), 'same'],
  ['locked statement', statement(3), 'same'],
  ['statement to review', statement(4), 'same'],
  ['columns to match', statement(5), 'same'],
  ['refused statement', statement(6), 'same'],
  ['transactions', '/transactions?direction=out&category=stock', 'same'],
  ['collections', '/collections', 'same'],
  ['paid collection', collection(1), 'same'],
  ['collection on the phone', collection(2), 'same'],
  ['refused collection', collection(3), 'same'],
  ['collection nobody knows about', collection(4), 'same'],
  ['collection to be given up', collection(7), 'same'],
  ['request for money', '/collections/new', 'same'],
  ['lists of requests', '/collections/batches', 'same'],
  ['requests to upload', '/collections/batches/new', 'same'],
  ['requests to look over', `/collections/batches/cbt_${'1'.padStart(32, '0')}`, 'same'],
  ['requests that were sent', `/collections/batches/cbt_${'2'.padStart(32, '0')}`, 'same'],
  ['customers', '/collections/customers', 'same'],
  ['one customer', `/collections/customers/cus_${'1'.padStart(32, '0')}`, 'same'],
  ['customers to upload', '/collections/customers/upload', 'same'],
  ['invoices', '/collections/invoices', 'same'],
  ['new invoice', '/collections/invoices/new', 'same'],
  ['overdue invoice', `/collections/invoices/inv_${'2'.padStart(32, '0')}`, 'same'],
  ['void invoice', `/collections/invoices/inv_${'4'.padStart(32, '0')}`, 'same'],
  ['money given back', '/collections/refunds', 'same'],
  ['payment links', '/payment-links', 'same'],
  ['unallocated money', '/unallocated', 'same'],
  ['payment to split', `/unallocated?row=rcv_${'3'.padStart(32, '0')}`, 'same'],
  ['payouts', '/payouts', 'same'],
  ['new payout', '/payouts/new', 'same'],
  ['payout that came back', `/payouts/dis_${'1'.padStart(32, '0')}`, 'same'],
  ['payout that is back', `/payouts/dis_${'5'.padStart(32, '0')}`, 'same'],
  ['payout to approve', `/payouts/dis_${'2'.padStart(32, '0')}`, 'same'],
  ['payout that was said to be back', `/payouts/dis_${'8'.padStart(32, '0')}`, 'same'],
  ['payout nobody knows about', `/payouts/dis_${'3'.padStart(32, '0')}`, 'same'],
  ['refused payout', `/payouts/dis_${'4'.padStart(32, '0')}`, 'same'],
  ['lists of payouts', '/payouts/batches', 'same'],
  ['list to upload', '/payouts/batches/new', 'same'],
  ['list to look over', `/payouts/batches/pob_${'1'.padStart(32, '0')}`, 'same'],
  ['finished list', `/payouts/batches/pob_${'3'.padStart(32, '0')}`, 'same'],
  ['shortcodes', '/shortcodes', 'same'],
  ['shortcode with rules', `/shortcodes/shc_${'1'.padStart(32, '0')}`, 'same'],
  ['stopped shortcode', `/shortcodes/shc_${'3'.padStart(32, '0')}`, 'same'],
  ['settings', '/settings', 'same'],
  ['team', '/settings/team', 'same'],
  ['features', '/settings/features', 'same'],
  ['your data', '/settings/data', 'same'],
  ['audit log', '/settings/audit', 'same'],
  ['ledger accounts', '/ledger', 'same'],
  ['ledger account', account, 'same'],
  ['journal', '/ledger/journal', 'same'],
  ['monitors of balances', '/ledger/monitors', 'same'],
  ['postings by hand', '/ledger/requests', 'same'],
  ['trial balance', '/ledger/trial-balance', 'same'],
  ['story of a payment', '/ledger/story?receipt=TKL4H7Q2X9', 'same'],
  ['missing page', '/nowhere', 'same'],
  ['transaction', `/transactions?row=txn_${'1'.padStart(32, '0')}`, 'same'],
  ['overview of a new business', '/overview', 'empty'],
  ['collections of a new business', '/collections', 'empty'],
  ['payouts of a new business', '/payouts', 'same'],
  ['nothing unallocated', '/unallocated', 'same'],
  ['no files in the background', '/downloads', 'empty'],
  ['no breaches', '/settings/breaches', 'empty'],
  ['requests by people', '/settings/people', 'demo'],
  ['breaches', '/settings/breaches', 'same'],
  ['closing business', '/settings', 'closing'],
  ['businesses of the house', '/house', 'house'],
  ['features of the house', '/house/features', 'house'],
  ['breaches on record', '/house/breaches', 'same'],
  ['refused role', '/transactions', 'denied'],
];
/** Every screen in one theme, on a phone and on a desk; call it in a suite of its own. */
export function judgeScreens(theme: 'light' | 'dark', locale: 'en' | 'sw'): void {
  jest.setTimeout(120_000);
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard({ rowCount: 2_000 });
  }, 180_000);
  afterAll(() => dashboard.close());

  describe.each([360, 1280])(`${theme} at %i px (${locale})`, (width) => {
    let screen: Screen;

    beforeAll(async () => {
      screen = await openScreen(dashboard, { theme, width, locale });
    });
    afterAll(() => screen.close());

    test.each(screens)('%s is accessible and fits', async (_name, path, who) => {
      const { page } = screen;
      await show(dashboard, page, { path, who });
      // What was clicked to sign in must not lie over a button of the screen.
      await page.mouse.move(0, 0);

      await expectAccessible(screen);
    });
  });
}
