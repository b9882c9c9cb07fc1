/** Invoices: written, asked for by prompt, voided, and paid in parts by whoever has the link. */
import { publicId } from './support/fixture-rows.ts';
import { settle } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite();
const bodyOf = (request: { postDataJSON(): unknown }) => request.postDataJSON();

test('an invoice is written line by line, with its sum, and opens once it is sent', async () => {
  const page = await suite.open('/collections/invoices');
  await page.getByRole('link', { name: 'New invoice' }).first().click();
  const send = page.getByRole('button', { name: 'Send invoice' });
  expect(await send.isDisabled()).toBe(true);
  await page.getByLabel('Customer', { exact: true }).click();
  const amina = page.getByRole('option', { name: /Amina Yusuf/ });
  await amina.click();
  await amina.waitFor({ state: 'detached' });
  await page.getByLabel('Description').fill('Lunch');
  await page.getByLabel('Quantity').fill('60');
  await page.getByLabel('Price of one (KES)').fill('50.50');
  await page.getByRole('button', { name: 'Add a line' }).click();
  const second = page.getByRole('listitem', { name: 'Line 2' });
  await second.getByLabel('Description').fill('Books');
  await second.getByLabel('Price of one (KES)').fill('1,200.50');
  await page.getByText('M-PESA moves no cents').waitFor();
  await second.getByLabel('Price of one (KES)').fill('1,200');
  await page.getByText('KES 4,230.00').waitFor();
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await send.click();

  expect(bodyOf(await asked)).toMatchObject({
    customerId: publicId('cus', 1),
    lines: [
      { description: 'Lunch', quantity: 60, unitCents: 5_050 },
      { description: 'Books', quantity: 1, unitCents: 120_000 },
    ],
  });
  await page.getByRole('heading', { name: 'INV-000041', level: 1 }).waitFor();
});

test('what is missing is shown where it is', async () => {
  const page = await suite.open(`/collections/invoices/new?customer=${publicId('cus', 1)}`);
  await page.getByText('INV-10441').waitFor();
  await page.getByRole('button', { name: 'Send invoice' }).click();

  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'));
  expect(focused).toBe('true');
});

test('the prompt goes to the customer unless told, and asks for no more than is open', async () => {
  const page = await suite.open(`/collections/invoices/${publicId('inv', 2)}`);
  await page.getByRole('img', { name: 'QR code of INV-000042' }).waitFor();
  await page.getByRole('button', { name: 'Ask by M-PESA' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Left empty, it goes to 2547******11').waitFor();
  const send = dialog.getByRole('button', { name: 'Send the prompt' });
  await dialog.getByLabel('Amount in shillings').fill('10,501');
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('Amount in shillings').fill('500');
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await send.click();

  const request = await asked;
  expect(request.url()).toMatch(/\/v1\/invoices\/\w+\/requests$/);
  expect(bodyOf(request)).toEqual({ amountCents: 50_000 });
});

test('it is voided with a reason, and only while nothing was paid', async () => {
  const page = await suite.open(`/collections/invoices/${publicId('inv', 1)}`);
  await page.getByRole('button', { name: 'Void' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('sent to the wrong customer');
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await dialog.getByRole('button', { name: 'Void' }).click();

  expect(bodyOf(await asked)).toEqual({ reason: 'sent to the wrong customer' });
  await page.getByRole('link', { name: 'All invoices' }).click();
  await page.getByRole('link', { name: 'Amina Yusuf' }).nth(1).click();
  await page.getByRole('heading', { name: 'INV-000042', level: 1 }).waitFor();
  expect(await page.getByRole('button', { name: 'Void' }).count()).toBe(0);
});

test('whoever has the link reads the lines and pays a part', async () => {
  const page = await suite.outside({ width: 360 });
  await page.goto(`${suite.dashboard.server.url}/pay/invoice`);
  await settle(page);
  await page.getByText('Was due 14 Nov 2026').waitFor();
  await page.getByText('KES 2,000.00 of KES 12,500.00 is paid already.').waitFor();
  await page.getByLabel('Your M-PESA number').fill('0712345678');
  await page.getByLabel('Amount in shillings').fill('20,000');
  const send = page.getByRole('button', { name: 'Send the prompt to my phone' });
  expect(await send.isDisabled()).toBe(true);
  await page.getByLabel('Amount in shillings').fill('3,000');
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await send.click();

  expect(bodyOf(await asked)).toEqual({ msisdn: '254712345678', amountCents: 300_000 });
});
