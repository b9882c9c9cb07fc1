/** What a customer has in credit: paid back to them, or earned because two people say so. */
import { z } from 'zod';
import { creditsOf, numberOfCustomer } from '../../db/customer-credit.ts';
import { findCustomer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { findDisbursement } from '../../db/disbursements.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import type { CustomerId } from '../../domain/ids.ts';
import { payoutMinimum } from '../../domain/limits/terms.ts';
import { formatMoney } from '../../domain/money.ts';
import { showDisbursement } from '../disbursements/present.ts';
import { recordPayout, unknownShortcode } from '../disbursements/record.ts';
import { disbursement } from '../disbursements/schema.ts';
import { hastenStart } from '../hasten-start.ts';
import { askForPosting } from '../ledger/hand-posting.ts';
import { postingRequest } from '../ledger/schema.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { idFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { creditPayoutRequest, creditRevenueRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('customer') });

const payBack = route({
  method: 'post',
  path: '/v1/customers/{id}/credit/payout',
  tag: 'Customers',
  summary: 'Pay what a customer has in credit to their number',
  description:
    'A payout out of their own account in the books, with the limits, checks and approval of any other. What it pays is reserved by its run; the credit is whole again when it pays nothing.',
  auth: 'disbursements:write',
  request: { params, body: creditPayoutRequest },
  idempotency: 'required',
  responses: { 202: { description: 'It is on its way', schema: disbursement } },
  problems: ['not-found', 'insufficient-funds', 'cannot-refund', 'shortcode-unusable'],
  handler: async ({ params: { id }, body }, call) => {
    const { temporal } = call.dependencies;
    const recorded = await changeOwn(call, (t) => recordPayBack(t, call, { id, ...body }));
    if ('problem' in recorded) return recorded;
    await hastenStart(call, recorded.start);
    const body202 = showDisbursement(recorded.disbursement, temporal.runUrl);
    return {
      status: 202,
      body: body202,
      headers: { Location: `/v1/disbursements/${body202.id}` },
    };
  },
});

type PayBackWish = z.output<typeof creditPayoutRequest> & { id: CustomerId };

async function recordPayBack(t: TenantHandle, call: Call, wish: PayBackWish) {
  const { id, amountCents, shortcodeId, reason } = wish;
  const [person, reach] = [await findCustomer(t, id), await numberOfCustomer(t, id)];
  if (person === undefined || reach === undefined) return problem('not-found');
  const { msisdn } = reach;
  if (msisdn === null) {
    const detail = 'No number of this customer is known; record it first.';
    return problem('cannot-refund', { detail });
  }
  if (amountCents < payoutMinimum) {
    const detail = `A phone takes at least ${formatMoney(payoutMinimum)}.`;
    return problem('cannot-refund', { detail });
  }
  const disbursementId = idFor(call, 'disbursement', wish);
  if ((await findDisbursement(t, disbursementId)) === undefined) {
    const { availableCents } = (await creditsOf(t, [id]))(id);
    if (amountCents > availableCents) return problem('insufficient-funds');
  }
  return recordPayout(t, call, {
    ...{ id: disbursementId, kind: 'business-payment', shortcodeId, amountCents },
    payee: { kind: 'msisdn', msisdn },
    ...{ purpose: 'refund', drawsOn: 'customer', subjectId: id, payeeName: person.name },
    ...{ remarks: reason, reference: person.reference },
  });
}

const earn = route({
  method: 'post',
  path: '/v1/customers/{id}/credit/revenue',
  tag: 'Customers',
  summary: 'Ask that what a customer has in credit counts as earned',
  description:
    'Once a second person agrees within seven days, it moves from the account of the customer to the revenue of the shortcode. The opposite of the transaction takes it back.',
  auth: 'ledger:adjust',
  request: { params, body: creditRevenueRequest },
  idempotency: 'required',
  responses: { 201: { description: 'The request, which waits', schema: postingRequest } },
  problems: ['not-found', 'insufficient-funds', 'account-closed', 'shortcode-unusable'],
  handler: async ({ params: { id: customerId }, body }, call) => {
    const { amountCents, shortcodeId, reason } = body;
    const refusal = await readOwn(call, async (t) => {
      if ((await findCustomer(t, customerId)) === undefined) return problem('not-found');
      if ((await findShortcode(t, shortcodeId)) === undefined) return unknownShortcode();
      return undefined;
    });
    if (refusal !== undefined) return refusal;
    const wish = { kind: 'earning', customerId, shortcodeId, amountCents } as const;
    return askForPosting(call, wish, { reason, body: wish });
  },
});

export const customerCreditRoutes: readonly Route[] = [payBack, earn];
