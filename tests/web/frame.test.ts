/** What the frame around every screen does: finding and being told, in Chromium over the built dashboard. */
import { signIn } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 1_200 });
const { open } = suite;

describe('the frame', () => {
  test('the palette finds a transaction by its receipt', async () => {
    const page = await open('/overview');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('TKL1593YNR');
    await page.getByRole('option', { name: /TKL1593YNR/ }).click();

    await page.waitForURL(/transactions\?q=TKL1593YNR&row=txn_/);
  });

  test('what is typed before the palette has come is kept, and is no shortcut', async () => {
    const page = await open('/overview');
    const { promise: door, resolve: letIn } = Promise.withResolvers<void>();
    await page.route(/CommandPalette-[^/]*\.js/, async (route) => {
      await door;
      await route.continue();
    });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('gs TKL');
    letIn();
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await page.keyboard.type('1593');

    expect(await field.inputValue()).toBe('gs TKL1593');
    expect(new URL(page.url()).pathname).toBe('/overview');
  });

  test('the palette finds people and papers, keeps what was opened, and says when nothing is there', async () => {
    const page = await open('/overview');
    const find = async (text: string) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('textbox').fill(text);
    };
    await find('wanjiku kamau');
    await page.getByRole('group', { name: 'Customers' }).getByRole('option').click();
    await page.waitForURL(/customers\?q=Wanjiku(\+|%20)Kamau/);
    await find('');
    await page.getByRole('option', { name: /Wanjiku Kamau.*Customers/ }).waitFor();
    await page.getByRole('dialog').getByRole('textbox').fill('zzzz');
    await page.getByText('Nothing found').waitFor();
    await page.route('**/v1/search?q=lost', (route) => route.abort());
    await page.getByRole('dialog').getByRole('textbox').fill('lost');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.unroute('**/v1/search?q=lost');
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor({ state: 'detached' });
    await page.getByRole('dialog').getByRole('textbox').fill('trial balance');
    await page.locator('[role=option][data-highlighted]', { hasText: 'Trial balance' }).waitFor();
    await page.keyboard.press('Enter');

    await page.waitForURL(/ledger\/trial-balance/);
  });

  test('the bell counts what is unread, a notice leads to its place, all are read at once', async () => {
    const page = await open('/overview');
    await page.getByRole('link', { name: /^Notices\s*3 unread$/ }).click();
    await page.waitForURL(/notices$/);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await page.getByRole('link', { name: 'Notices', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Unread' }).click();
    await page.waitForURL(/notices\?show=unread/);
    await page.getByText('Nothing fits these filters').waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: /List of payouts is done/ }).click();

    await page.waitForURL(/payouts\/batches\/pob_/);
  });

  test('the bell follows what the server tells', async () => {
    const page = await suite.outside();
    const told = { count: 7, latestAt: '2026-11-28T09:00:00.000Z' };
    await page.route('**/v1/notices/events', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `id: 1\nevent: unread\ndata: ${JSON.stringify(told)}\n\n`,
      }),
    );
    await signIn(suite.dashboard, page, '/overview', 'demo');

    await page.getByRole('link', { name: /^Notices\s*7 unread$/ }).waitFor();
  });

  test.each([
    ['en', 'Somebody signed in as you on a new device', 'Operator until now, Finance from now on'],
    ['sw', 'Mtu ameingia kama wewe kwa kifaa kipya', 'hadi sasa, '],
  ] as const)('what happened to one’s own account is said in %s', async (locale, title, role) => {
    const page = await open('/notices', 'demo', { locale, width: 360 });
    await page.getByText('Firefox on Windows').waitFor();
    await page.getByText(/21 (Dec|Des) 2026/).waitFor();
    await page.getByText(role).waitFor();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
    await page.getByRole('link', { name: new RegExp(title) }).click();

    await page.waitForURL(/\/security$/);
  });

  test.each([
    ['en', 'How long things are kept', /at least 7 years/, '13 months', 'Take an archive along'],
    ['sw', 'Vitu hutunzwa kwa muda gani', /angalau miaka 7/, 'miezi 13', 'Chukua kumbukumbu'],
  ] as const)(
    'the settings say in %s how long what is kept, and lead to an archive',
    async (locale, title, records, files, take) => {
      const page = await open('/settings', 'demo', { locale, width: 360 });
      const panel = page.getByRole('region', { name: title });
      await panel.getByText(records).first().waitFor();
      await panel.getByText(files).first().waitFor();
      await panel.getByRole('status').getByText('21').waitFor();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ).toBeLessThanOrEqual(0);
      await panel.getByRole('link', { name: take }).click();

      await page.waitForURL(/settings\/data$/);
    },
  );

  test('what was opened from the palette is forgotten with the session', async () => {
    const page = await open('/overview');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('november');
    await page.getByRole('option', { name: /november-till/ }).click();
    await page.waitForURL(/statements\/stm_/);
    const kept = () => page.evaluate(() => localStorage.getItem('daftari.recent'));
    expect(await kept()).toContain('november-till.pdf');

    await page.getByRole('button', { name: /Njeri Kamau/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/login/);

    expect(await kept()).toBeNull();
  });
});

