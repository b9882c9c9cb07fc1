/** Rows changed by hand, in Chromium over the built dashboard. */
import {
  openDashboard,
  openScreen,
  settle,
  signIn,
  type Dashboard,
  type Screen,
} from './support/dashboard.ts';

jest.setTimeout(60_000);

let dashboard: Dashboard;
let screen: Screen;

beforeAll(async () => {
  dashboard = await openDashboard({ rowCount: 400 });
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
    answerNow();

    expect(was).not.toBe('Insurance');
    expect(sent).toEqual([[{ category: 'insurance', was: expect.any(String) }, true]]);
    await page.waitForFunction(() => document.activeElement?.getAttribute('title') === 'Insurance');
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
  });

  test('is only shown to a role that may not write', async () => {
    const page = await open('/transactions', 'reader');
    await page.keyboard.press('c');

    expect(await page.getByRole('button', { name: /change the category$/ }).count()).toBe(0);
    expect(await page.getByRole('listbox').count()).toBe(0);
  });
});
