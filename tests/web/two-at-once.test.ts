/** Two people change the same thing: what the second one is told, in Chromium. */
import { publicId } from './support/fixture-rows.ts';
import { webSuite } from './support/suite.ts';

jest.setTimeout(90_000);

const suite = webSuite({ rowCount: 40 });

const conflict = {
  status: 412,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    ...{ code: 'precondition-failed', status: 412, title: 'It has changed', detail: '' },
    ...{ requestId: 'req-1', errors: [] },
  }),
};
const told = 'Somebody changed this meanwhile, so nothing was saved.';

test('a form says so, keeps what was typed, and is saved over what it then shows', async () => {
  const page = await suite.open(`/collections/customers/${publicId('cus', 1)}`);
  const tags: (string | undefined)[] = [];
  let version = 'amina-1';
  const one = `**/v1/customers/${publicId('cus', 1)}`;
  await page.route(one, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), reference: 'INV-9', version } });
  });
  await page.route(`${one}/details`, async (route) => {
    tags.push(route.request().headers()['if-match']);
    if (version === 'amina-2') return route.fulfill({ json: {} });
    version = 'amina-2';
    return route.fulfill(conflict);
  });
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Amina Otieno');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText(told).waitFor();

  expect(await dialog.getByLabel('Name').inputValue()).toBe('Amina Otieno');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(tags).toEqual(['W/"amina-1"', 'W/"amina-2"']);
});

test('the settings are shown as somebody else left them, and typing goes on from there', async () => {
  const page = await suite.open('/settings');
  const tags: (string | undefined)[] = [];
  await page.route('**/v1/settings', async (route) => {
    if (route.request().method() === 'GET') {
      const now = await (await route.fetch()).json();
      const tenant = { ...now.tenant, name: 'Named by somebody else' };
      return route.fulfill({ json: { ...now, tenant, version: 'settings-2' } });
    }
    tags.push(route.request().headers()['if-match']);
    return route.fulfill(conflict);
  });
  await page.getByLabel('Name of the business').fill('Named by me');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText(told).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('input')].some(({ value }) => value === 'Named by somebody else'),
  );

  expect(tags).toEqual(['W/"settings-1"']);
});
