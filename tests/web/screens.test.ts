/** What people see and do, in Chromium over the built dashboard and the fixture server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signIn } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 12_000 });
const { open } = suite;

describe('signing in', () => {
  test('the page that was asked for opens after sign-in, with its filters', async () => {
    const page = await open('/transactions?direction=out&category=stock');

    expect(new URL(page.url()).search).toBe('?direction=out&category=stock');
    expect(await page.getByRole('button', { name: 'Remove the filter Stock' }).count()).toBe(1);
  });

  test('a wrong password says so beside the field and keeps the e-mail', async () => {
    const page = await suite.outside();
    await page.goto(`${suite.dashboard.server.url}/login`);
    await page.fill('input[name=email]', 'demo@daftari.test');
    await page.fill('input[name=password]', 'wrong');
    await page.keyboard.press('Enter');

    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();

    expect(await page.inputValue('input[name=email]')).toBe('demo@daftari.test');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe(
      'password',
    );
  });

  test('another service signs a person in and leads to the page that was asked for', async () => {
    const page = await suite.outside();
    await page.goto(`${suite.dashboard.server.url}/transactions?direction=out`);
    await page.getByRole('button', { name: 'Continue with Zuri ID' }).click();

    await page.getByRole('heading', { name: 'Transactions', level: 1 }).waitFor();
    expect(new URL(page.url()).search).toBe('?direction=out');
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('fixture-');
  });

  test('what another service does not confirm is said, and leaves the address', async () => {
    const page = await suite.outside();
    const state = '00000000-0000-4000-8000-000000000000';
    await page.goto(`${suite.dashboard.server.url}/login/callback?state=${state}&code=bad`);

    await page.getByRole('alert').getByText('did not say who you are').waitFor();

    expect(new URL(page.url()).search).toBe('');
  });

  test('the token is kept in memory only, so a reload asks again', async () => {
    const page = await open('/statements');
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    await page.reload();

    await page.waitForSelector('input[name=password]');

    expect(kept).not.toContain('fixture-demo');
    expect(new URL(page.url()).searchParams.get('next')).toBe('/statements');
  });

  test('a link to another site is not followed after sign-in', async () => {
    const page = await open('/login?next=//evil.example/overview');

    expect(new URL(page.url()).pathname).toBe('/overview');
  });

  test('a session that ends in the middle of work asks again and goes on where it was', async () => {
    const page = await open('/transactions');
    suite.dashboard.server.expireAll();
    await page.fill('[data-search]', 'naivas');
    await page
      .getByRole('dialog')
      .getByLabel('Password', { exact: true })
      .fill('karibu-daftari-2026');
    await page.keyboard.press('Enter');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('NAIVAS KILIMANI').first().waitFor();

    expect(new URL(page.url()).searchParams.get('q')).toBe('naivas');
  });
});

describe('the overview', () => {
  test('the rows behind a figure add up to the figure', async () => {
    const page = await open('/overview');
    const cell = page.getByRole('link', { name: 'see the transactions' }).nth(1);
    const figure = ((await cell.innerText()).match(/KES [\d,.]+/) ?? [''])[0];
    await cell.click();
    await page.waitForURL(/transactions\?.*direction=out.*nature=ordinary/);

    await page.locator('dl').getByText(figure).first().waitFor();

    expect(figure).toMatch(/^KES [\d,]+\.\d\d$/);
  });

  test('the chart is also a table, and a row of it opens its day', async () => {
    const page = await open('/overview');
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.getByRole('button', { name: '14 Nov' }).click();

    await page.waitForURL(/from=2026-11-14&to=2026-11-14/);
  });

  test('the chart can be read with the arrow keys', async () => {
    const page = await open('/overview');
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');

    await page
      .getByRole('status')
      .getByText(/^1 Nov, Money in: KES/)
      .waitFor();
  });

  test('the period lives in the address, so that Back and links keep it', async () => {
    const page = await open('/overview?period=quarter');

    await page.getByText('1 Oct – 21 Nov 2026').waitFor();
    await page.getByLabel('Period', { exact: true }).selectOption('week');

    await page.waitForURL(/period=week/);
    await page.getByText('16–21 Nov 2026', { exact: true }).waitFor();
  });

  test('money that waits for a person is named and leads to its list', async () => {
    const page = await open('/overview');
    const list = page.getByRole('region', { name: 'Needs attention' });
    await list.getByRole('link', { name: /Payouts to approve/ }).waitFor();
    await list.getByRole('link', { name: /Corrections to decide/ }).waitFor();
    await list.getByRole('link', { name: /Payments not known yet/ }).waitFor();
    await list.getByRole('link', { name: /Money without an owner.*KES/s }).waitFor();
    await list.getByRole('link', { name: /Payouts to look at/ }).click();

    await page.waitForURL(/\/payouts\?needsAttention=true$/);
  });

  test('days without a statement are named, and the upload asks for them', async () => {
    const page = await open('/overview');
    const list = page.getByRole('region', { name: 'Needs attention' });
    await list.getByText('Mama Njeri Till 512***: 10 days missing').click();
    await page.waitForURL(/\/statements$/);
    const covered = page.getByRole('region', { name: 'Days covered' });
    await covered.getByText('No statement for 1–10 Oct 2026').waitFor();
    await covered.getByText('ended 3 days ago').waitFor();
    await covered.getByRole('button', { name: 'Add the statement for 1–10 Oct 2026' }).click();

    await page.getByText('Add the statement for 1–10 Oct 2026').waitFor();
    const focused = () => document.activeElement?.textContent;
    expect(await page.evaluate(focused)).toContain('Choose files');
  });

  test('an account that is no longer used is said to be so, and used again', async () => {
    const page = await open('/statements');
    const covered = page.getByRole('region', { name: 'Days covered' });
    await covered.getByText('ended 48 days ago').waitFor();
    await covered.getByRole('button', { name: 'No longer used: Njeri M-PESA' }).click();
    await covered.getByText(/no longer used since/).waitFor();
    await covered.getByRole('button', { name: 'Used again: Njeri M-PESA' }).click();
    await covered.getByText('ended 48 days ago').waitFor();
  });

  test('a new business sees its first steps instead of an empty chart', async () => {
    const page = await open('/overview', 'empty');

    await page.getByRole('heading', { name: 'Open your book' }).waitFor();
    await page.getByText('All square').waitFor();
  });

  test('a failing API shows what happened, the request id and a way to try again', async () => {
    const page = await open('/overview', 'broken');

    await page.getByRole('heading', { name: 'This did not work' }).waitFor();
    await page.getByText('Request req_7f3a21c9').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });

  test('busy hours and partners come when they are scrolled to, and lead to their rows', async () => {
    const page = await open('/overview');
    const hours = page.getByRole('region', { name: 'Busy hours' });
    expect(await hours.count()).toBe(0);
    await page.keyboard.press('End');
    await hours.getByText(/^Busiest: \w+day \d\d:00–\d\d:00: \d+ payments?, KES/).waitFor();
    expect(await hours.getByRole('row').count()).toBe(8);
    await hours.getByLabel('Which money?').selectOption('Money out');
    await hours.getByText(/^Busiest/).waitFor();
    const payers = page.getByRole('region', { name: 'Who paid most' });
    const first = payers.getByRole('link').first();
    const name = (await first.textContent()) ?? '';
    await first.click();
    await page.waitForURL(/transactions\?.*direction=in/);

    expect(new URL(page.url()).searchParams.get('q')).toBe(name);
  });
});

describe('the shell', () => {
  test('chords go places and can be turned off', async () => {
    const page = await open('/overview');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL(/statements/);
    await page.keyboard.press('?');
    await page.getByRole('switch', { name: 'Use single-key shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.keyboard.press('?');

    expect(new URL(page.url()).pathname).toBe('/statements');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('a dark screen is dark before the first paint', async () => {
    await suite.outside({ theme: 'dark' });
    await suite.screen.page.route('**/assets/*.js', (route) => route.abort());
    await suite.screen.page.goto(`${suite.dashboard.server.url}/login`, {
      waitUntil: 'domcontentloaded',
    });

    expect(await suite.screen.page.evaluate(() => document.documentElement.className)).toBe('dark');
  });

  test('text never becomes markup or code', async () => {
    const page = await open('/overview');
    const refused = await page.evaluate(() => {
      const sinks: Record<string, () => void> = {
        innerHTML: () => (document.createElement('p').innerHTML = '<img src=x>'),
        insertAdjacentHTML: () => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'),
        scriptSource: () => (document.createElement('script').src = '/theme.js'),
        parsed: () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
      };
      return Object.keys(sinks).filter((sink) => {
        try {
          sinks[sink]?.();
          return false;
        } catch (error) {
          return error instanceof TypeError;
        }
      });
    });

    expect(refused).toEqual(['innerHTML', 'insertAdjacentHTML', 'scriptSource', 'parsed']);
    expect(suite.screen.complaints.splice(0)).toHaveLength(4);
  });

  test('a new screen moves the focus to its heading', async () => {
    const page = await open('/overview');
    await page.getByRole('link', { name: 'Statements', exact: true }).click();
    await page.waitForURL(/statements/);

    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  });

  test('an unknown address is a page of its own', async () => {
    const page = await open('/nowhere');

    await page.getByRole('heading', { name: 'This page is not in the book' }).waitFor();
  });
});

describe('weight', () => {
  const budget = 200_000;

  test.each([
    ['/login', false],
    ['/overview', true],
  ])('JavaScript before %s is useful fits into 200 kB', async (path, isSignedIn) => {
    const page = await suite.outside();
    const loaded = new Set<string>();
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) loaded.add(new URL(response.url()).pathname);
    });
    if (isSignedIn) {
      await signIn(suite.dashboard, page, path);
      await page.getByRole('region', { name: 'Figures of the period' }).waitFor();
    } else {
      await page.goto(`${suite.dashboard.server.url}${path}`);
      await page.waitForSelector('input[name=password]');
    }
    const bytes = [...loaded]
      .filter((file) => !/EChart/.test(file))
      .map((file) => gzipSync(readFileSync(join(suite.dashboard.distFolder, file))).length)
      .reduce((sum, size) => sum + size, 0);

    expect(loaded.size).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(budget);
  });

  test('the chart is a chunk of its own, under 195 kB', async () => {
    await suite.outside();
    const chunk = readdirSync(join(suite.dashboard.distFolder, 'assets')).find((file) =>
      /^EChart.*\.js$/.test(file),
    );

    expect(
      gzipSync(readFileSync(join(suite.dashboard.distFolder, 'assets', chunk ?? ''))).length,
    ).toBeLessThanOrEqual(195_000);
  });
});

describe('requests by people', () => {
  test('somebody is found by number, and the reason is asked for first', async () => {
    const page = await open('/settings/people');
    const find = page.getByRole('button', { name: 'Find', exact: true });
    await page.getByLabel('Phone number').fill('0711 223 344');
    expect(await find.isDisabled()).toBe(true);
    await page.getByLabel(/^Why you ask/).fill('She asked by letter');

    await find.click();

    await page.getByText('Found: 2').waitFor();
    const held = page.getByRole('region', { name: 'What is held' });
    expect(await held.innerText()).toContain('row 12 · Funds received from 0711223344');
  });

  test('a second person decides who is forgotten, says how they know, and it is certified', async () => {
    const page = await open('/settings/people');
    const requests = page.getByRole('region', { name: 'To be forgotten' });
    await requests.getByText('Rows changed: 48').waitFor();
    expect(await requests.innerText()).toContain('Files kept sealed: 2');
    expect(await requests.getByRole('button', { name: 'Take it back' }).count()).toBe(1);

    await requests.getByRole('button', { name: 'Agree and forget' }).click();

    const dialog = page.getByRole('dialog', { name: /Forget Jane Akinyi/ });
    const agree = dialog.getByRole('button', { name: 'Agree and forget' });
    expect(await agree.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('passport seen');
    expect(await agree.isEnabled()).toBe(true);
  });
});

describe('a masked number', () => {
  const first = '1'.padStart(32, '0');

  test.each([`/collections/col_${first}`, `/payouts/dis_${first}`])(
    'at %s is shown on request, and hides itself again',
    async (path) => {
      const page = await open(path);
      const show = page.getByRole('button', { name: 'Show the number' });
      await show.waitFor();
      await page.clock.install();
      await show.focus();
      await page.keyboard.press('Enter');
      await page.getByText('+254712345678').waitFor();
      await page.clock.fastForward(31_000);
      await page.getByText('+254712345678').waitFor({ state: 'detached' });
      await show.waitFor();
    },
  );

  test('stays masked for a role that may not see it', async () => {
    const page = await open(`/collections/col_${first}`, 'reader');
    await page.getByText('Phone number').first().waitFor();

    expect(await page.getByRole('button', { name: 'Show the number' }).count()).toBe(0);
  });
});
