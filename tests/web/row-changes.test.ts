/** Rows changed by hand, in Chromium over the built dashboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { settle, signIn, type Screen } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 400 });
const { open } = suite;

const rowAt = (page: Screen['page'], place: number) =>
  page.locator('[role=rowgroup] [role=row]').nth(place);

describe('a category', () => {
  test('is changed in its row by keyboard alone, and is there before the answer', async () => {
    const page = await open('/transactions');
    const sent: unknown[] = [];
    let answerNow = () => {};
    const held = new Promise<void>((resolve) => (answerNow = resolve));
    await page.route('**/category', async (route) => {
      sent.push([route.request().postDataJSON(), 'idempotency-key' in route.request().headers()]);
      await held;
      await route.continue();
    });
    await page.keyboard.press('j');
    const field = rowAt(page, 1).getByRole('button', { name: /change the category$/ });
    const was = await field.getAttribute('title');
    await page.keyboard.press('c');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.type('insur');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await rowAt(page, 1).getByRole('button', { name: 'Insurance: change the category' }).waitFor();
    await until(() => sent.length > 0);
    answerNow();

    expect(was).not.toBe('Insurance');
    expect(sent).toEqual([[{ category: 'insurance', was: expect.any(String) }, true]]);
    await page.waitForFunction(() => document.activeElement?.getAttribute('title') === 'Insurance');
  });

  test('is put on rows chosen with a thumb', async () => {
    const page = await open('/transactions', 'demo', { width: 360 });
    const boxes = page.getByRole('checkbox', { name: /^Choose [A-Z0-9]{10}$/ });
    await boxes.nth(0).check();
    await boxes.nth(2).check();
    const bar = page.getByRole('region', { name: 'Chosen rows' });
    await bar.getByText('2 rows chosen').waitFor();
    await boxes.nth(2).uncheck();
    await bar.getByText('1 row chosen').waitFor();

    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  });

  test('refused, the row says again what it said before, and why is told', async () => {
    const page = await open('/transactions');
    await page.route('**/category', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'row-changed-meanwhile', status: 409, title: 'No' }),
      }),
    );
    const field = rowAt(page, 2).getByRole('button', { name: /change the category$/ });
    const was = await field.getAttribute('title');
    await field.click();
    await page.getByRole('option', { name: 'Giving' }).click();

    await page.getByText('Somebody changed this row a moment ago.').first().waitFor();
    expect(await field.getAttribute('title')).toBe(was);
  });

  test('is changed in the drawer, which says who decided', async () => {
    const page = await open('/transactions');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('button', { name: /change the category$/ }).waitFor();
    await page.keyboard.press('c');
    await page.getByRole('option', { name: 'Fuel' }).click();

    await drawer.getByText('Somebody chose it by hand.').waitFor();
    await drawer.getByRole('button', { name: 'Fuel: change the category' }).waitFor();
    const history = drawer.getByRole('region', { name: 'What happened to it' });
    await history.getByText(/^From .+ to Fuel, by hand$/).waitFor();
    await history.getByRole('link', { name: /\.pdf$/ }).waitFor();
  });

  test('is only shown to a role that may not write', async () => {
    const page = await open('/transactions', 'reader');
    await page.keyboard.press('c');

    expect(await page.getByRole('button', { name: /change the category$/ }).count()).toBe(0);
    expect(await page.getByRole('listbox').count()).toBe(0);
  });
});

