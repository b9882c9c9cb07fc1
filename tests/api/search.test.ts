import { randomUUID } from 'node:crypto';
import { createdApiKey } from '../../api/keys/schema.ts';
import { searchAnswer, type SearchAnswer } from '../../api/search/schema.ts';
import { insertBatch as insertCollectionBatch } from '../../db/collection-batches.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { insertPaymentLink } from '../../db/payment-links.ts';
import { insertBatch } from '../../db/payout-batches.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { post, rows } from '../support/api-statements.ts';
import { aCollection, aShortcode } from '../support/collections.ts';
import { aPayout } from '../support/payouts.ts';
import { settleIn, tiers } from '../support/tiers.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

/** One object of every kind, with numbers and names to look for. */
async function fill(t: TenantHandle) {
  const shortcodeId = await aShortcode(t);
  const collectionId = await aCollection(t, { shortcodeId });
  await aPayout(t, shortcodeId, { payee: { kind: 'msisdn', msisdn: '254712345678' } });
  await aPayout(t, shortcodeId, { reference: 'RENT-7', payeeName: 'Landlord' });
  await insertCustomer(t, {
    ...{ id: id('customer', randomUUID()), reference: 'C-77', name: 'Amina Chebet' },
    ...{ msisdn: { digits: '254712345678', masked: '2547******78' }, createdBy: 'user:test' },
  });
  await insertPaymentLink(t, {
    ...{ id: id('paymentLink', randomUUID()), shortcodeId, title: 'School_trip 100%' },
    ...{ reference: 'TRIP9', isReusable: true, createdBy: 'user:test' },
  });
  await recordReceived(t, {
    ...{ id: id('receivedPayment', randomUUID()), shortcodeId, receipt: 'UKE7Q2X9LM' },
    ...{ source: 'c2b', amountCents: cents(7_700), msisdnMasked: '2547******11' },
    words: { reference: 'nobody', msisdn: '2547******11', name: 'JOHN' },
    ...{ workflowId: 'c2b/x', occurredAt: instantFromEpochMs(Date.now()) },
  });
  await insertCollectionBatch(
    t,
    {
      ...{ id: randomUUID() as never, shortcodeId, fileName: 'november-rent.csv' },
      ...{ rowCount: 0, badRowCount: 0, amountCents: cents(0) },
      ...{ workflowId: `collection-batch/${randomUUID()}`, createdBy: 'user:test' },
    },
    [],
  );
  const payee = { kind: 'msisdn', msisdn: '254733000000' } as const;
  await insertBatch(
    t,
    {
      ...{ id: id('payoutBatch', randomUUID()), shortcodeId, kind: 'salary-payment' },
      ...{ name: 'November wages', source: 'csv', requestedBy: 'user:maker' },
      ...{ workflowId: `payout-batch/${randomUUID()}`, totalCents: cents(10_000) },
    },
    [
      {
        ...{ ordinal: 1, payeeMasked: '2547******00', amountCents: cents(10_000), problem: null },
        secrets: { payee, payeeName: 'Juma', remarks: '', reference: null },
      },
    ],
  );
  return { collectionId };
}

const ask = (token: string, q: string, more = '') =>
  stage.fetch(`/v1/search?q=${encodeURIComponent(q)}${more}`, { token });

async function found(token: string, q: string, more = ''): Promise<SearchAnswer['data']> {
  const answer = await ask(token, q, more);
  expect(answer.status).toBe(200);
  return searchAnswer.parse(answer.body).data as SearchAnswer['data'];
}

/** `kind: title (why)` of all that was found. */
const said = (groups: SearchAnswer['data']) =>
  groups.flatMap(({ kind, hits }) =>
    hits.map(({ title, matchedBy }) => `${kind}: ${title} (${matchedBy})`),
  );

