/**
 * The main job as a business user does it: real Chromium, the built dashboard, the real gateway and
 * workers. A locked statement is dropped, unlocked, watched, proven, and its figures are found again
 * on every screen.
 */
import { chromium, type Browser, type Page } from 'playwright-core';
import { formatMoney } from '../../domain/money.ts';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { serviceVariable } from '../support/services.ts';
import { openStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startGateway(), stack.startWorkers()]);
  browser = await chromium.launch({
    executablePath: serviceVariable('CHROMIUM_PATH'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic'],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.close();
}, 60_000);

test('a locked statement becomes proven figures a person can follow to each row', async () => {
  const password = '290441';
  const file = await generateStatement({ layout: 'personal-a', rows: 90, seed: 401, password });
  const { truth } = file;

  await page.goto(`${stack.url}/statements`);
  await page.fill('input[name=email]', demoLogin.email);
  await page.fill('input[name=password]', demoLogin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Statements', exact: true }).first().waitFor();

  const buffer = Buffer.from(file.bytes);
  await page.setInputFiles('input[type=file]', {
    name: 'locked.pdf',
    mimeType: 'application/pdf',
    buffer,
  });
  const queue = page.getByRole('region', { name: 'Uploads' });
  await queue.getByLabel('This file is locked').first().fill('111111');
  await page.keyboard.press('Enter');
  await queue.getByText('Wrong password. 4 tries left.').waitFor();
  await queue.getByLabel('That password did not open it').fill(password);
  await page.keyboard.press('Enter');
  await queue.getByText('Done', { exact: true }).first().waitFor({ timeout: 90_000 });

  await queue.getByRole('link', { name: 'locked.pdf' }).click();
  await page.getByRole('heading', { name: 'Proof' }).waitFor();
  await page.getByText(`${truth.rowCount} rows, all new`).waitFor();
  for (const figure of [truth.totals.inCents, truth.totals.outCents]) {
    await page.getByText(formatMoney(figure)).first().waitFor();
  }

  await page.getByRole('link', { name: 'See them' }).click();
  await page.waitForURL(/\/transactions\?/);
  await page
    .getByText(truth.rows[0]?.receipt ?? '')
    .first()
    .waitFor();

  expect(await stack.checker.differencesFrom(stack.tenantId, [truth])).toEqual([]);
  expect(complaints).toEqual([]);
}, 180_000);

test('the run behind the statement is one click away in the Temporal UI', async () => {
  await page.getByRole('link', { name: 'Statements' }).first().click();
  await page.getByRole('link', { name: 'locked.pdf' }).first().click();

  const link = await page.getByRole('link', { name: 'Run in Temporal' }).getAttribute('href');

  expect(link).toMatch(
    new RegExp(`/namespaces/${stack.env['TEMPORAL_NAMESPACE']}/workflows/statement`),
  );
}, 60_000);
