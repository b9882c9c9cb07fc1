/** What makes screens easy to work with: kept filters, a first field, room for a finger, second thoughts. */
import type { Page } from 'playwright-core';
import { publicId } from './support/fixture-rows.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite();
const active = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('type') ?? document.activeElement?.tagName,
  );

describe('filters', () => {
  test.each([
    ['/collections?status=paid', 'All collections'],
    ['/payouts?kind=business-payment', 'All payouts'],
  ])('of %s are still there on the way back from one of its rows', async (path, back) => {
    const page = await suite.open(path);
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByRole('link', { name: back }).click();

    await page.waitForURL((url) => `${url.pathname}${url.search}` === path);
  });

  test('are left out on the way back to a list nobody came from', async () => {
    const page = await suite.open('/collections?status=paid');
    await page.getByRole('row').nth(1).getByRole('link').click();
    await page.getByRole('link', { name: 'Show its story' }).click();
    await page.getByRole('link', { name: 'Request for money' }).first().click();
    await page.getByRole('link', { name: 'All collections' }).click();

    await page.waitForURL((url) => url.pathname === '/collections' && url.search === '');
  });

  test('of the books live in the address, and what finds nothing leads out again', async () => {
    const page = await suite.open('/ledger/journal');
    await page.getByLabel('From').fill('2026-11-01');
    await page.waitForURL(/journal\?from=2026-11-01$/);
    await page.route('**/v1/ledger/transactions?*receipt=NOTHING*', (route) =>
      route.fulfill({ json: { data: [], nextCursor: null, hasMore: false } }),
    );
    await page.locator('[data-search]').fill('NOTHING');
    await page.waitForURL(/receipt=NOTHING/);
    await page.getByRole('link', { name: 'Trial balance' }).click();
    await page.waitForURL(/trial-balance/);
    await page.goBack();

    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-01');
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await page.waitForURL(/\/ledger\/journal$/);
    await page.getByRole('article').first().waitFor();
  });

  test('that find no waiting money do not say that everything has a home', async () => {
    const page = await suite.open('/unallocated');
    await page.route('**/v1/received-payments?*receipt=NOTHING*', (route) =>
      route.fulfill({ json: { data: [], nextCursor: null, hasMore: false } }),
    );
    await page.locator('[data-search]').fill('NOTHING');
    await page.getByText('Nothing fits these filters').waitFor();

    expect(await page.getByText('Everything has a home').count()).toBe(0);
  });

  test('a day that is none, in an old link, is taken as now', async () => {
    const page = await suite.open('/ledger?day=yesterday');

    await page.getByRole('region', { name: 'Accounts' }).getByRole('link').first().waitFor();
  });
});

describe('a dialog', () => {
  test('begins in its first field', async () => {
    const page = await suite.open('/payment-links');
    await page.getByRole('button', { name: 'Make a link' }).first().click();
    await page.getByRole('dialog').waitFor();

    expect(await active(page)).toBe('SELECT');
  });

  test('begins at the chosen one of a few', async () => {
    const page = await suite.open(`/ledger/accounts/${publicId('lac', 4)}`);
    await page.getByRole('button', { name: 'Correct' }).click();
    await page.getByRole('dialog').waitFor();

    expect(await active(page)).toBe('radio');
  });
});

describe('amounts', () => {
  test('with cents can be typed to agree to a posting', async () => {
    const page = await suite.open('/ledger/requests');
    await page.getByRole('button', { name: 'Agree and post' }).first().click();
    const dialog = page.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Agree and post' });
    await dialog.getByRole('textbox').fill('1,200');
    expect(await agree.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('1,200.50');

    expect(await agree.isEnabled()).toBe(true);
    expect(await dialog.getByRole('textbox').getAttribute('inputmode')).toBe('decimal');
  });
});

describe('second thoughts', () => {
  test('come before a key is ended', async () => {
    const page = await suite.open('/api-keys');
    await page.getByRole('button', { name: /^End / }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('An ended key cannot be used again.').waitFor();
    const asked = page.waitForRequest((request) => request.method() === 'DELETE');
    await page.route('**/v1/api-keys/*', (route) => route.fulfill({ status: 204 }));
    await dialog.getByRole('button', { name: 'End' }).click();

    expect((await asked).url()).toMatch(/\/v1\/api-keys\/\w+$/);
    await dialog.waitFor({ state: 'detached' });
  });

  test('come before a payment link is closed', async () => {
    const page = await suite.open('/payment-links');
    await page
      .getByRole('button', { name: /^Close / })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nobody can pay through this link any more').waitFor();
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    expect((await asked).url()).toMatch(/\/v1\/payment-links\/\w+\/close$/);
  });

  test('bring a deleted view back', async () => {
    const page = await suite.open('/transactions?direction=in');
    await page.getByRole('button', { name: 'Views', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of what is shown now').fill('Only in');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.getByRole('button', { name: 'Delete “Only in”' }).click();
    await dialog
      .getByRole('button', { name: 'Only in', exact: true })
      .waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Undo' }).click();

    await dialog.getByRole('button', { name: 'Only in', exact: true }).waitFor();
  });

  test('draw the line of a removed monitor again', async () => {
    const page = await suite.open('/ledger/monitors');
    await page.route('**/v1/ledger/monitors/*', (route) => route.fulfill({ status: 204 }));
    await page.getByRole('button', { name: 'Remove' }).first().click();
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByRole('button', { name: 'Undo' }).click();

    expect((await asked).postDataJSON()).toEqual({
      ...{ accountId: publicId('lac', 4), name: 'Float 1', direction: 'below' },
      ...{ thresholdCents: 5_000_000, tells: ['owner', 'finance'] },
    });
  });
});

describe('under a finger', () => {
  test.each(['/collections', '/transactions', '/settings/team', '/payouts/new'])(
    'the fields of %s are not zoomed into',
    async (path) => {
      const page = await suite.open(path, 'demo', { width: 360 });
      const sizes = await page.evaluate(() =>
        [...document.querySelectorAll('main :is(input, select, textarea).field')].map((field) =>
          parseFloat(getComputedStyle(field).fontSize),
        ),
      );

      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
    },
  );
});
