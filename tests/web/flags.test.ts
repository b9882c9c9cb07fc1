/** What operators of the house do with features over their life, in Chromium. */
import { readFileSync } from 'node:fs';
import type { FlagImport } from '../../api/flags/schema.ts';
import { flagAnswers } from './support/fixture-flags.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite({});

test('the list is narrowed to what nobody asks about any more, and says when somebody did', async () => {
  const page = await suite.open('/house/features', 'house');
  const asksWith = (search: string) =>
    page.waitForRequest((request) => request.url().endsWith(`/v1/platform/flags${search}`));
  const features = page.getByRole('region', { name: 'Features of the house' });
  await features.getByText('never asked about').waitFor();
  expect(await features.getByText('Not asked about').count()).toBe(1);

  const stale = asksWith('?stale=true');
  await page.getByLabel('Phase').selectOption('Not asked about');
  await stale;
  const archived = asksWith('?phase=archived');
  await page.getByLabel('Phase').selectOption('Archived');
  await archived;

  expect(new URL(page.url()).search).toBe('?only=archived');
});

test('one is archived and restored through the same form, off until somebody switches it on', async () => {
  const page = await suite.open('/house/features', 'house');
  const sent: unknown[] = [];
  await page.route('**/v1/platform/flags/early-screens', async (route) => {
    sent.push(route.request().postDataJSON());
    await route.fulfill({ json: { data: [] } });
  });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Archive early-screens (Test)' }).click();
  await dialog.getByText('Off for everybody and shown to no business').waitFor();
  expect(await dialog.getByLabel('Phase').locator('option').allTextContents()).toEqual([
    ...['In use', 'Archived'],
  ]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(sent).toMatchObject([{ phase: 'archived', isOn: true }]);
});

test('a file is saved, compared, and asked for with a reason', async () => {
  const page = await suite.open('/house/features', 'house');
  const panel = page.getByRole('region', { name: 'As a file' });
  const saving = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save Live' }).click();
  const saved = await (await saving).path();
  const file: unknown = JSON.parse(readFileSync(saved, 'utf8'));
  expect(file).toEqual(flagAnswers['/platform/flag-file']);

  const requests = flagAnswers['/platform/flag-requests'] as { data: FlagImport['request'][] };
  const [request] = requests.data;
  const seen = { environment: 'test', steps: request?.steps, same: ['a-b'], absent: ['c-d'] };
  const sent: object[] = [];
  await page.route('**/v1/platform/flag-imports', async (route) => {
    const json: { isDryRun?: boolean } = route.request().postDataJSON();
    sent.push(json);
    const isAsked = json.isDryRun === false;
    await route.fulfill({ json: { ...seen, request: isAsked ? request : null } });
  });
  await panel.getByLabel('File of features').setInputFiles({
    ...{ name: 'flags.json', mimeType: 'application/json', buffer: Buffer.from('no file') },
  });
  await panel.getByRole('button', { name: 'Compare' }).click();
  await panel.getByText('This is no file of features.').waitFor();
  expect(sent).toEqual([]);

  await panel.getByLabel('File of features').setInputFiles(saved);
  await panel.getByLabel('Into').selectOption('Test');
  await panel.getByRole('button', { name: 'Compare' }).click();
  await panel.getByText('Different: 1, the same: 1').waitFor();
  await panel.getByText(/Share of businesses in percent: 12.5 → 50/).waitFor();
  await panel.getByText('Not in the file, and left as they are: c-d').waitFor();
  const asking = panel.getByRole('button', { name: 'Ask for it' });
  expect(await asking.isDisabled()).toBe(true);
  await panel.getByLabel('Why').fill('as it is in production');
  await asking.click();
  await panel.getByText('Asked for; another operator decides.').waitFor();

  expect(sent).toEqual([
    { environment: 'test', file },
    { environment: 'test', file, isDryRun: false, reason: 'as it is in production' },
  ]);
});