describe('tags and a note', () => {
  test('are set in the drawer by keyboard alone, and the row is found by its tag', async () => {
    const page = await open('/transactions');
    await page.keyboard.press('Enter');
    const marks = page.getByRole('dialog').getByRole('region', { name: 'Tags and note' });
    await marks.getByLabel('Tag', { exact: true }).focus();
    await page.keyboard.type('School Trip');
    await page.keyboard.press('Enter');
    await marks.getByRole('button', { name: 'Take off the tag school-trip' }).waitFor();
    await marks.getByLabel('Tag', { exact: true }).fill('0712 345 678');
    await page.keyboard.press('Enter');
    await marks.getByRole('alert').waitFor();
    await marks.getByLabel('Note').fill('Paid by the parents');
    await marks.getByRole('button', { name: 'Save the note' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await marks.getByRole('button', { name: 'Save the note' }).waitFor({ state: 'detached' });
    await page.evaluate(readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {});
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    expect(found).toEqual([]);

    await signIn(suite.dashboard, page, '/transactions?tag=school-trip');
    await page.getByRole('button', { name: 'Remove the filter tag: school-trip' }).waitFor();
    await settle(page);
    expect(await page.locator('[role=table]').getAttribute('aria-rowcount')).toBe('1');
  });

  test('are only shown to a role that may not write', async () => {
    const page = await open('/transactions', 'reader');
    await page.keyboard.press('Enter');
    const marks = page.getByRole('dialog').getByRole('region', { name: 'Tags and note' });
    await marks.waitFor();

    expect(await marks.getByRole('textbox').count()).toBe(0);
  });
});

describe('parts', () => {
  test('are typed in the drawer by keyboard alone, with what is left, changed and joined', async () => {
    const page = await open('/transactions?amountCents[gte]=100000');
    await page.keyboard.press('Enter');
    const parts = page.getByRole('dialog').getByRole('region', { name: 'Parts' });
    await parts.getByRole('button', { name: 'Split…' }).press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'SELECT');
    await page.keyboard.type('Rent');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1.50');
    await parts.getByText(/ left$/).waitFor();
    await page.keyboard.press('Enter');
    await parts.getByRole('alert').waitFor();
    await parts.getByLabel('Category').nth(1).selectOption({ label: 'Fuel' });
    await parts.getByLabel('Note of the part').nth(1).fill('for the van');
    await page.evaluate(readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {});
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    await page.keyboard.press('Enter');
    await parts.getByText('for the van').waitFor();
    await parts.getByText('1.50').waitFor();
    expect(found).toEqual([]);

    await parts.getByRole('button', { name: 'Change the parts' }).press('Enter');
    await parts.getByLabel('Amount').nth(0).fill('2.50');
    await parts.getByText('KES 1.00 too much').waitFor();
    await parts.getByLabel('Amount').nth(1).fill('');
    await parts.getByRole('button', { name: 'Save the parts' }).press('Enter');
    await parts.getByText('2.50').waitFor();
    await parts.getByRole('button', { name: 'Join again' }).press('Enter');
    await parts.getByRole('button', { name: 'Split…' }).waitFor();
  });
});

test('a payment shows what took it back, and leads there', async () => {
  const page = await open('/transactions?channel=send-money');
  await page.route(/\/v1\/transactions\/txn_[0-9a-f]{32}$/, async (route) => {
    const answer = await route.fetch();
    const row = await answer.json();
    const isPayment = row.children.length > 0;
    const children = row.children.map((child: object) => ({ ...child, purpose: 'reversal' }));
    const more = isPayment ? { children } : { purpose: 'reversal', parentId: row.id };
    await route.fulfill({ response: answer, json: { ...row, ...more } });
  });
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Taken back by' }).press('Enter');
  await drawer.getByRole('button', { name: 'The payment it takes back' }).waitFor();
});

describe('many rows', () => {
  const bar = (page: Screen['page']) => page.getByRole('region', { name: 'Chosen rows' });
  async function put(page: Screen['page'], category: string, button: RegExp): Promise<void> {
    await page.getByRole('option', { name: category }).click();
    const dialog = page.getByRole('dialog', { name: `Put these rows under ${category}?` });
    await dialog.getByRole('button', { name: button }).waitFor();
    await page.waitForFunction(
      (name) => new RegExp(name).test(document.activeElement?.textContent?.trim() ?? ''),
      button.source,
    );
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  }
  const amounts = async (page: Screen['page'], query: string): Promise<string> => {
    await signIn(suite.dashboard, page, `/transactions?${query}`);
    await settle(page);
    return (await page.locator('[role=table]').getAttribute('aria-rowcount')) ?? '';
  };

  test('are chosen by key and by range, counted and summed, changed, and taken back', async () => {
    const page = await open('/transactions');
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && /row-changes$/.test(request.url()))
        sent.push(request.postDataJSON());
    });
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await bar(page).getByText('3 rows chosen').waitFor();
    await rowAt(page, 4)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await bar(page).getByText('5 rows chosen').waitFor();
    await page.keyboard.press('c');
    await put(page, 'Insurance', /^Change 5 rows$/);
    await page.getByText('5 rows are under Insurance now').first().waitFor();
    await rowAt(page, 4)
      .getByRole('button', { name: /^Insurance: change/ })
      .waitFor();
    expect(await bar(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').first().waitFor();
    await rowAt(page, 4)
      .getByRole('button', { name: /^Insurance: change/ })
      .waitFor({
        state: 'detached',
      });

    expect(sent).toEqual([
      {
        ...{ category: 'insurance', expectedCount: 5 },
        rows: { ids: expect.arrayContaining([expect.stringMatching(/^txn_/)]) },
      },
    ]);
  });

  test('get tags by keyboard, are found by them, and lose them again', async () => {
    const page = await open('/transactions', 'demo', { width: 360 });
    const boxes = page.getByRole('checkbox', { name: /^Choose [A-Z0-9]{10}$/ });
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await bar(page).getByRole('button', { name: 'Tags…' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Tags of these rows' });
    const putOn = dialog.getByLabel('Put on');
    await putOn.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await page.keyboard.press('Enter');
    await dialog.getByText('Say which tags to put on or to take off.').waitFor();
    await page.keyboard.type('Year End, audit');
    await page.evaluate(readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {});
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    await page.keyboard.press('Enter');
    await page.getByText('2 rows follow: +year-end +audit').first().waitFor();

    expect([found, overflow <= 0]).toEqual([[], true]);
    expect(await bar(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').first().waitFor();
    await signIn(suite.dashboard, page, '/transactions?tag=year-end');
    await page.getByText('No row fits these filters').waitFor();
    await page.getByRole('button', { name: 'Changes' }).click();
    await page.getByText('Tags of 2 rows: +year-end +audit').waitFor();
  });

  test('before they are changed, what is asked can be read by everybody', async () => {
    const look = { theme: 'dark', locale: 'sw', width: 1280 } as const;
    const page = await open('/transactions', 'demo', look);
    await page.keyboard.press('x');
    await page.keyboard.press('c');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.type('bima');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Inaweza kurudishwa').waitFor();
    await page.evaluate(readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {});
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });

    expect(found).toEqual([]);
  });

  test('all of a filter are changed by a run, and are taken back from the list', async () => {
    const page = await open('/transactions');
    const all = await amounts(page, '');
    await page.getByRole('checkbox', { name: 'Choose the rows shown so far' }).click();
    await bar(page)
      .getByRole('button', { name: `Choose all ${all} of this filter` })
      .click();
    await bar(page).getByText(`${all} rows chosen`).waitFor();
    await bar(page).getByRole('button', { name: 'Category…' }).click();
    await put(page, 'Giving', new RegExp(`^Change ${all} rows$`));
    await page.getByText(`${all} rows are being changed…`).first().waitFor();
    await page.getByText(`${all} rows are under Giving now`).first().waitFor();
    expect(await amounts(page, 'category=giving')).toBe(all);
    await page.getByRole('button', { name: 'Changes' }).click();
    const dialog = page.getByRole('dialog', { name: 'Changes' });
    await dialog.getByRole('button', { name: `Take back: ${all} rows put under Giving` }).click();
    await dialog.getByText('taken back').first().waitFor();
    await page.keyboard.press('Escape');

    await signIn(suite.dashboard, page, '/transactions?category=giving');
    await page.getByText('No row fits these filters').waitFor();
  });
});