describe.each(tiers)('GET /v1/search in the tier %s', (tier) => {
  let somebody: Somebody;
  let token: string;
  let collectionId: string;

  beforeAll(async () => {
    somebody = await stage.tenant();
    await settleIn(stage.database, somebody.tenantId, tier);
    token = await stage.token(somebody);
    await post(stage, somebody, { rows });
    const made = await stage.database.db.withTenant(somebody.tenantId, fill);
    collectionId = toPublicId('collection', made.collectionId);
  });

  test.each([
    ['tba1aaaaaa', ['transaction: TBA1AAAAAA (receipt)']],
    [
      'TBA1',
      [
        'transaction: TBA1AAAAAA (receipt)',
        'transaction: TBA1AAAAAB (receipt)',
        'transaction: TBA1AAAAAB (receipt)',
      ],
    ],
    ['uke7', ['receivedPayment: UKE7Q2X9LM (receipt)']],
    ['25.00', ['transaction: TBA1AAAAAB (amount)']],
    ['KES 1,500', ['collection: INV-10442 (amount)']],
    ['77', ['receivedPayment: UKE7Q2X9LM (amount)']],
    [
      '0712 345 678',
      [
        'collection: INV-10442 (phone)',
        'disbursement: Njeri (phone)',
        'customer: Amina Chebet (phone)',
      ],
    ],
    ['chebet', ['customer: Amina Chebet (name)']],
    ['c 77', ['customer: Amina Chebet (reference)']],
    ['inv10442', ['collection: INV-10442 (reference)']],
    ['rent-7', ['disbursement: Landlord (reference)']],
    ['TRIP9', ['paymentLink: School_trip 100% (reference)']],
    ['school_', ['paymentLink: School_trip 100% (name)']],
    ['January.pdf', ['statement: january.pdf (name)']],
    [
      'november',
      ['payoutBatch: November wages (name)', 'collectionBatch: november-rent.csv (name)'],
    ],
    ['174379', ['shortcode: Main till (name)']],
  ])('%s finds %j', async (q, expected) => {
    expect(said(await found(token, q))).toEqual(expected);
  });

  test('the words of a line find its transactions, newest first', async () => {
    const [group] = await found(token, 'wanjiku kamau');

    expect(group?.kind).toBe('transaction');
    expect(group?.hits[0]).toMatchObject({
      ...{ title: 'TBA1AAAAAB', detail: 'WANJIKU KAMAU · 0712***678', matchedBy: 'words' },
      ...{ direction: 'out', currency: 'KES' },
    });
  });

  test('an id that was copied opens what it names, and only its owner finds it', async () => {
    expect(said(await found(token, collectionId))).toEqual(['collection: INV-10442 (id)']);
    const stranger = await stage.token(await stage.tenant());

    for (const q of [collectionId, 'tba1aaaaaa', '0712345678', 'chebet', 'january', '1500']) {
      expect(await found(stranger, q)).toEqual([]);
    }
  });

  test.each(['%%', '__', '\\%', '--', '( )'])('%s is text like any other', async (q) => {
    const titles = said(await found(token, q));

    expect(titles.filter((title) => !title.includes('100%'))).toEqual([]);
  });

  test('says when there is more of a kind than asked for', async () => {
    const [group] = await found(token, 'TBA1', '&limit=2');

    expect(group?.hits).toHaveLength(2);
    expect(group?.hasMore).toBe(true);
    expect((await found(token, 'TBA1'))[0]?.hasMore).toBe(false);
  });
});

describe('GET /v1/search', () => {
  test('kinds that one may not read are left out', async () => {
    const somebody = await stage.tenant();
    const owner = await stage.token(somebody);
    await post(stage, somebody, { rows });
    await stage.database.db.withTenant(somebody.tenantId, fill);
    const made = await stage.fetch('/v1/api-keys', {
      ...{ token: owner, json: { name: 'Till', scopes: ['transactions:read'] } },
    });
    const { key } = createdApiKey.parse(made.body);

    const kinds = async (by: string, q: string) => (await found(by, q)).map(({ kind }) => kind);

    expect(await kinds(owner, '0712345678')).toContain('customer');
    expect(await kinds(key, '0712345678')).toEqual([]);
    expect(await kinds(key, 'TBA1AAAAAA')).toEqual(['transaction']);
  });

  test('whoever shows no token is not heard', async () => {
    expect((await stage.fetch('/v1/search?q=TBA1')).status).toBe(401);
  });

  test.each(['', '?q=', '?q=a', `?q=${'x'.repeat(121)}`, '?q=ab&limit=11', '?q=ab&kind=x'])(
    '%s is refused',
    async (query) => {
      const token = await stage.token(await stage.tenant());

      const answer = await stage.fetch(`/v1/search${query}`, { token });

      expect(problemIn(answer).code).toBe('validation-failed');
    },
  );
});
