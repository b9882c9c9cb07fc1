/** Money in, through the public API, with every process and a twin of the provider. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { toPublicId } from '../../domain/ids.ts';
import { registerHooks, type TwinHooks } from '../support/twin-hooks.ts';
import { openCollectionStack, type CollectionStack } from '../support/collection-stack.ts';
import { until } from '../support/until.ts';

jest.setTimeout(180_000);

let journey: CollectionStack;
let hooks: TwinHooks;

beforeAll(async () => {
  journey = await openCollectionStack({
    rules: [
      { match: { msisdn: '254712000002' }, effect: { kind: 'callback-lost' } },
      {
        match: { msisdn: '254712000003' },
        effect: { kind: 'success-after-failure', code: '1037', afterMs: 1_500 },
      },
      { match: { msisdn: '254712000004' }, effect: { kind: 'phone', action: 'cancel' } },
    ],
  });
  await journey.stack.startWorkers(journey.env);
  hooks = await registerHooks(journey);
});

afterAll(async () => {
  const violations = await journey.stack.checker.violations();
  await journey.close();
  expect(violations).toEqual([]);
});

async function ledgerOf(receipt: string | null) {
  return journey.stack.database.asOwner(
    'select source_kind, workflow_id from shared.ledger_transactions where receipt = $1',
    [receipt],
  );
}

async function published(type: string, id: string): Promise<boolean> {
  const found = await journey.stack.database.asOwner(
    `select from shared.outbox where type = $1 and published_at is not null
       and data::text like '%' || $2 || '%'`,
    [type, id],
  );
  return found.length > 0;
}

const uuidOf = (publicId: string) =>
  publicId.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

test('a push is accepted in the request, paid by PIN, posted once and told to the world', async () => {
  const asked = await journey.ask({ msisdn: '0712000001' });
  expect(asked).toMatchObject({
    status: 201,
    body: { status: expect.stringMatching(/prompted|paid/) },
  });

  const paid = await journey.becomes(asked.body.id, 'paid');

  const [entry] = journey.twin.world.book.entries.filter(({ msisdn }) => msisdn === '254712000001');
  expect(paid.receipt).toBe(entry?.receipt);
  expect(await ledgerOf(paid.receipt)).toEqual([
    {
      source_kind: 'collection',
      workflow_id: `collection/${journey.stack.tenantId}/${uuidOf(paid.id)}`,
    },
  ]);
  await until(() => published('collection.paid', uuidOf(paid.id)));
  expect(paid.timeline.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['requested', 'sending', 'prompted', 'witnessed', 'posted', 'finished']),
  );
});

test('a payment whose callback is lost is found by asking', async () => {
  const asked = await journey.ask({ msisdn: '0712000002' });

  const paid = await journey.becomes(asked.body.id, 'paid');

  expect(paid.witnesses).toEqual([expect.objectContaining({ kind: 'query', outcome: 'paid' })]);
  expect(paid.ledgerTransactionId).not.toBeNull();
});

test('a payment after its end wins, late, and the disagreement stays visible', async () => {
  const asked = await journey.ask({ msisdn: '0712000003' });
  await journey.becomes(asked.body.id, 'expired', 'paid');

  const paid = await journey.becomes(asked.body.id, 'paid');

  expect(paid).toMatchObject({ isLate: true, disagreements: ['outcome'] });
  expect(await ledgerOf(paid.receipt)).toHaveLength(1);
});

test('a payer who cancels is told apart, and no money moves', async () => {
  const asked = await journey.ask({ msisdn: '0712000004' });

  const refused = await journey.becomes(asked.body.id, 'refused');

  expect(refused).toMatchObject({ resultCode: '1032', ledgerTransactionId: null });
});

test('a mistyped payment waits on the desk with a guess, and is allocated with one call', async () => {
  const customer = await journey.client.post<{ id: string }>('/v1/customers', {
    ...{ reference: 'SHOP-0107', name: 'Wanjiku Kamau', msisdn: '0712000005' },
  });
  expect(customer.status).toBe(201);

  await hooks.pay({ msisdn: '254712000005', amountCents: 75_000, accountReference: 'SHOP-0177' });
  const path = '/v1/received-payments';
  type Desk = { data: { id: string; leftCents: number; guesses: { id: string }[] }[] };
  let desk: Desk = { data: [] };
  await until(
    async () => {
      desk = (await journey.client.get<Desk>(`${path}?state=unallocated`)).body;
      return desk.data.length > 0;
    },
    { withinMs: 60_000 },
  );
  const [payment] = desk.data;
  expect(payment).toMatchObject({ leftCents: 75_000, guesses: [{ id: customer.body.id }] });

  const allocated = await journey.client.post(
    `${path}/${payment?.id}/allocate`,
    { parts: [{ kind: 'customer', id: customer.body.id, amountCents: 75_000 }] },
    { 'idempotency-key': randomUUID() },
  );

  expect(allocated).toMatchObject({ status: 200, body: { state: 'allocated', leftCents: 0 } });
});

test('an invoice is paid in two parts: by the prompt it is sent with, and by hand under its number', async () => {
  const customer = await journey.client.post<{ id: string }>('/v1/customers', {
    ...{ reference: 'PUPIL-31', name: 'Akinyi Odero', msisdn: '0712000006' },
  });
  const sent = await journey.client.post<{ id: string; number: string }>('/v1/invoices', {
    ...{ customerId: customer.body.id, shortcodeId: toPublicId('shortcode', journey.shortcodeId) },
    ...{ dueOn: '2099-12-31' },
    lines: [{ description: 'Tuition, third term', quantity: 1, unitCents: 900_000 }],
  });
  const path = `/v1/invoices/${sent.body.id}`;

  const asked = await journey.client.post<{ id: string }>(
    `${path}/requests`,
    { amountCents: 500_000 },
    { 'idempotency-key': randomUUID() },
  );
  expect(asked.status).toBe(201);
  await journey.becomes(asked.body.id, 'paid');
  const { number } = sent.body;
  await hooks.pay({ msisdn: '254712000006', amountCents: 400_000, accountReference: number });

  type Invoice = { status: string; paidCents: number; payments: { kind: string }[] };
  let invoice: Invoice | undefined;
  await until(async () => {
    invoice = (await journey.client.get<Invoice>(path)).body;
    return invoice.status === 'paid';
  });
  expect(invoice?.paidCents).toBe(900_000);
  expect(invoice?.payments.map(({ kind }) => kind).toSorted()).toEqual(['collection', 'received']);
});

test('the money of the demo tenant moves once, however often it is started', async () => {
  const { stack, env } = journey;
  const start = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/demo-payments.ts'], {
      env: { ...process.env, ...stack.env, ...env, DAFTARI_API_URL: stack.url },
    });
    return JSON.parse(stdout);
  };
  const settled = () =>
    stack.database.asOwner(
      `select m.status from shared.shortcodes s cross join lateral (
         select status from shared.collections c where c.shortcode_id = s.id union all
         select status from shared.disbursements d where d.shortcode_id = s.id) m
       where s.number = '600100' order by 1`,
    );

  const first = await start();
  const again = await start();

  // Two went to their customers by reference, exact and forgiving; two ask for a person.
  expect(first).toMatchObject({ isNew: true, waiting: 2 });
  expect(again).toMatchObject({ isNew: false, waiting: 2 });
  await until(async () => {
    const statuses = (await settled()).map(({ status }) => status);
    return statuses.join() === 'paid,paid,paid,refused';
  });
});
