/** The register of breaches in Chromium: what a business says of one, and what the house does. */
import { breachesOf, houseBreachesOf } from './support/fixture-breaches.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({});

test('a business reads what is asked of it by when, and notes that the Commissioner was told', async () => {
  const page = await suite.open('/settings/breaches');
  const sent: unknown[] = [];
  await page.route('**/v1/breaches/*/authority', async (route) => {
    sent.push(route.request().postDataJSON());
    await route.fulfill({ json: breachesOf('demo').data[0] });
  });
  const register = page.getByRole('region', { name: 'Breaches' });
  await register.getByText('Commissioner: time runs out').waitFor();
  await register.getByText('People it is about: 1,240').waitFor();
  expect(await register.getByText('have to be told as well').count()).toBe(1);

  await register.getByRole('button', { name: 'Commissioner was told' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('When (Nairobi').fill('2026-11-27T09:30');
  await dialog.getByLabel('Their reference').fill('ODPC/2026/0240');
  await dialog.getByRole('button', { name: 'Note it' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(sent).toEqual([{ toldAt: '2026-11-27T09:30:00+03:00', reference: 'ODPC/2026/0240' }]);
});

test('what a business did is noted, and a refusal is said in its words', async () => {
  const page = await suite.open('/settings/breaches');
  await page.route('**/v1/breaches/*/measures', (route) =>
    route.fulfill({
      ...{ status: 409, contentType: 'application/problem+json' },
      json: {
        ...{ type: 'https://daftari.dev/problems/breach-closed', status: 409 },
        ...{
          title: 'The matter is closed',
          detail: 'closed',
          instance: '/x',
          code: 'breach-closed',
        },
      },
    }),
  );
  await page.getByRole('button', { name: 'Note what was done' }).first().click();
  const dialog = page.getByRole('dialog');
  const note = dialog.getByRole('button', { name: 'Note it' });
  expect(await note.isDisabled()).toBe(true);
  await dialog.getByLabel('What was done').fill('Everybody was called.');
  await note.click();

  await dialog.getByText('The matter is closed; nothing is added to it any more.').waitFor();
  expect(await dialog.getByLabel('What was done').inputValue()).toBe('Everybody was called.');
});

test('a person is looked for from the breach, with the reason filled in', async () => {
  const page = await suite.open('/settings/breaches');
  await page.getByRole('link', { name: 'See what is held about one of them' }).click();

  const reason = page.getByLabel('Why you ask');
  await reason.waitFor();
  expect(await reason.inputValue()).toMatch(/^Touched by breach brc_/);
});

test('the register is saved as a file', async () => {
  const page = await suite.open('/settings/breaches');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the register' }).click();

  expect((await saving).suggestedFilename()).toContain('.csv');
});

test('an operator puts a breach on record by keyboard, with the businesses it touches', async () => {
  const page = await suite.open('/house/breaches', 'house');
  const sent: unknown[] = [];
  await page.route('**/v1/platform/breaches', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent.push(route.request().postDataJSON());
    return route.fulfill({ status: 201, json: houseBreachesOf('house').data[0] });
  });
  await page.getByRole('button', { name: 'Put a breach on record' }).press('Enter');
  const dialog = page.getByRole('dialog');
  const record = dialog.getByRole('button', { name: 'Put a breach on record' });
  await dialog.getByLabel('What happened').fill('A stick was lost');
  await dialog.getByLabel('When it was noticed').fill('2026-11-27T08:00');
  await dialog.getByLabel('names').press('Space');
  expect(await record.isDisabled()).toBe(true);
  await dialog.getByRole('searchbox').fill('duka');
  await dialog.getByRole('button', { name: 'Add Duka la Pili' }).press('Enter');
  await dialog.getByLabel('Duka la Pili: how many people').fill('40');
  await record.press('Enter');
  await dialog.waitFor({ state: 'hidden' });

  expect(sent).toMatchObject([
    {
      ...{ summary: 'A stick was lost', noticedAt: '2026-11-27T08:00:00+03:00' },
      ...{ dataKinds: ['names'], isEncrypted: false },
      businesses: [{ personCount: 40 }],
    },
  ]);
});

test('an operator sees whom nobody told, tells them, and reads what was noted', async () => {
  const page = await suite.open('/house/breaches', 'house');
  const told: string[] = [];
  await page.route('**/v1/platform/breaches/*/tell', async (route) => {
    told.push(new URL(route.request().url()).pathname);
    await route.fulfill({ json: houseBreachesOf('house').data[0] });
  });
  const register = page.getByRole('region', { name: 'Breaches on record' });
  await register.getByText('Business overdue').waitFor();
  await register.getByText('What was noted: 5').click();
  await register.getByText('reminded of Duka la Pili: the time to tell it is over').waitFor();

  await register.getByRole('button', { name: 'Tell the businesses' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Businesses to tell: 1').waitFor();
  await dialog.getByRole('button', { name: 'Tell the businesses' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(told).toHaveLength(1);
});

test('with nothing on record both say so', async () => {
  const page = await suite.open('/settings/breaches', 'empty');
  await page.getByText('no breach of your data is on record').waitFor();
});