test('operators say for whom a feature is, and read why a business does not see it', async () => {
  const page = await suite.open('/house/features', 'house');
  const trial = page.getByRole('region', { name: 'What a business sees, and why' });
  await trial.getByLabel('Business', { exact: true }).fill(`tnt_${'2'.padStart(32, '0')}`);
  await trial.getByRole('button', { name: 'Show' }).click();
  await trial.getByText('It needs early-screens, which is not on there.').waitFor();
  await trial.getByText('Live · Professional · Swahili · 412 days with us · pilot').waitFor();

  const sent: unknown[] = [];
  await page.route('**/v1/platform/flags/early-screens', async (route) => {
    sent.push(route.request().postDataJSON());
    await route.fulfill({ json: { data: [] } });
  });
  await page.getByRole('button', { name: 'Change early-screens (Test)' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('English').check();
  await dialog.getByLabel('Fewer than so many days').fill('90');
  await dialog.getByLabel('Lists of businesses').fill('pilot friends');
  await dialog.getByLabel('Features it needs').fill('own-branding');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(sent).toMatchObject([
    {
      ...{ languages: ['sw', 'en'], ageDaysMin: 30, ageDaysBelow: 90 },
      ...{ lists: ['pilot', 'friends'], needs: ['own-branding'] },
    },
  ]);
});

test('a change of production is asked for with a reason, and decided by somebody else', async () => {
  const page = await suite.open('/house/features', 'house');
  const sent: [string, unknown][] = [];
  await page.route(/v1\/platform\/flag-requests/, async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    const { pathname } = new URL(route.request().url());
    sent.push([pathname.split('/').at(-1) ?? '', route.request().postDataJSON()]);
    return route.fulfill({ json: {} });
  });
  await page.getByRole('button', { name: 'Change early-screens (Live)' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Share of businesses in percent').fill('20');
  const asking = dialog.getByRole('button', { name: 'Ask for it' });
  expect(await asking.isDisabled()).toBe(true);
  await dialog.getByLabel('Why').fill('a fifth of them');
  await asking.click();
  await dialog.waitFor({ state: 'hidden' });

  const asked = page.getByRole('region', { name: 'Changes that were asked for' });
  const own = asked.getByRole('listitem').filter({ hasText: 'The pilot went well' });
  const others = asked.getByRole('listitem').filter({ hasText: 'Everybody asks for it' });
  await others.getByText(/Share of businesses in percent: 12.5 → 50/).waitFor();
  expect(await own.getByRole('button').allTextContents()).toEqual(['Take back']);
  await others.getByRole('button', { name: 'Plan' }).click();
  await dialog.getByLabel('From (Nairobi time)').fill('2026-12-24T06:00');
  await dialog.getByRole('button', { name: 'Plan' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await others.getByRole('button', { name: 'Reject' }).click();
  await dialog.getByRole('textbox').fill('not before Christmas');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(sent).toMatchObject([
    [
      'flag-requests',
      { environment: 'live', reason: 'a fifth of them', flags: [{ rolloutPercent: 20 }] },
    ],
    ['decision', { decision: 'apply', appliesAt: '2026-12-24T06:00:00+03:00' }],
    ['decision', { decision: 'reject', reason: 'not before Christmas' }],
  ]);
});

describe('what is wider than its place', () => {
  test.each([1024, 1280, 1536])(
    'figures of millions stand whole in their cells at %i px',
    async (width) => {
      const page = await open('/overview?period=year', 'demo', { width });
      await page.route('**/v1/overview?*', async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        for (const name of Object.keys(body.figures))
          body.figures[name].amountCents = -98_765_432_100;
        await route.fulfill({ json: body });
      });
      await page.getByRole('combobox', { name: 'Period' }).selectOption('quarter');
      await page.getByText('KES −987,654,321.00').first().waitFor();
      const cut = await page.evaluate(
        () =>
          [...document.querySelectorAll('.band .figures')].filter((figure) => {
            const cell = figure.closest('.cell');
            return (
              cell !== null &&
              figure.getBoundingClientRect().right > cell.getBoundingClientRect().right - 8
            );
          }).length,
      );

      expect(cut).toBe(0);
    },
  );

  test('the columns of the transactions fit on a laptop', async () => {
    const page = await open('/transactions');
    await page.locator('[role=rowgroup] [role=row]').first().waitFor();
    const hidden = await page.evaluate(() => {
      const table = document.querySelector('main [role=table]')?.parentElement;
      return (table?.scrollWidth ?? Infinity) - (table?.clientWidth ?? 0);
    });

    expect(hidden).toBeLessThanOrEqual(0);
  });
});
