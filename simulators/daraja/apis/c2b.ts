/** Payments that customers make by themselves: where to hear of them, and making one by hand. */
import type { Cents } from '../../../domain/money.ts';
import { findOrganisation } from '../book/book.ts';
import { close, openEntry } from '../book/entries.ts';
import { customerOf, takePayment } from '../book/payments.ts';
import { effectOf } from '../faults/effects.ts';
import type { Effect } from '../faults/effects.ts';
import { invalidField, ok, refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  firstInvalid,
  isMsisdn,
  isShortcode,
  isWholeShillings,
  lengthBetween,
  oneOf,
  textOr,
  urlCheck,
} from '../http/fields.ts';
import { randomRequestId, receiptFor } from '../random.ts';
import type { Entry, Organisation } from '../terms.ts';
import type { World } from '../world.ts';
import { confirm, confirmationEffects, validate } from './c2b-callbacks.ts';

export function registerUrls(world: World, call: Call): Answer {
  const isUrl = urlCheck(world.settings.environment);
  const invalid = firstInvalid(call.body, [
    ['ShortCode', isShortcode],
    ['ResponseType', oneOf('Completed', 'Cancelled')],
    ['ConfirmationURL', isUrl],
    ['ValidationURL', isUrl, 'optional'],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, 'ShortCode'));
  if (organisation === undefined) return invalidField(call, 'ShortCode');
  if (organisation.urls !== undefined && world.settings.environment === 'production') {
    const message = 'Urls are already registered.';
    return refusal(call.random, { status: 500, code: '500.003.1001', message });
  }
  organisation.urls = {
    responseType: textOr(call.body, 'ResponseType') === 'Cancelled' ? 'Cancelled' : 'Completed',
    confirmationUrl: textOr(call.body, 'ConfirmationURL'),
    validationUrl: textOr(call.body, 'ValidationURL'),
    version: call.version === 1 ? 1 : 2,
  };
  return ok({
    OriginatorCoversationID: randomRequestId(call.random),
    ResponseCode: '0',
    ResponseDescription: call.version === 1 ? 'success' : 'Success',
  });
}

export function simulate(world: World, call: Call): Answer {
  const invalid = firstInvalid(call.body, [
    ['ShortCode', isShortcode],
    ['CommandID', oneOf('CustomerPayBillOnline', 'CustomerBuyGoodsOnline')],
    ['Amount', isWholeShillings],
    ['Msisdn', isMsisdn],
    ['BillRefNumber', lengthBetween(0, 20), 'optional'],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, 'ShortCode'));
  if (organisation === undefined) return invalidField(call, 'ShortCode');
  if (world.settings.environment === 'production') {
    const message = 'Resource not found';
    return refusal(call.random, { status: 404, code: '404.001.01', message });
  }
  const { body, sequence, effects } = call;
  const payment = startPayment(world, {
    organisation,
    sequence,
    msisdn: textOr(body, 'Msisdn'),
    amountCents: centsOf(body),
    accountReference: textOr(body, 'BillRefNumber'),
    effects,
  });
  world.clock.after(world.settings.phone.afterMs, async () => {
    await payment.make();
    await payment.tell();
  });
  return ok({
    OriginatorCoversationID: randomRequestId(call.random),
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  });
}

export interface CustomerPayment {
  entry: Entry;
  /** Asks the business and moves the money; resolves when the payment stands or is refused. */
  make(): Promise<void>;
  /** Sends the confirmation of a payment that was made. */
  tell(): Promise<void>;
}

export interface PaymentWish {
  organisation: Organisation;
  sequence: number;
  msisdn: string;
  amountCents: Cents;
  accountReference: string;
  effects: readonly Effect[];
}

/** Writes a customer's payment down as pending and answers the steps that end it. */
export function startPayment(world: World, wish: PaymentWish): CustomerPayment {
  const { organisation, sequence, msisdn, amountCents, effects } = wish;
  const isTill = organisation.kind === 'till';
  const entry = openEntry(world, {
    sequence,
    kind: 'c2b',
    commandId: isTill ? 'CustomerBuyGoodsOnline' : 'CustomerPayBillOnline',
    shortcode: organisation.number,
    msisdn,
    amountCents,
    accountReference: isTill ? '' : wish.accountReference,
  });
  const confirmation = [...effects, ...confirmationEffects(world, entry)];
  let thirdPartyId = '';
  return {
    entry,
    async make() {
      customerOf(world, msisdn);
      const receipt = receiptFor(world.clock.now(), { seed: world.seed, sequence });
      const verdict = await validate(world, { entry, organisation, receipt });
      thirdPartyId = verdict.thirdPartyId;
      const ruled = effectOf(effects, 'result')?.code;
      const isWanted = verdict.isAccepted && ruled === undefined;
      const refused = ruled ?? verdict.code;
      close(world, entry, isWanted ? takePayment(world, entry, organisation) : refused);
    },
    async tell() {
      if (entry.status !== 'completed') return;
      await confirm(world, { entry, organisation, effects: confirmation, thirdPartyId });
    },
  };
}
