/** Statements and transactions worked with by hand, in Chromium over the built dashboard. */
import { settle, signIn } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 12_000 });
const { open } = suite;

const pdf = (name: string, text: string) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.from(text),
});

describe('statements', () => {
  test('files are read while one watches, and end as posted', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', [
      pdf('plain-one.pdf', 'one'),
      pdf('plain-two.pdf', 'two'),
    ]);

    const queue = page.getByRole('region', { name: 'Uploads' });
    await queue.getByText('2 of 2 sent').waitFor();
    await queue.getByText('Done', { exact: true }).nth(1).waitFor();
    await queue.getByRole('link', { name: 'plain-one.pdf' }).click();
    await page.getByRole('heading', { name: 'Proof' }).waitFor();

    expect(await page.getByText('412 transactions are in your books.').count()).toBe(1);
  });

  test('a locked file asks in place, tells wrong from missing, and opens its siblings too', async () => {
    const page = await open('/statements');
    await page.setInputFiles('input[type=file]', [
      pdf('locked-a.pdf', 'a'),
      pdf('locked-b.pdf', 'b'),
    ]);
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
    await page.setInputFiles('input[type=file]', {
      name: 'photo.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from('x'),
    });

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
    await page
      .getByRole('region', { name: 'Signs of tampering' })
      .getByRole('button', { name: /p. 3, line 17/ })
      .click();

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
  test('what is shown is kept under a name, opened again, renamed and deleted', async () => {
    const page = await open('/transactions?direction=in&sort=-amountCents', 'viewer');
    const dialog = page.getByRole('dialog', { name: 'Views' });
    const views = () => page.getByRole('button', { name: 'Views' }).click();
    await views();
    await dialog.getByText('You keep no views yet.').waitFor();
    await dialog.getByLabel('Name of what is shown now').fill('Money in, largest first');
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await dialog.getByRole('button', { name: 'Money in, largest first', exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Rename “Money in, largest first”' }).click();
    await dialog.getByLabel('New name of “Money in, largest first”').fill('Sales');
    await page.keyboard.press('Enter');
    await dialog.getByRole('checkbox', { name: 'Open “Sales” by default' }).click();

    await signIn(suite.dashboard, page, '/transactions', 'viewer');
    await page.waitForURL(/direction=in&sort=-amountCents/);
    await signIn(suite.dashboard, page, '/transactions?direction=out', 'viewer');
    await settle(page);
    expect(new URL(page.url()).search).toBe('?direction=out');
    await views();
    await dialog.getByRole('button', { name: 'Sales', exact: true }).click();
    await page.waitForURL(/direction=in&sort=-amountCents/);
    await views();
    await dialog.getByRole('button', { name: 'Delete “Sales”' }).click();
    await dialog.getByText('You keep no views yet.').waitFor();
  });

  test('a column is as wide as it was dragged or keyed, remembered, and given back', async () => {
    const page = await open('/transactions');
    const header = page.getByRole('columnheader', { name: 'Details' });
    const edge = page.getByRole('separator', { name: 'Width of Details' });
    const width = async () => Math.round((await header.boundingBox())?.width ?? 0);
    const before = await width();
    const box = await edge.boundingBox();
    const at = { x: (box?.x ?? 0) + 12, y: (box?.y ?? 0) + 10 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 60, at.y, { steps: 3 });
    await page.mouse.up();
    const dragged = await width();
    await edge.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const keyed = await width();
    await page.keyboard.press('Home');
    const least = await width();
    await page.keyboard.press('ArrowRight');

    expect([dragged - before, keyed - before, least]).toEqual([60, 28, 64]);
    await signIn(suite.dashboard, page, '/transactions');
    await settle(page);
    expect(await width()).toBe(80);
    await edge.dblclick();
    await page.waitForFunction(
      () =>
        JSON.parse(localStorage.getItem('daftari.preferences') ?? '')?.widths.details === undefined,
    );
    expect(await width()).toBe(before);
  });

  test('a column is made wider without a drag, by pressing its edge or by key', async () => {
    const page = await open('/transactions');
    const header = page.getByRole('columnheader', { name: 'Details' });
    const edge = page.getByRole('separator', { name: 'Width of Details' });
    const width = async () => Math.round((await header.boundingBox())?.width ?? 0);
    const before = await width();
    await edge.click();
    await page.getByRole('menuitem', { name: 'Wider' }).click();
    await page.getByRole('menuitem', { name: 'Wider' }).click();
    await page.getByRole('menuitem', { name: 'Narrower' }).click();
    expect((await width()) - before).toBe(48);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'As it was' }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await width()).toBe(before);
  });

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
    await page.getByRole('combobox', { name: 'Category' }).selectOption('stock');
    await page.getByLabel('At least (KES)').fill('5,000');
    await page.keyboard.press('Enter');
    await page.waitForURL(
      /category=stock&amountCents%5Bgte%5D=500000|category=stock&amountCents\[gte\]=500000/,
    );
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
    await signIn(suite.dashboard, page, '/transactions');
    await settle(page);

    expect(await page.getByRole('columnheader', { name: 'Receipt' }).count()).toBe(0);
  });

  test('an export is saved under the name the server gives', async () => {
    const page = await open('/transactions?direction=in');
    await page.getByRole('button', { name: 'Export' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV of these rows' }).click();

    expect((await saving).suggestedFilename()).toBe('rows.csv');

    await page.getByRole('button', { name: 'Export' }).click();
    const asking = page.waitForRequest((request) => request.url().includes('format=pdf'));
    await page.getByRole('menuitem', { name: 'PDF of these rows' }).click();

    expect(new URL((await asking).url()).searchParams.get('direction')).toBe('in');
  });

  test('a missing permission is told plainly', async () => {
    const page = await open('/transactions', 'denied');

    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
  });
});

