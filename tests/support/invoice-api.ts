/** A business that sends invoices by the public API, and payers who pay them. */
import { randomUUID } from 'node:crypto';
import { findCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { notePaidByLink } from '../../db/link-payments.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { addDays, businessDateOf, instantFromEpochMs } from '../../domain/time.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { openApiStage, type ApiStage } from './api.ts';
import { payCollection } from './collections.ts';
import { key, openShop, type Shop } from './payout-api.ts';

export interface InvoiceView {
  id: string;
  number: string;
  paymentLinkId: string;
  url: string;
}

/** Today in Nairobi, and days from it. */
export const today = businessDateOf(instantFromEpochMs(Date.now()));
export const inDays = (days: number) => addDays(today, days);

/** Registers what opens and closes the stage; a new business with one customer for every test. */
export function invoiceSuite() {
  const suite = {} as {
    stage: ApiStage;
    shop: Shop;
    customerId: string;
    /** By how much the clock of the API is ahead of the real one. */
    aheadMs: number;
  };
  beforeAll(async () => {
    const verdict = { kind: 'prompted', customerMessage: 'Success' };
    const startAndAsk = async () => ({ kind: 'answered', verdict }) as UpdateOutcome<never>;
    suite.stage = await openApiStage({
      temporal: { startAndAsk },
      world: { now: () => Date.now() + suite.aheadMs },
    });
  });
  beforeEach(async () => {
    suite.aheadMs = 0;
    suite.shop = await openShop(suite.stage);
    suite.customerId = await aCustomer({ msisdn: '0712345678' });
  });
  afterAll(() => suite.stage.close());

  const within = <Result>(work: (t: TenantHandle) => Promise<Result>) =>
    suite.stage.database.db.withTenant(suite.shop.somebody.tenantId, work);
  const get = (path: string) => suite.stage.fetch(path, { token: suite.shop.token });
  const post = (path: string, json: object = {}, headers: Record<string, string> = key()) =>
    suite.stage.fetch(path, { method: 'POST', token: suite.shop.token, headers, json });

  async function aCustomer(json: object = {}): Promise<string> {
    const body = { reference: `P-${randomUUID().slice(0, 8)}`, name: 'Amina Yusuf', ...json };
    const made = await post('/v1/customers', body);
    expect(made.status).toBe(201);
    return (made.body as { id: string }).id;
  }

  /** KES 16,000 in three lines, due in two weeks. */
  const wish = (change: object = {}) => ({
    ...{ customerId: suite.customerId, dueOn: inDays(14) },
    shortcodeId: toPublicId('shortcode', suite.shop.shortcodeId),
    lines: [
      { description: 'Tuition, term 1', quantity: 1, unitCents: 1_200_000 },
      { description: 'Lunch', quantity: 3, unitCents: 100_050 },
      { description: 'Books', unitCents: 99_850 },
    ],
    ...change,
  });

  async function anInvoice(change: object = {}): Promise<InvoiceView & { path: string }> {
    const made = await post('/v1/invoices', wish(change));
    expect(made).toMatchObject({ status: 201 });
    const invoice = made.body as InvoiceView;
    return { ...invoice, path: `/v1/invoices/${invoice.id}` };
  }

  /** What a run does once the payer has paid. */
  async function paid(publicId: string, amountCents: number): Promise<void> {
    const collectionId = parsePublicId('collection', publicId);
    if (collectionId === undefined) throw new Error('no collection');
    const { shortcodeId } = suite.shop;
    await within(async (t) => {
      await payCollection(t, { collectionId, shortcodeId, amountCents: cents(amountCents) });
      const linkId = (await findCollection(t, collectionId))?.paymentLinkId;
      if (linkId === undefined || linkId === null) throw new Error('the prompt is not of a link');
      await notePaidByLink(t, { linkId, amountCents: cents(amountCents) });
    });
  }

  /** What other systems heard of invoices, in order. */
  async function told(): Promise<string[]> {
    const events = await suite.stage.database.asOwner(
      `select type from shared.outbox where tenant_id = $1 and type like 'invoice.%' order by seq`,
      [suite.shop.somebody.tenantId],
    );
    return events.map(({ type }) => String(type));
  }

  return Object.assign(suite, { within, get, post, aCustomer, wish, anInvoice, paid, told });
}
