/** Receipts on a row, in Chromium over the built dashboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Screen } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({ rowCount: 400 });
const { open } = suite;

type Page = Screen['page'];
const receipts = (page: Page) => page.getByRole('dialog').getByRole('region', { name: 'Receipts' });
const pdf = { name: 'risiti.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n') };

/** A photo as a phone takes it: too large to send, and with a note of the camera. */
async function aPhoto(page: Page, name = 'soko.png') {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 3_000, height: 1_500 });
    const paper = canvas.getContext('2d');
    paper?.fillText('SOKO 1,250.00', 40, 40);
    return canvas.toDataURL('image/png');
  });
  return { name, mimeType: 'image/png', buffer: Buffer.from(url.split(',')[1] ?? '', 'base64') };
}

async function choose(page: Page, files: Awaited<ReturnType<typeof aPhoto>>[]) {
  const chooser = page.waitForEvent('filechooser');
  await receipts(page).getByRole('button', { name: 'Add a photo or PDF' }).press('Enter');
  await (await chooser).setFiles(files);
}

test('a photo is made small, sent, looked at, taken off and put back', async () => {
  const page = await open('/transactions');
  await page.keyboard.press('Enter');
  await receipts(page).getByText('At most 5 files of 5 MB').waitFor();
  const sent = page.waitForRequest(/\/attachments$/);
  await choose(page, [await aPhoto(page)]);

  expect((await sent).headers()).toMatchObject({
    'content-type': 'image/jpeg',
    'x-file-name': 'soko.jpg',
  });
  const look = receipts(page).getByRole('button', { name: 'Look at soko.jpg' });
  await look.press('Enter');
  const large = receipts(page).getByRole('img', { name: 'soko.jpg' });
  await large.waitFor();
  const width = await large.evaluate((image: HTMLImageElement) => image.naturalWidth);
  expect(width).toBe(2_000);
  await page.evaluate(readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {});
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  expect(found).toEqual([]);

  await receipts(page).getByRole('button', { name: 'Take off soko.jpg' }).press('Enter');
  await look.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent?.trim() === 'Undo');
  await page.keyboard.press('Enter');
  await look.waitFor();
});

test('a PDF is saved as a file; what is neither is refused in words, and a fifth one is the last', async () => {
  const page = await open('/transactions');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await choose(page, [pdf]);
  const saved = page.waitForEvent('download');
  await receipts(page).getByRole('button', { name: 'Save risiti.pdf' }).press('Enter');
  expect((await saved).suggestedFilename()).toBe('risiti.pdf');

  const odd = { ...pdf, name: 'odd.png', mimeType: 'image/png', buffer: Buffer.from('<html>') };
  await choose(page, [odd]);
  await receipts(page).getByText('This is neither a picture nor a PDF.').waitFor();
  const large = { ...pdf, buffer: Buffer.alloc(5 * 1024 * 1024 + 1) };
  await choose(page, [large]);
  await receipts(page).getByText('5 MB for a receipt').waitFor();
  const more = [1, 2, 3, 4].map((n) => ({ ...pdf, name: `risiti-${n}.pdf` }));
  await choose(page, more);
  await receipts(page).getByText('There are 5 files on it').waitFor();

  expect(await receipts(page).getByRole('listitem').count()).toBe(5);
  const add = receipts(page).getByRole('button', { name: 'Add a photo or PDF' });
  expect(await add.isDisabled()).toBe(true);
});

test('they are only shown to a role that may not write, also on a phone', async () => {
  const row = `/transactions?row=txn_${'1'.padStart(32, '0')}`;
  const page = await open(row, 'reader', { width: 360 });
  await receipts(page).waitFor();

  expect(await receipts(page).getByRole('button', { name: 'Add a photo or PDF' }).count()).toBe(0);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
