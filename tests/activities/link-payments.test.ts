/** What pushes through one link come to, however many are paid: no shilling is without an owner. */
import { randomUUID } from 'node:crypto';
import { keptOf } from '../../db/collection-ledger.ts';
import { insertCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findInvoiceOfLink, insertInvoice, voidInvoice } from '../../db/invoices.ts';
import { balanceOf } from '../../db/ledger.ts';
import { findPaymentLink, insertPaymentLink } from '../../db/payment-links.ts';
import { id, type CustomerId, type PaymentLinkId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { businessDate } from '../../domain/time.ts';
import { aReceipt, stkSuccess } from '../support/collections.ts';
import { collectionStage, deedsOn, inTenant } from './collection-stage.ts';

const stage = collectionStage();
const { balances, post, prompted, settle } = deedsOn(stage);
const within = <Result>(work: (t: TenantHandle) => Promise<Result>) => inTenant(stage, work);

let customerId: CustomerId;
beforeEach(async () => {
  customerId = id('customer', randomUUID());
  await within((t) =>
    insertCustomer(t, { id: customerId, reference: 'P-1', name: 'Amina', createdBy: 'user:test' }),
  );
});

/** An invoice over KES 1,500, and the link it is paid through. */
async function anInvoice() {
  const [invoiceId, linkId] = [id('invoice', randomUUID()), id('paymentLink', randomUUID())];
  await within((t) =>
    insertInvoice(t, {
      ...{ id: invoiceId, paymentLinkId: linkId, shortcodeId: stage.shortcodeId, customerId },
      ...{ issuedOn: businessDate('2026-11-01'), dueOn: businessDate('2026-11-30') },
      lines: [{ description: 'Fees', quantity: 1, unitCents: cents(150_000) }],
      createdBy: 'user:test',
    }),
  );
  return { invoiceId, linkId };
}

const aPush = (linkId: PaymentLinkId, msisdn: string, amount = 150_000) =>
  prompted({ paymentLinkId: linkId, customerId, msisdn, amountCents: cents(amount) });

async function pay(push: Awaited<ReturnType<typeof aPush>>, shillings = 1_500) {
  const said = stkSuccess(push, { receipt: aReceipt(), shillings });
  await post('s', push.collectionId, said);
  return settle(push.collectionId);
}

const creditOf = () => within((t) => balanceOf(t, { kind: 'customer', owner: customerId }));

test('two phones that both pay an invoice: it is paid once, the other is kept for the customer', async () => {
  const { linkId } = await anInvoice();
  const [first, second] = [
    await aPush(linkId, '254712000001'),
    await aPush(linkId, '254712000002'),
  ];

  await Promise.all([pay(first), pay(second)]);
  await settle(second.collectionId);

  const invoice = await within((t) => findInvoiceOfLink(t, linkId));
  expect(invoice).toMatchObject({ paidCents: 150_000 });
  expect((await creditOf()).balanceCents).toBe(150_000);
  expect(await balances()).toEqual({ utility: 150_000, suspense: 0 });
  const kept = await Promise.all(
    [first, second].map((push) => within((t) => keptOf(t, push.collectionId))),
  );
  expect(kept.toSorted((a, b) => a - b)).toEqual([0, 150_000]);
});

test('a push for all of it, after a part was paid: the rest pays it, what is over is kept', async () => {
  const { linkId } = await anInvoice();
  const [part, all] = [
    await aPush(linkId, '254712000001', 60_000),
    await aPush(linkId, '254712000002'),
  ];

  await pay(part, 600);
  await pay(all);

  expect(await within((t) => findPaymentLink(t, linkId))).toMatchObject({
    ...{ status: 'paid', paidCents: 150_000, paidCount: 2 },
  });
  expect((await creditOf()).balanceCents).toBe(60_000);
});

test('a payment after its invoice was voided is the customer’s', async () => {
  const { invoiceId, linkId } = await anInvoice();
  const push = await aPush(linkId, '254712000001');
  await within((t) => t.query.updateTable('collections').set({ status: 'expired' }).execute());
  const voided = await within((t) => voidInvoice(t, { invoiceId, reason: 'a mistake' }));
  expect(voided).toMatchObject({ paidCents: 0 });

  await pay(push);

  expect(await within((t) => findInvoiceOfLink(t, linkId))).toMatchObject({ paidCents: 0 });
  expect((await creditOf()).balanceCents).toBe(150_000);
  expect(await balances()).toEqual({ utility: 0, suspense: 0 });
});

test('a link nobody is known for shows what was paid beyond it', async () => {
  const linkId = id('paymentLink', randomUUID());
  await within((t) =>
    insertPaymentLink(t, {
      ...{ id: linkId, shortcodeId: stage.shortcodeId, title: 'Chairs', reference: 'CHAIRS' },
      ...{ amountCents: cents(150_000), isReusable: false, createdBy: 'user:test' },
    }),
  );
  for (const msisdn of ['254712000001', '254712000002']) {
    await pay(await prompted({ paymentLinkId: linkId, msisdn, amountCents: cents(150_000) }));
  }

  expect(await within((t) => findPaymentLink(t, linkId))).toMatchObject({ paidCents: 300_000 });
  expect(await balances()).toEqual({ utility: 300_000, suspense: 0 });
});
