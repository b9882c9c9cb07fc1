/** Rows that could not be read, typed in or left out by a person, in Chromium over the built dashboard. */
import { publicId } from './support/fixture-rows.ts';
import type { Screen } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 400 });
const path = `/statements/${publicId('stm', 2)}`;

const rowsOn = (page: Screen['page']) =>
  page.getByRole('region', { name: 'Rows we could not read' }).getByRole('listitem');

describe('a row that could not be read', () => {
  test('is left out with a reason, which can be taken back, by keyboard alone', async () => {
    const page = await suite.open(path);
    const row = rowsOn(page).nth(2);
    await row.getByRole('button', { name: 'Leave it out' }).focus();
    await page.keyboard.press('Enter');
    await row.getByLabel('Why is it left out?').fill('Printed twice.');
    await page.keyboard.press('Enter');

    await row.getByText(/^Left out by Njeri Kamau, .*; not taken in yet\.$/).waitFor();
    await row.getByText('Printed twice.').waitFor();
    await row.getByRole('button', { name: 'Take the decision back' }).click();
    await row.getByText('Left out by').waitFor({ state: 'detached' });
    expect(await row.getByRole('button', { name: 'Type it in' }).count()).toBe(1);
  });

  test('typed wrongly is refused with the cell, in the language of the screen', async () => {
    const page = await suite.open(path, 'demo', { locale: 'sw' });
    const row = page
      .getByRole('region', { name: 'Safu ambazo hatukuweza kusoma' })
      .getByRole('listitem')
      .nth(1);
    await row.getByRole('button', { name: 'Iandike' }).click();
    await row.getByLabel('Risiti').fill('TIQ7HH0B2K');
    await row.getByLabel('Tarehe na saa').fill('2026-08-31 09:00:41');
    await row.getByLabel('Iliyotoka').fill('5OO.00');
    await page.keyboard.press('Enter');

    await row.getByRole('alert').getByText('Kiasi huandikwa kama 1,234.50').waitFor();
    expect(await row.getByLabel('Iliyotoka').inputValue()).toBe('5OO.00');
  });

  test('that somebody else decided about meanwhile is not overwritten, and is shown as it is', async () => {
    const page = await suite.open(path);
    const row = rowsOn(page).nth(2);
    await row.getByRole('button', { name: 'Leave it out' }).click();
    await row.getByLabel('Why is it left out?').fill('Mine.');
    const token = await page.evaluate(async (base) => {
      const credentials = { email: 'demo@daftari.test', password: 'karibu-daftari-2026' };
      const answer = await fetch(`${base}/v1/sessions`, {
        ...{ method: 'POST', body: JSON.stringify(credentials) },
      });
      return ((await answer.json()) as { accessToken: string }).accessToken;
    }, suite.dashboard.server.url);
    const address = `${suite.dashboard.server.url}/v1${path}/rejects`;
    const headers = { Authorization: `Bearer ${token}` };
    const list = await (await fetch(address, { headers })).json();
    const { version } = list.data[2] as { version: number };
    const faster = await fetch(address, {
      ...{ method: 'POST', headers: { ...headers, 'If-Match': `W/"${version}"` } },
      body: JSON.stringify({ decision: 'skip', seq: 2, reason: 'Theirs.' }),
    });
    await row.getByRole('button', { name: 'Leave it out' }).click();

    expect(faster.status).toBe(200);
    await row
      .getByRole('alert')
      .getByText(/Somebody changed this meanwhile/)
      .waitFor();
    await row.getByText('Theirs.').waitFor();
    expect(await row.getByText('Mine.').count()).toBe(0);
  });

  test('typed in is taken in by a run, and says who typed it; a reader may only look', async () => {
    const page = await suite.open(path);
    const rows = rowsOn(page);
    const row = rows.nth(0);
    await row.getByRole('button', { name: 'Type it in' }).click();
    await row.getByLabel('Receipt').fill('TIF0K2AB9C');
    await row.getByLabel('Withdrawn').fill('12.00');
    await row.getByRole('button', { name: 'Save the row' }).click();
    await row.getByText(/^Typed in by Njeri Kamau, .*; not taken in yet\.$/).waitFor();
    await page.getByRole('button', { name: /^Take in \d rows?$/ }).click();

    await row.getByText(/^Typed in by Njeri Kamau, .*; it is a row of the statement\.$/).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    await page.getByRole('button', { name: /^Take in/ }).waitFor({ state: 'detached' });
    await suite.screen.close();
    const readers = await suite.open(path, 'reader');
    expect(await rowsOn(readers).nth(1).getByRole('button').count()).toBe(0);
  });
});
