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

test('the settings keep what was typed, show what somebody else saved, and follow where nothing was', async () => {
  const page = await suite.open('/settings');
  const tags: (string | undefined)[] = [];
  const sent: Record<string, unknown>[] = [];
  await page.route('**/v1/settings', async (route) => {
    const now = await (await route.fetch({ method: 'GET', postData: '' })).json();
    const tenant = { ...now.tenant, name: 'Named by somebody else' };
    const settings = { ...now.settings, businessDayStartsAtHour: 6 };
    if (route.request().method() === 'GET') {
      return route.fulfill({ json: { ...now, tenant, settings, version: 'settings-2' } });
    }
    tags.push(route.request().headers()['if-match']);
    sent.push(route.request().postDataJSON());
    return tags.length === 1
      ? route.fulfill(conflict)
      : route.fulfill({ json: { ...now, version: 'settings-3' } });
  });
  const name = page.getByRole('textbox', { name: 'Name of the business' });
  await name.fill('Named by me');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText(told).waitFor();
  const theirs = page.getByRole('status').filter({ hasText: 'Somebody else saved meanwhile' });
  await theirs.getByText('Name of the business: Named by somebody else').waitFor();

  expect(await name.inputValue()).toBe('Named by me');
  expect(await page.getByLabel('The business day begins at').inputValue()).toBe('6');
  await theirs.getByRole('button', { name: 'Take what they saved: Name of the business' }).click();
  expect(await name.inputValue()).toBe('Named by somebody else');
  await theirs.waitFor({ state: 'hidden' });
  await name.fill('Named by both');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();

  expect(tags).toEqual(['W/"settings-1"', 'W/"settings-2"']);
  expect(sent[1]).toMatchObject({ name: 'Named by both', businessDayStartsAtHour: 6 });
});

test('a statement is undone only as it was looked at', async () => {
  const page = await suite.open(`/statements/${publicId('stm', 1)}`);
  const tags: (string | undefined)[] = [];
  await page.route(`**/v1/statements/${publicId('stm', 1)}/undo`, (route) => {
    tags.push(route.request().headers()['if-match']);
    return route.fulfill(conflict);
  });
  await page.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type undo to confirm').fill('undo');
  await dialog.getByRole('button', { name: 'Undo the statement' }).click();
  await dialog.getByRole('alert').getByText(told).waitFor();

  expect(tags).toEqual([expect.stringMatching(/^W\/"\d+"$/)]);
  expect(await dialog.getByLabel('Type undo to confirm').inputValue()).toBe('undo');
});
