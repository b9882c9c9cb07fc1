/** A row of a statement and the payment it proves, in Chromium over the built dashboard. */
import { settle } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 400 });
const { open } = suite;
const rowAt = (place: number) => `/transactions?row=txn_${String(place).padStart(32, '0')}`;

test.each([
  [1, 'Request INV-10442', /\/collections\/col_0+1$/],
  [3, 'Payout to 2547******78', /\/payouts\/dis_0+1$/],
])('the row %i leads to its %s and back by keyboard', async (place, name, address) => {
  const page = await open(rowAt(place), 'demo', { width: 360 });
  const proves = page.getByRole('dialog').getByRole('region', { name: 'What it proves' });
  await proves.getByRole('link', { name }).press('Enter');
  await page.waitForURL(address);
  await settle(page);
  await page.getByRole('link', { name: 'Its row on the statement' }).press('Enter');

  await page.waitForURL(new RegExp(`row=txn_0+${place}$`));
  await proves.getByRole('link', { name }).waitFor();
});

test('the payment link it came by is named, and a row that proves nothing says nothing', async () => {
  const page = await open(rowAt(1), 'demo', { locale: 'sw' });
  const proves = page.getByRole('dialog').getByRole('region', { name: 'Inathibitisha nini' });
  await proves.getByRole('link', { name: 'Kiungo cha malipo “School fees”' }).waitFor();
  await page.goto(`${suite.dashboard.server.url}/transactions`);

  const other = await open(rowAt(2));
  await other.getByRole('dialog').getByRole('region', { name: 'Tags and note' }).waitFor();
  const none = other.getByRole('dialog').getByRole('region', { name: 'What it proves' });
  expect(await none.count()).toBe(0);
});
