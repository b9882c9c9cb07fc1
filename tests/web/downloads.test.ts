/** Lists made in the background, in Chromium over the built dashboard. */
import { settle, signIn } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

jest.setTimeout(90_000);

const suite = webSuite({ rowCount: 400 });
const { open } = suite;

/** How a list refuses whoever showed no second factor in the last five minutes. */
const stale = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({ code: 'step-up-required', title: 'x', detail: 'A fresh one is needed.' }),
};

describe('the export of a list', () => {
  test('of many rows is made in the background by itself, with exactly its filters', async () => {
    const page = await open('/downloads');
    await page.route('**/v1/transactions/summary*', (route) =>
      route.fulfill({ json: { count: 20_400, inCents: 9, outCents: 4, currency: 'KES' } }),
    );
    await page.getByRole('link', { name: 'Transactions' }).first().click();
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/v1/transactions/export'))
        sent.push([request.method(), request.postDataJSON()]);
    });
    await page
      .getByText(/^20,400 /)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV of these rows' }).click();
    await page.getByText('The file is being made', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show my files' }).click();
    await page.getByRole('heading', { name: 'My files' }).waitFor();

    expect(sent).toEqual([['POST', { sort: '-occurredAt', format: 'csv' }]]);
  });

  test('of few rows is saved at once, and in the background by whoever wants that', async () => {
    const page = await open('/transactions?direction=in');
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/v1/transactions/export')) asked.push(request.method());
    });
    await page.getByRole('button', { name: 'Export' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Excel of these rows' }).click();
    await saving;
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Excel, made in the background' }).click();
    await page.getByText('The file is being made', { exact: true }).waitFor();

    expect(asked).toEqual(['GET', 'POST']);
  });

  test.each([
    ['saved at once', 'CSV of these rows', 'en', 'Is it really you?'],
    ['made in the background', 'Excel, made in the background', 'en', 'Is it really you?'],
    ['saved at once', 'CSV ya safu hizi', 'sw', 'Je, ni wewe kweli?'],
  ] as const)(
    '%s (%s, %s) asks for a second factor on the spot and goes on with it',
    async (_way, choice, locale, title) => {
      const page = await open('/transactions?direction=in', 'demo', { locale, width: 360 });
      let isFresh = false;
      const asked: string[] = [];
      await page.route('**/v1/transactions/export*', (route) => {
        asked.push(`${route.request().method()} ${isFresh ? 'fresh' : 'stale'}`);
        return isFresh ? route.fallback() : route.fulfill(stale);
      });
      await page.route('**/v1/sessions/step-up', (route) => {
        isFresh = true;
        return route.fulfill({ status: 204 });
      });
      await page.getByRole('button', { name: locale === 'en' ? 'Export' : 'Hamisha' }).click();
      await page.getByRole('menuitem', { name: choice }).click();
      const dialog = page.getByRole('dialog', { name: title });
      const code = locale === 'en' ? 'Code from the app' : 'Msimbo wa programu';
      await dialog.getByLabel(code).fill('123456');
      const ends = choice.includes('background')
        ? page.getByText('The file is being made', { exact: true }).waitFor()
        : page.waitForEvent('download');
      await page.keyboard.press('Enter');
      await ends;

      const method = choice.includes('background') ? 'POST' : 'GET';
      expect(asked).toEqual([`${method} stale`, `${method} fresh`]);
      expect(await dialog.count()).toBe(0);
      suite.screen.complaints.length = 0;
    },
  );

  test('that is not confirmed saves nothing and says why', async () => {
    const page = await open('/transactions?direction=in');
    await page.route('**/v1/transactions/export*', (route) => route.fulfill(stale));
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV of these rows' }).click();
    await page.getByRole('dialog', { name: 'Is it really you?' }).waitFor();
    await page.keyboard.press('Escape');

    await page.getByText('This needs a fresh second factor.', { exact: true }).waitFor();
    suite.screen.complaints.length = 0;
  });

  test('of the audit log is offered in both ways', async () => {
    const page = await open('/settings/audit');
    await page.getByRole('button', { name: 'Export' }).click();

    await page.getByRole('menuitem', { name: 'Excel of these rows' }).waitFor();
    await page.getByRole('menuitem', { name: 'CSV, made in the background' }).waitFor();
  });
});

describe('my files', () => {
  test('say what was chosen, how far they are and until when they are there', async () => {
    const page = await open('/downloads');
    const rows = page.getByRole('region', { name: 'My files' }).getByRole('listitem');
    await rows.filter({ hasText: 'Being made: 41,000 of 120,450 rows' }).waitFor();

    const texts = (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(texts[0]).toContain(
      'Chosen: from 2026-11-01; direction Money in; at least KES 100.00; with certain words',
    );
    expect(texts[1]).toMatch(/Journal \(XLSX\).*everything.*33,210 rows, 4\.\d MB\. To be fetched/);
    expect(texts[2]).toContain('More rows than a PDF can hold');
    expect(texts[3]).toContain('the file was erased (25,000 rows, 3.');
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  });

  test('are fetched and taken away by keyboard', async () => {
    const page = await open('/downloads', 'demo', { width: 360 });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Fetch Journal (XLSX)' }).focus();
    await page.keyboard.press('Enter');
    expect((await saving).suggestedFilename()).toBe('rows.csv');

    const deleting = page.waitForRequest((request) => request.method() === 'DELETE');
    await page.route('**/v1/downloads/*', (route) =>
      route.request().method() === 'DELETE' ? route.fulfill({ status: 204 }) : route.continue(),
    );
    await page.getByRole('button', { name: 'Take Journal (XLSX) away' }).focus();
    await page.keyboard.press('Enter');

    expect((await deleting).url()).toMatch(/\/v1\/downloads\/dwl_0+2$/);
  });

  test('fetching that fails says why, and nothing at all is said plainly too', async () => {
    const page = await open('/downloads', 'empty');
    await page.getByText('Nothing yet.').waitFor();

    await signIn(suite.dashboard, page, '/downloads', 'demo');
    await settle(page);
    await page.route('**/v1/downloads/*/file', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'download-not-ready', title: 'x', detail: 'It is over.' }),
      }),
    );
    await page.getByRole('button', { name: 'Fetch Journal (XLSX)' }).click();

    await page.getByText('The file is still being made, or its time is over.').waitFor();
    suite.screen.complaints.length = 0;
  });
});

describe('the audit log', () => {
  test.each([
    ['en', 'Changed a role', 'Details'],
    ['sw', 'Alibadilisha jukumu', 'Maelezo'],
  ] as const)('tells in %s what was done, and by which name programs know it', async (...words) => {
    const [locale, sentence, details] = words;
    const page = await open('/settings/audit', 'demo', { locale });
    const record = page.getByRole('listitem').filter({ hasText: sentence }).first();
    await record.getByText(details).click();

    await record.getByText('member.role', { exact: true }).waitFor();
  });

  test.each([
    [
      'en',
      'Took the list “Transactions” along as CSV: 1,240 rows. Chosen: from 2026-11-01; direction Money in; at least KES 100.00; with certain words',
    ],
    [
      'sw',
      'Alipakua orodha “Miamala” kama CSV: safu 1,240. Zilizochaguliwa: kuanzia 2026-11-01; mwelekeo Iliyoingia; angalau KES 100.00; yenye maneno fulani',
    ],
  ] as const)('tells in %s who took which list along', async (locale, sentence) => {
    const page = await open('/settings/audit', 'demo', { locale });

    await page.getByText(sentence).waitFor();
  });
});
