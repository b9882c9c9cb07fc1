/** What people see and do, in Chromium over the built dashboard and the fixture server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDashboard, openScreen, settle, signIn, type Dashboard, type Screen } from './support/dashboard.ts';

jest.setTimeout(60_000);

let dashboard: Dashboard;
let screen: Screen;

beforeAll(async () => {
  dashboard = await openDashboard({ rowCount: 12_000 });
}, 180_000);
afterAll(() => dashboard.close());
afterEach(async () => {
  expect(screen.complaints).toEqual([]);
  expect(screen.strangers).toEqual([]);
  await screen.close();
});

async function open(path: string, who = 'demo', look = {}): Promise<Screen['page']> {
  screen = await openScreen(dashboard, look);
  await signIn(dashboard, screen.page, path, who);
  await settle(screen.page);
  return screen.page;
}

const pdf = (name: string, text: string) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(text) });

describe('signing in', () => {
  test('the page that was asked for opens after sign-in, with its filters', async () => {
    const page = await open('/transactions?direction=out&category=stock');

    expect(new URL(page.url()).search).toBe('?direction=out&category=stock');
    expect(await page.getByRole('button', { name: 'Remove the filter Stock' }).count()).toBe(1);
  });

  test('a wrong password says so beside the field and keeps the e-mail', async () => {
    screen = await openScreen(dashboard);
    const { page } = screen;
    await page.goto(`${dashboard.server.url}/login`);
    await page.fill('input[name=email]', 'demo@daftari.test');
    await page.fill('input[name=password]', 'wrong');
    await page.keyboard.press('Enter');

    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();

    expect(await page.inputValue('input[name=email]')).toBe('demo@daftari.test');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password');
  });

  test('the token is kept in memory only, so a reload asks again', async () => {
    const page = await open('/statements');
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
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
    dashboard.server.expireAll();
    await page.fill('[data-search]', 'naivas');
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('karibu-daftari-2026');
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

    await page.getByRole('status').getByText(/^1 Nov, Money in: KES/).waitFor();
  });

  test('the period lives in the address, so that Back and links keep it', async () => {
    const page = await open('/overview?period=quarter');

    await page.getByText('1 Oct – 21 Nov 2026').waitFor();
    await page.getByLabel('Period', { exact: true }).selectOption('week');

    await page.waitForURL(/period=week/);
    await page.getByText('16–21 Nov 2026', { exact: true }).waitFor();
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
});

describe('statements', () => {
  test('files are read while one watches, and end as posted', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', [pdf('plain-one.pdf', 'one'), pdf('plain-two.pdf', 'two')]);

    const queue = page.getByRole('region', { name: 'Uploads' });
    await queue.getByText('2 of 2 sent').waitFor();
    await queue.getByText('Done', { exact: true }).nth(1).waitFor();
    await queue.getByRole('link', { name: 'plain-one.pdf' }).click();
    await page.getByRole('heading', { name: 'Proof' }).waitFor();

    expect(await page.getByText('412 transactions are in your books.').count()).toBe(1);
  });

  test('a locked file asks in place, tells wrong from missing, and opens its siblings too', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', [pdf('locked-a.pdf', 'a'), pdf('locked-b.pdf', 'b')]);
    const queue = page.getByRole('region', { name: 'Uploads' });
    const field = queue.getByLabel('This file is locked').first();
    await field.fill('000000');
    await page.keyboard.press('Enter');
    await queue.getByText('Wrong password. 4 tries left.').waitFor();
    await queue.getByLabel('That password did not open it').fill('123456');
    await page.keyboard.press('Enter');

    await queue.getByText('Done', { exact: true }).nth(1).waitFor();

    expect(await queue.locator('input[type=password]').count()).toBe(0);
  });

  test('the same bytes again are recognised', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', pdf('again.pdf', 'same'));
    await page.getByText('Done', { exact: true }).first().waitFor();
    await page.setInputFiles('input[type=file]', pdf('again.pdf', 'same'));

    await page.getByText('Already here: these are the same bytes as before.').waitFor();
  });

  test('a file of the wrong kind is refused before it is sent', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') });

    await page.getByRole('alert').getByText('This kind of file cannot be read.').waitFor();
  });

  test('a review can be refused only with a reason, and then is', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', pdf('review-me.pdf', 'r'));
    await page.getByRole('link', { name: 'Look at the proof and decide' }).click();
    await page.getByRole('button', { name: 'Refuse it' }).click();
    await page.getByText('Say why, so that others understand it later.').waitFor();
    await page.getByLabel('Reason (needed to refuse)').fill('Edited by hand');
    await page.getByRole('button', { name: 'Refuse it' }).click();

    await page.getByRole('heading', { name: 'Not accepted' }).waitFor();
  });

  test('undo shows its impact and needs the word typed', async () => {
    const page = await open(`/statements/stm_${'1'.padStart(32, '0')}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('400', { exact: true }).waitFor();
    const confirm = dialog.getByRole('button', { name: 'Undo the statement' });

    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type undo to confirm').fill('undo');
    expect(await confirm.isEnabled()).toBe(true);
    await confirm.click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('a sign of tampering leads to the row it concerns', async () => {
    const page = await open(`/statements/stm_${'4'.padStart(32, '0')}`);
    await page.getByRole('region', { name: 'Signs of tampering' }).getByRole('button', { name: /p. 3, line 17/ }).click();

    await page.locator('#line-3-17').waitFor();
  });

  test('unknown columns are matched with a preview before anything is read', async () => {
    const page = await open(`/statements/stm_${'5'.padStart(32, '0')}`);
    await page.getByLabel('Paid in').selectOption('');
    await page.getByText('Choose one amount column, or both paid in and withdrawn.').waitFor();
    await page.getByLabel('Paid in').selectOption('Credit');

    await page.getByText('12 rows understood, 1 not.').waitFor();
  });

  test('a role that may not write is not offered to', async () => {
    const page = await open('/statements', 'reader');

    await page.getByText('Your role can read statements but not upload them.').waitFor();
    expect(await page.locator('input[type=file]').count()).toBe(0);
  });
});

describe('transactions', () => {
  test('the keyboard moves, opens, steps and closes', async () => {
    const page = await open('/transactions');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/row=txn_0+3$/);
    await page.keyboard.press('j');
    await page.waitForURL(/row=txn_0+4$/);
    await page.keyboard.press('Escape');

    await page.getByRole('dialog').waitFor({ state: 'detached' });

    expect(page.url()).not.toContain('row=');
  });

  test('filters become chips and an address, and clearing them can be undone', async () => {
    const page = await open('/transactions');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Category').selectOption('stock');
    await page.getByLabel('At least (KES)').fill('5,000');
    await page.keyboard.press('Enter');
    await page.waitForURL(/category=stock&amountCents%5Bgte%5D=500000|category=stock&amountCents\[gte\]=500000/);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();

    await page.waitForURL(/category=stock/);
    await page.getByText('≥ KES 5,000.00').waitFor();
  });

  test('the screen holds few rows however many there are, and scrolling brings the rest', async () => {
    const page = await open('/transactions');
    const rows = page.locator('[role=rowgroup] [role=row]');
    expect(await rows.count()).toBeLessThan(80);
    expect(await page.locator('[role=table]').getAttribute('aria-rowcount')).toBe('12000');
    const scroller = page.getByRole('region', { name: 'Transactions' });
    for (let turn = 0; turn < 4; turn += 1) {
      const before = await scroller.evaluate((box) => box.scrollHeight);
      await scroller.evaluate((box) => box.scrollTo(0, box.scrollHeight));
      await page.waitForFunction(
        (height) => (document.querySelector('[role=region]')?.scrollHeight ?? 0) > height,
        before,
      );
    }

    expect(await rows.count()).toBeLessThan(80);
    expect(Number(await rows.last().getAttribute('aria-rowindex'))).toBeGreaterThan(600);
  });

  test('hidden columns stay hidden after a reload', async () => {
    const page = await open('/transactions');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Receipt' }).click();
    await page.keyboard.press('Escape');
    await signIn(dashboard, page, '/transactions');
    await settle(page);

    expect(await page.getByRole('columnheader', { name: 'Receipt' }).count()).toBe(0);
  });

  test('an export is saved under the name the server gives', async () => {
    const page = await open('/transactions?direction=in');
    await page.getByRole('button', { name: 'Export' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV of these rows' }).click();

    expect((await saving).suggestedFilename()).toBe('rows.csv');
  });

  test('a missing permission is told plainly', async () => {
    const page = await open('/transactions', 'denied');

    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
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

  test('the palette finds a transaction by its receipt', async () => {
    const page = await open('/overview');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('TKL1593YNR');
    await page.getByRole('option', { name: /TKL1593YNR/ }).click();

    await page.waitForURL(/transactions\?q=TKL1593YNR&row=txn_/);
  });

  test('the language changes in place and is remembered by the document', async () => {
    const page = await open('/overview');
    await page.getByRole('button', { name: /Settings/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Kiswahili' }).click();

    await page.getByRole('heading', { name: 'Muhtasari', level: 1 }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('sw');
    expect(await page.title()).toBe('Muhtasari · Daftari');
  });

  test('a dark screen is dark before the first paint', async () => {
    screen = await openScreen(dashboard, { theme: 'dark' });
    await screen.page.route('**/assets/*.js', (route) => route.abort());
    await screen.page.goto(`${dashboard.server.url}/login`, { waitUntil: 'domcontentloaded' });

    expect(await screen.page.evaluate(() => document.documentElement.className)).toBe('dark');
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
    screen = await openScreen(dashboard);
    const { page } = screen;
    const loaded = new Set<string>();
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) loaded.add(new URL(response.url()).pathname);
    });
    if (isSignedIn) {
      await signIn(dashboard, page, path);
      await page.getByRole('region', { name: 'Figures of the period' }).waitFor();
    } else {
      await page.goto(`${dashboard.server.url}${path}`);
      await page.waitForSelector('input[name=password]');
    }
    const bytes = [...loaded]
      .filter((file) => !/EChart/.test(file))
      .map((file) => gzipSync(readFileSync(join(dashboard.distFolder, file))).length)
      .reduce((sum, size) => sum + size, 0);

    expect(loaded.size).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(budget);
  });

  test('the chart is a chunk of its own, under 195 kB', async () => {
    screen = await openScreen(dashboard);
    const chunk = readdirSync(join(dashboard.distFolder, 'assets')).find((file) => /^EChart.*\.js$/.test(file));

    expect(gzipSync(readFileSync(join(dashboard.distFolder, 'assets', chunk ?? ''))).length).toBeLessThanOrEqual(195_000);
  });
});
