/** Where a payment leads: its timeline with every trace, its story and back, and second thoughts before money moves. */
import { webSuite } from './support/suite.ts';

const suite = webSuite();
const collection = (n: number) => `/collections/col_${String(n).padStart(32, '0')}`;
const payout = (n: number) => `/payouts/dis_${String(n).padStart(32, '0')}`;

describe('a timeline', () => {
  test('of a collection tells of the callback and of what others were told, and leads to its story', async () => {
    const page = await suite.open(collection(1));
    const timeline = page.getByRole('region', { name: 'Timeline' });
    const moments = await timeline.getByRole('listitem').allInnerTexts();
    const at = (words: string) => moments.findIndex((text) => text.includes(words));

    expect(at('Callback of M-PESA arrived')).toBeLessThan(at('Word arrived'));
    expect(at('Word arrived')).toBeLessThan(at('Told to other systems'));
    expect(moments.join()).toContain('collection.paid');
    await timeline.getByRole('link', { name: 'Show its story' }).click();
    await page.waitForURL(/\/ledger\/story\?sourceId=col_/);
  });

  test('of a payout tells what was held, asked, heard and told', async () => {
    const page = await suite.open(payout(1));
    const text = await page.getByRole('region', { name: 'Timeline' }).innerText();

    for (const words of [
      'Money was held',
      'No answer yet',
      'Callback of M-PESA',
      'waits to be sent',
    ])
      expect(text).toContain(words);
  });
});

describe('a story', () => {
  test('says what is not shown of it, brings more, and leads back to what it is about', async () => {
    const page = await suite.open('/ledger/story?receipt=TKL4H7Q2X9');

    await page.getByText('There are more than can be shown of: events, audit records.').waitFor();
    await page.getByText('This story is longer than it is followed.').waitFor();
    await page.getByText('Set aside · Another amount than was sent').waitFor();
    await page.getByText('Asked to cancel a request for money').first().waitFor();
    const cards = page.getByRole('article');
    expect(await cards.count()).toBe(1);
    await page.getByRole('button', { name: 'Show more' }).click();
    await cards.nth(1).waitFor();
    await cards.first().getByRole('link', { name: 'Request for money' }).click();
    await page.waitForURL(/\/collections\/col_/);
  });
});

describe('second thoughts', () => {
  test('come before a phone is asked for the same money again', async () => {
    const page = await suite.open('/collections/new');
    const sent: unknown[] = [];
    await page.route('**/v1/collections', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      sent.push((route.request().postDataJSON() as { unlessOpen: boolean }).unlessOpen);
      if (sent.length > 1) return route.continue();
      const detail = `col_${'1'.padStart(32, '0')} asks the same of this phone.`;
      const problem = { code: 'already-asked', status: 409, title: 'No', detail };
      const contentType = 'application/problem+json';
      return route.fulfill({ status: 409, contentType, body: JSON.stringify(problem) });
    });
    await page.getByLabel('Phone number').fill('0712 345 678');
    await page.getByLabel('Amount in shillings').fill('1500');
    await page.getByLabel('Reference').fill('TWICE');
    await page.getByRole('button', { name: 'Look it over' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Send the prompt' }).click();

    await dialog.getByText('Asking again could charge the payer twice.').waitFor();
    await dialog.getByRole('link', { name: 'Look at the earlier request' }).waitFor();
    await dialog.getByRole('button', { name: 'Ask a second time all the same' }).click();
    await page.waitForURL(/\/collections\/col_/);
    expect(sent).toEqual([true, false]);
  });

  test('come before the second person agrees to how a payout ended', async () => {
    const page = await suite.open(payout(3));
    const panel = page.getByRole('region', { name: 'M-PESA gives no answer' });
    await panel.getByRole('button', { name: 'Agree' }).click();
    const dialog = page.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Agree' });

    expect(await agree.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('2500');
    await agree.click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('of whoever said that money came back take it back, as long as nobody agreed', async () => {
    const page = await suite.open(payout(8));
    const panel = page.getByRole('region', { name: 'Money that came back' });
    await panel.getByText('A second person has to agree. Open until').waitFor();
    const asked = page.waitForRequest((request) => request.url().endsWith('/return/withdraw'));
    expect(await panel.getByRole('button', { name: 'Agree' }).count()).toBe(0);
    await panel.getByRole('button', { name: 'Take it back' }).click();

    expect((await asked).headers()['idempotency-key']).toBeTruthy();
  });

  test('come before a request for much money is given up', async () => {
    const page = await suite.open(collection(7), 'demo', { width: 360 });
    const panel = page.getByRole('region', { name: 'To be given up' });
    await panel.getByText('“The customer paid in cash”').waitFor();
    expect(await page.getByRole('button', { name: 'Give it up' }).count()).toBe(0);
    await panel.getByRole('button', { name: 'Agree' }).click();
    const dialog = page.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Agree' });
    await dialog.getByRole('textbox').fill('1');
    expect(await agree.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('120000');
    const asked = page.waitForRequest((request) => request.url().endsWith('/close/decision'));
    await agree.click();

    expect((await asked).postDataJSON()).toEqual({ decision: 'agree' });
    await dialog.waitFor({ state: 'detached' });
  });

  test('come before waiting money is sent back: its amount is typed, never filled in', async () => {
    const page = await suite.open('/unallocated');
    await page
      .getByRole('button', { name: /^Split, credit or refund/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Ask for a refund' }).click();
    const dialog = page.getByRole('dialog');
    const amount = dialog.getByLabel('Amount in shillings');
    expect(await amount.inputValue()).toBe('');
    await dialog.getByLabel('Reason').fill('Nobody here knows them');
    expect(await dialog.getByRole('button', { name: 'Give money back' }).isDisabled()).toBe(true);
    await amount.fill('100');
    const asked = page.waitForRequest((request) => request.url().endsWith('/refund'));
    await dialog.getByRole('button', { name: 'Give back KES 100.00' }).click();

    expect((await asked).postDataJSON()).toEqual({
      ...{ amountCents: 10_000, method: 'reversal', why: 'Nobody here knows them' },
    });
    await dialog.waitFor({ state: 'detached' });
  });
});
