/** Every screen in both themes, on a phone and on a desk: axe finds nothing, nothing overflows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  follow,
  openDashboard,
  openScreen,
  settle,
  signIn,
  type Dashboard,
  type Screen,
} from './support/dashboard.ts';

jest.setTimeout(120_000);

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
  ['invitation', '/join#token', null],
  ['overview', '/overview', 'demo'],
  ['security', '/security', 'same'],
  ['API keys', '/api-keys', 'same'],
  ['notices', '/notices', 'same'],
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
  ['request for money', '/collections/new', 'same'],
  ['lists of requests', '/collections/batches', 'same'],
  ['requests to upload', '/collections/batches/new', 'same'],
  ['requests to look over', `/collections/batches/cbt_${'1'.padStart(32, '0')}`, 'same'],
  ['requests that were sent', `/collections/batches/cbt_${'2'.padStart(32, '0')}`, 'same'],
  ['customers', '/collections/customers', 'same'],
  ['one customer', `/collections/customers/cus_${'1'.padStart(32, '0')}`, 'same'],
  ['customers to upload', '/collections/customers/upload', 'same'],
  ['money given back', '/collections/refunds', 'same'],
  ['payment links', '/payment-links', 'same'],
  ['unallocated money', '/unallocated', 'same'],
  ['payment to split', `/unallocated?row=rcv_${'3'.padStart(32, '0')}`, 'same'],
  ['payouts', '/payouts', 'same'],
  ['new payout', '/payouts/new', 'same'],
  ['payout that came back', `/payouts/dis_${'1'.padStart(32, '0')}`, 'same'],
  ['payout that is back', `/payouts/dis_${'5'.padStart(32, '0')}`, 'same'],
  ['payout to approve', `/payouts/dis_${'2'.padStart(32, '0')}`, 'same'],
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
  ['requests by people', '/settings/people', 'demo'],
  ['closing business', '/settings', 'closing'],
  ['businesses of the house', '/house', 'house'],
  ['features of the house', '/house/features', 'house'],
  ['refused role', '/transactions', 'denied'],
];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
declare global {
  interface Window {
    axe: { run: (root: Document, options: object) => Promise<AxeResult> };
  }
}

let dashboard: Dashboard;
let axe: string;

beforeAll(async () => {
  axe = readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8');
  dashboard = await openDashboard({ rowCount: 2_000 });
}, 180_000);
afterAll(() => dashboard.close());

const looks = (['light', 'dark'] as const).flatMap((theme) =>
  [360, 1280].map((width) => ({
    theme,
    width,
    locale: theme === 'dark' ? ('sw' as const) : ('en' as const),
  })),
);

describe.each(looks)('$theme at $width px ($locale)', (look) => {
  let screen: Screen;

  beforeAll(async () => {
    screen = await openScreen(dashboard, look);
  });
  afterAll(() => screen.close());

  test.each(screens)('%s is accessible and fits', async (_name, path, who) => {
    const { page } = screen;
    await show(page, path, who);
    // What was clicked to sign in must not lie over a button of the screen.
    await page.mouse.move(0, 0);

    await expectAccessible(screen);
  });
});

async function expectAccessible({ page, complaints }: Screen): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), rules);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );

  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await smallTargets(page)).toEqual([]);
  expect(complaints).toEqual([]);
}

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
    await show(page, '/payment-links', 'same');
    await page.getByRole('button', { name: 'Make a link' }).first().hover();

    await expectAccessible(screen);
  });

  test.each(dialogs)('%s is accessible and fits', async (_name, path, button) => {
    const { page } = screen;
    await show(page, path, 'same');
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
    await atRest(page);

    await expectAccessible(screen);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

/** Signs in where that is needed; otherwise follows the address as a link would. */
async function show(page: Page, path: string, who: string | null): Promise<void> {
  if (who === 'outside') {
    await page.goto(`${dashboard.server.url}${path}`);
    await page.waitForSelector('main h1');
  } else if (who === null) {
    await page.goto(`${dashboard.server.url}${path}`);
    await page.waitForSelector('input[name=password]');
  } else if (who !== 'same') {
    await signIn(dashboard, page, path, who);
  } else {
    await follow(page, path);
  }
  await settle(page);
  // The heading that was there at first may have been that of the screen before.
  if (who !== null) await page.waitForSelector('main h1');
  await atRest(page);
}

/** Entrance animations change colours for a moment; only the resting screen is judged. */
async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity,
      ),
  );
}

/** Pointer targets under 24 × 24 px; the drawn boxes of choices are inside larger labels. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, select, input:not([type=file]), summary, nav a')]
      .filter((target) => !target.matches('[type=checkbox], [role=checkbox], [type=radio]'))
      .map((target) => ({
        html: target.outerHTML.slice(0, 120),
        box: target.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width > 1 && box.height > 1)
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ html, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`),
  );
}