describe('a payment', () => {
  const paid = `/collections/col_${'1'.padStart(32, '0')}`;
  const unknown = `/collections/col_${'4'.padStart(32, '0')}`;

  test('is given back by keyboard alone, once its amount and reason are written', async () => {
    const page = await open(paid, 'demo', { width: 360 });
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/refunds'))
        sent.push([request.postDataJSON(), (request.headers()['idempotency-key'] ?? '') !== '']);
    });
    await page.getByRole('button', { name: 'Give money back' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('KES 1,100.00 is left to give back').waitFor();
    await dialog.getByLabel('Amount in shillings').fill('1,100');
    await dialog.getByLabel('Reason').fill('Goods came back');
    await dialog.getByRole('button', { name: 'Give back KES 1,100.00' }).waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });

    const json = { amountCents: 110_000, method: 'reversal', reason: 'Goods came back' };
    expect(sent).toEqual([[json, true]]);
  });

  test('never gives back more than is left of it', async () => {
    const page = await open(paid);
    await page.getByRole('button', { name: 'Give money back' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Goods came back');
    await dialog.getByLabel('Amount in shillings').fill('1101');
    await dialog.getByText('Write whole shillings, KES 1,100.00 at most.').waitFor();

    const give = dialog.getByRole('button', { name: 'Give money back' });
    expect(await give.isDisabled()).toBe(true);
  });

  test('shows what was given back to a reader, who gives nothing back', async () => {
    const page = await open(paid, 'reader');
    await page.getByText('One chair was broken').waitFor();

    expect(await page.getByRole('button', { name: 'Give money back' }).count()).toBe(0);
  });

  test('nobody knows about is given up with a reason, and what it refuses is said', async () => {
    const page = await open(unknown);
    await page.route('**/close', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'cannot-close', status: 409, title: 'No', detail: 'No' }),
      }),
    );
    await page.getByRole('button', { name: 'Give it up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('above your approval limit, so a second person has to agree').waitFor();
    const close = dialog.getByRole('button', { name: 'Have it agreed to' });

    expect(await close.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('The customer says no');
    await close.click();
    await dialog.getByText('It has ended, or is still asked about.').waitFor();
    await page.unroute('**/close');
    await close.click();
    await dialog.waitFor({ state: 'detached' });
  });
});

test('a payment link is made for a saved customer until the end of a day in Nairobi', async () => {
  const page = await open('/payment-links', 'demo', { width: 360 });
  const sent: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.postDataJSON());
  });
  await page.getByRole('button', { name: 'Make a link' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it is for').fill('Chairs');
  await dialog.getByLabel('Reference').fill('INV-7');
  await dialog.getByLabel('Amount in shillings').fill('1500');
  await dialog.getByLabel('Saved customer').selectOption({ index: 1 });
  await dialog.getByLabel('Last day it takes payments').fill('2026-11-20');
  await dialog.getByText('That day is over.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Make a link' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Last day it takes payments').fill('2026-11-30');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  await page.getByText('Scan it with a phone, or send the address.').waitFor();

  expect(sent).toEqual([
    expect.objectContaining({
      ...{ title: 'Chairs', reference: 'INV-7', amountCents: 150_000, isReusable: false },
      ...{ customerId: expect.stringMatching(/^cus_/), expiresAt: '2026-11-30T21:00:00.000Z' },
    }),
  ]);
});
