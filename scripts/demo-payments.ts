/**
 * `node scripts/demo-payments.ts`: gives the demo tenant a paybill at the twin and lets money move
 * over it, through the twin's phones and the public API, so that the screens of money have something
 * to show. Prints one line of JSON; a second start finds the payments in place and adds nothing.
 */
import { z } from 'zod';
import { customer } from '../api/customers/schema.ts';
import { invoiceDetail } from '../api/invoices/schema.ts';
import { receivedPaymentPage } from '../api/unallocated/schema.ts';
import { shortcodeList } from '../api/shortcodes/schema.ts';
import { readConfig } from '../config.ts';
import { usualCredentials } from '../simulators/daraja/defaults.ts';
import { addDays, businessDateOf, instantFromEpochMs } from '../domain/time.ts';
import { demoLogin, ensureDemoShortcode } from './demo-tenant.ts';
import { withHouseDatabase } from './house-database.ts';
import { findApi } from './ingest/address.ts';
import { openClient, type Client } from './ingest/client.ts';

const number = '600100';
const shillings = (amount: number) => amount * 100;

const customers = [
  { reference: 'SHOP-07', name: 'Wanjiku Mwangi', msisdn: '254711000107' },
  { reference: 'SHOP-12', name: 'Otieno Hardware', msisdn: '254711000112' },
  { reference: 'SHOP-15', name: 'Amina Yusuf', msisdn: '254711000115' },
];

/** What customers pay from the menu of their phones; the last two need a person. */
const paid = [
  { msisdn: '254711000107', amount: 18_000, accountReference: 'SHOP-07' },
  { msisdn: '254711000112', amount: 12_500, accountReference: 'shop 12' },
  { msisdn: '254711000115', amount: 4_300, accountReference: 'SHPO-15' },
  { msisdn: '254711000199', amount: 950, accountReference: 'mkate' },
];

/** Money that is asked for: one payer pays, one cancels (a magic number of the twin). */
const asked = [
  { msisdn: '254711000107', amountCents: shillings(2_400), accountReference: 'SHOP-07' },
  { msisdn: '254799901032', amountCents: shillings(1_150), accountReference: 'SHOP-20' },
];

/** What the first customers owe. */
const invoiced = [
  {
    daysToPay: 7,
    lines: [
      { description: 'Maize flour, 24 × 2 kg', quantity: 3, unitCents: shillings(3_600) },
      { description: 'Delivery', quantity: 1, unitCents: shillings(400) },
    ],
  },
  {
    daysToPay: 14,
    lines: [{ description: 'Cement, 50 kg', quantity: 40, unitCents: shillings(760) }],
  },
];

const payout = {
  kind: 'business-payment',
  amountCents: shillings(1_200),
  payee: { kind: 'msisdn', msisdn: '254722000501' },
  remarks: 'Delivery of flour',
  reference: 'DEL-0031',
};

const anything = z.unknown();
/** Stable, so that a start that was cut short is continued and doubles nothing. */
const keyOf = (what: string) => `demo-payments-${what}`;

async function twin(path: string, body: object): Promise<void> {
  const response = await fetch(`${config.daraja.baseUrl}/twin/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The twin refused ${path}: ${await response.text()}`);
}

async function eventually(isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const endMs = Date.now() + withinMs;
  while (Date.now() < endMs) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

async function paybill(client: Client) {
  const { data } = await client.get('/v1/shortcodes', shortcodeList);
  return data.find((one) => one.number === number);
}

/** Opens the paybill on both sides; payments reach us from then on. */
async function openPaybill(client: Client): Promise<string> {
  await twin('shortcodes', { number, kind: 'paybill', name: 'MAMA NJERI TRADERS' });
  await withHouseDatabase((db) => ensureDemoShortcode(db, number, usualCredentials));
  const id = (await paybill(client))?.id;
  if (id === undefined) throw new Error(`The paybill ${number} is not there.`);
  await client.post(`/v1/shortcodes/${id}/checks`, { kind: 'register' }, anything);
  const isOpen = async () => typeof (await paybill(client))?.urlsRegisteredAt === 'string';
  if (!(await eventually(isOpen, 20_000))) {
    throw new Error(`The addresses of ${number} were not registered within 20 s.`);
  }
  return id;
}

/** The first customer is asked by prompt and pays; the second one has two weeks. */
async function sendInvoices(client: Client, of: { shortcodeId: string; ids: string[] }) {
  const { shortcodeId, ids } = of;
  const today = businessDateOf(instantFromEpochMs(Date.now()));
  const sent = [];
  for (const [place, { daysToPay, lines }] of invoiced.entries()) {
    const wish = { shortcodeId, customerId: ids[place], dueOn: addDays(today, daysToPay), lines };
    sent.push(await client.post('/v1/invoices', wish, invoiceDetail, keyOf(`invoice-${place}`)));
  }
  const [first] = sent;
  if (first === undefined) throw new Error('No invoice was sent.');
  await client.post(`/v1/invoices/${first.id}/requests`, {}, anything, keyOf('ask-invoice'));
}

async function moveMoney(client: Client): Promise<void> {
  const shortcodeId = await openPaybill(client);
  const ids: string[] = [];
  for (const wish of customers) {
    ids.push((await client.post('/v1/customers', wish, customer, keyOf(wish.reference))).id);
  }
  await sendInvoices(client, { shortcodeId, ids });
  for (const payment of paid) await twin('pay', { shortcode: number, ...payment });
  for (const [place, wish] of asked.entries()) {
    await client.post('/v1/collections', { shortcodeId, ...wish }, anything, keyOf(`ask-${place}`));
  }
  const link = { shortcodeId, title: 'Delivery fee', reference: 'DELIVERY', isReusable: true };
  await client.post('/v1/payment-links', link, anything, keyOf('link'));
  // The payer who was asked enters a PIN; a customer's credit is not ours to pay out, that money is.
  await eventually(async () => (await arrived(client)).length > paid.length, 20_000);
  await client.post('/v1/disbursements', { shortcodeId, ...payout }, anything, keyOf('payout'));
}

/** What came in over the demo's paybill. */
async function arrived(client: Client) {
  const mine = await paybill(client);
  if (mine === undefined) return [];
  const path = `/v1/received-payments?shortcodeId=${mine.id}&limit=50`;
  return (await client.get(path, receivedPaymentPage)).data;
}

const config = readConfig(process.env);
const url = findApi(undefined, process.env, '.daftari');
const client = await openClient(url, demoLogin);
const isNew = (await arrived(client)).length === 0;
if (isNew) await moveMoney(client);
const received = await arrived(client);
const waiting = received.filter(
  ({ state }) => state === 'unallocated' || state === 'part-allocated',
).length;
process.stdout.write(`${JSON.stringify({ isNew, received: received.length, waiting })}\n`);
