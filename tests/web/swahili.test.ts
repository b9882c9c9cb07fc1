/** What the server says in sentences, in the language of the screen, in Chromium. */
import { guessInSwahili, tellGuess } from '../../domain/collections/guess-phrases.ts';
import { darajaInSwahili } from '../../domain/daraja/answer-phrases.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import {
  problemInSwahili,
  readingInSwahili,
  rejectInSwahili,
} from '../../domain/statements/in-swahili.ts';
import { tellReading } from '../../domain/statements/reading-phrases.ts';
import { tellRow } from '../../domain/statements/row-phrases.ts';
import { signs } from '../../domain/statements/tamper-sentences.ts';
import { follow } from './support/dashboard.ts';
import { webSuite } from './support/suite.ts';

const suite = webSuite();
const { open } = suite;

test('the language changes in place and is remembered by the document', async () => {
  const page = await open('/overview');
  await page.getByRole('button', { name: /Settings/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Kiswahili' }).click();

  await page.getByRole('heading', { name: 'Muhtasari', level: 1 }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('sw');
  expect(await page.title()).toBe('Muhtasari · Daftari');
});

test('a proof is told in the language of the screen, older words in their own', async () => {
  const page = await open(`/statements/stm_${'4'.padStart(32, '0')}`);
  const report = page.getByRole('region', { name: 'Signs of tampering' });
  await report.getByText(signs.chainBroken.en).waitFor();

  await page.getByRole('button', { name: /Settings/ }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Kiswahili' }).click();

  const told = page.getByText(signs.chainBroken.sw);
  await told.waitFor();
  expect(await told.getAttribute('lang')).toBe('sw');
  const older = page.getByText('Created 1 Nov 2026, 08:02, changed 3 Nov 2026, 21:47.');
  expect(await older.getAttribute('lang')).toBe('en');
});

test('reasons are told in the language of the screen, wherever they are shown', async () => {
  const page = await open('/statements', 'demo', { locale: 'sw' });
  const expectSwahili = async (path: string, english: string, swahili: string | null) => {
    await follow(page, path);
    const shown = page.getByText(swahili ?? '');
    await shown.first().waitFor();
    expect(await page.getByText(english).count()).toBe(0);
  };
  const reject = tellRow('both-columns');
  const statement = (number: number) => `/statements/stm_${String(number).padStart(32, '0')}`;
  await expectSwahili(statement(2), reject, rejectInSwahili(reject));
  await expectSwahili(statement(6), tellFile('pictures'), problemInSwahili(tellFile('pictures')));
  const row = `/transactions?row=txn_${'1'.padStart(32, '0')}`;
  await expectSwahili(row, tellReading('unknown'), readingInSwahili(tellReading('unknown')));
  const payout = `/payouts/dis_${'2'.padStart(32, '0')}`;
  await expectSwahili(payout, 'two people decide', 'watu wawili huamua');
  await expectSwahili('/unallocated', tellGuess('amount'), guessInSwahili(tellGuess('amount')));
  const check = '[MerchantValidate] - Wrong credentials';
  await expectSwahili(`/shortcodes/shc_${'1'.padStart(32, '0')}`, check, darajaInSwahili(check));
});
