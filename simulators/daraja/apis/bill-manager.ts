/** Bill Manager: invoices to customers, and word of their payments until it is acknowledged. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import { findOrganisation } from '../book/book.ts';
import { sendCallback } from '../callbacks.ts';
import { invalidField, ok } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { firstInvalid, isShortcode, lengthBetween, textOr, urlCheck } from '../http/fields.ts';
import { randomWord } from '../random.ts';
import { nairobiText } from '../../../domain/time.ts';
import type { Entry, Organisation } from '../terms.ts';
import type { World } from '../world.ts';

export interface Invoice {
  externalReference: string;
  accountReference: string;
  amountCents: Cents;
  paidCents: Cents;
  isCancelled: boolean;
}

export interface Biller {
  appKey: string;
  callbackUrl: string;
  invoices: Map<string, Invoice>;
  acknowledged: Set<string>;
}

type Fields = Readonly<Record<string, unknown>>;

const done = (resmsg: string): Answer => ok({ resmsg, rescode: '200' });

function refused(status: number, resmsg: string): Answer {
  return { status, body: { rescode: String(status), resmsg } };
}

export function optIn(world: World, call: Call): Answer {
  const invalid = firstInvalid(call.body, [
    ['shortcode', isShortcode],
    ['email', (value) => /^[^@\s]+@[^@\s]+$/.test(value)],
    ['officialContact', (value) => /^(0|254)[17]\d{8}$/.test(value)],
    ['sendReminders', (value) => value === '0' || value === '1'],
    ['callbackurl', urlCheck(world.settings.environment)],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, 'shortcode'));
  if (organisation === undefined) return invalidField(call, 'shortcode');
  const known = organisation.bills;
  const biller: Biller = {
    appKey: known?.appKey ?? `AG_${randomWord(call.random, 24)}`,
    callbackUrl: textOr(call.body, 'callbackurl'),
    invoices: known?.invoices ?? new Map<string, Invoice>(),
    acknowledged: known?.acknowledged ?? new Set<string>(),
  };
  organisation.bills = biller;
  return ok({ app_key: biller.appKey, resmsg: 'Success', rescode: '200' });
}

/** The biller whose key a call carries. */
function billerOf(world: World, call: Call): Biller | undefined {
  const key = call.headers['appkey'];
  return [...world.book.organisations.values()].find(({ bills }) => bills?.appKey === key)?.bills;
}

/** An action of a biller that opted in. */
function forBiller(act: (biller: Biller, call: Call, world: World) => Answer) {
  return (world: World, call: Call): Answer => {
    const biller = call.headers['appkey'] === undefined ? undefined : billerOf(world, call);
    return biller === undefined ? refused(400, 'Invalid app key') : act(biller, call, world);
  };
}

export const changeOptIn = forBiller((biller, { body }, world) => {
  const url = textOr(body, 'callbackurl');
  if (!urlCheck(world.settings.environment)(url)) return refused(400, 'Invalid callbackurl');
  biller.callbackUrl = url;
  return done('Success');
});

const mostInvoices = 1_000;

export const sendInvoice = forBiller((biller, { body }) => addInvoices(biller, [body]));

export const sendInvoices = forBiller((biller, { body }) => {
  const items = Object.values(body).filter(isFields);
  if (items.length === 0 || items.length > mostInvoices) {
    return refused(400, `between 1 and ${mostInvoices} invoices are needed`);
  }
  return addInvoices(biller, items);
});

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function addInvoices(biller: Biller, items: readonly Fields[]): Answer {
  for (const item of items) {
    const wrong = firstInvalid(item, [
      ['externalReference', lengthBetween(1, 100)],
      ['billedFullName', lengthBetween(1, 200)],
      ['billedPhoneNumber', (value) => /^(0|254)[17]\d{8}$/.test(value)],
      ['billedPeriod', lengthBetween(1, 100)],
      ['invoiceName', lengthBetween(1, 200)],
      ['dueDate', (value) => /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d{2})?)?$/.test(value)],
      ['accountReference', lengthBetween(1, 100)],
      ['amount', (value) => /^\d+(\.\d{1,2})?$/.test(value)],
    ]);
    if (wrong !== undefined) return refused(400, `Invalid ${wrong}`);
    const externalReference = textOr(item, 'externalReference');
    if (biller.invoices.has(externalReference)) return refused(409, 'Invoice exists already');
    biller.invoices.set(externalReference, {
      externalReference,
      accountReference: textOr(item, 'accountReference'),
      amountCents: cents(Math.round(Number(textOr(item, 'amount')) * 100)),
      paidCents: cents(0),
      isCancelled: false,
    });
  }
  return done('Invoice sent successfully');
}

export const cancelInvoice = forBiller((biller, { body }) => cancel(biller, [body]));

export const cancelInvoices = forBiller((biller, { body }) =>
  cancel(biller, Object.values(body).filter(isFields)),
);

function cancel(biller: Biller, items: readonly Fields[]): Answer {
  const wanted = items.map((item) => biller.invoices.get(textOr(item, 'externalReference')));
  if (wanted.some((invoice) => invoice === undefined)) return refused(404, 'Invoice not found');
  if (wanted.some((invoice) => invoice !== undefined && invoice.paidCents > 0)) {
    return refused(409, 'Invoice has been partially or fully paid');
  }
  for (const invoice of wanted) if (invoice !== undefined) invoice.isCancelled = true;
  return done('Invoice cancelled successfully');
}

export const reconcile = forBiller((biller, { body }) => {
  biller.acknowledged.add(textOr(body, 'transactionId'));
  return done('Success');
});

/** Waits before the second to fifth try. */
const fourRetriesMs = [5_000, 15_000, 30_000, 60_000];

/** Tells the biller of a payment to its shortcode. */
export async function tellBiller(
  world: World,
  entry: Entry,
  { bills }: Organisation,
): Promise<void> {
  if (bills === undefined) return;
  for (const invoice of bills.invoices.values()) {
    if (invoice.accountReference !== entry.accountReference || invoice.isCancelled) continue;
    invoice.paidCents = cents(invoice.paidCents + entry.amountCents);
    break;
  }
  await sendCallback(world, {
    api: 'bill-manager',
    url: bills.callbackUrl,
    body: {
      transactionId: entry.receipt,
      paidAmount: String(entry.amountCents / 100),
      msisdn: entry.msisdn,
      dateCreated: nairobiText(entry.completedAt ?? world.clock.now()).slice(0, 10),
      accountReference: entry.accountReference,
      shortCode: entry.shortcode,
    },
    effects: [],
    entry,
    retriesMs: fourRetriesMs,
  });
}
