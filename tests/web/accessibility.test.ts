/** Every dialog that asks for something: axe finds nothing, nothing overflows. Screens have suites of their own. */
import { atRest, expectAccessible, show } from './support/accessible.ts';
import {
  openDashboard,
  openScreen,
  signIn,
  type Dashboard,
  type Screen,
} from './support/dashboard.ts';

jest.setTimeout(120_000);

const collection = (number: number): string =>
  `/collections/col_${String(number).padStart(32, '0')}`;
const account = `/ledger/accounts/lac_${'4'.padStart(32, '0')}`;

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard({ rowCount: 2_000 });
}, 180_000);
afterAll(() => dashboard.close());

/** Dialogs that ask for something: where they are, and the button that opens them. */
const dialogs: readonly [name: string, path: string, button: string][] = [
  ['refund', collection(1), 'Give money back'],
  ['new payment link', '/payment-links', 'Make a link'],
  ['refusal of a posting by hand', '/ledger/requests', 'Reject'],
  ['correction by hand', account, 'Correct'],
  ['monitor', account, 'Watch'],
  ['views of the transactions', '/transactions', 'Views'],
  ['changes by hand', '/transactions', 'Changes'],
];

describe.each([
  { theme: 'light', width: 360, locale: 'en' },
  { theme: 'dark', width: 1280, locale: 'en' },
] as const)('dialogs, $theme at $width px', (look) => {
  let screen: Screen;

  beforeAll(async () => {
    screen = await openScreen(dashboard, look);
    await signIn(dashboard, screen.page, '/overview');
  });
  afterAll(() => screen.close());

  test('a main button can be read under the pointer', async () => {
    const { page } = screen;
    await show(dashboard, page, { path: '/payment-links', who: 'same' });
    await page.getByRole('button', { name: 'Make a link' }).first().hover();

    await expectAccessible(screen);
  });

  test.each(dialogs)('%s is accessible and fits', async (_name, path, button) => {
    const { page } = screen;
    await show(dashboard, page, { path, who: 'same' });
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
    await atRest(page);

    await expectAccessible(screen);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
