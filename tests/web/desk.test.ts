/** Money nobody could place: one tap gives it away, as far as its owner takes it, and takes it back. */
import { publicId } from './support/fixture-rows.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite();
const isPost = (request: { method(): string }) => request.method() === 'POST';

test('a customer is given all of it, and it can be taken back at once', async () => {
  const page = await suite.open('/unallocated');
  const given = page.waitForRequest(isPost);
  await page.getByRole('button', { name: 'Give it to Amina Yusuf' }).first().click();

  expect((await given).postDataJSON()).toEqual({
    parts: [{ kind: 'customer', id: publicId('cus', 1), amountCents: 320_000 }],
  });
  const undone = page.waitForRequest(isPost);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect((await undone).url()).toMatch(/\/v1\/received-payments\/rcv_\w+\/undo$/);
});

test('an invoice or a link is given no more than it still asks for', async () => {
  const page = await suite.open('/unallocated');
  const given = page.waitForRequest(isPost);
  await page.getByRole('button', { name: 'Give it to Shamba rent' }).first().click();

  expect((await given).postDataJSON()).toEqual({
    parts: [{ kind: 'payment-link', id: publicId('plk', 1), amountCents: 120_000 }],
  });
});
