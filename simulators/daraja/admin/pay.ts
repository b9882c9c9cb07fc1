/** A customer pays a business from the M-PESA menu. */
import { cents } from '../../../domain/money.ts';
import { startPayment } from '../apis/c2b.ts';
import { findOrganisation } from '../book/book.ts';
import type { Action } from './admin.ts';
import {
  optionalCents,
  optionalText,
  wantMsisdn,
  wantNumber,
  wantText,
  WishError,
} from './wishes.ts';

/** Answers when the payment stands or is refused; the confirmation follows. */
export const payOnce: Action = async (world, { body }) => {
  const number = wantText(body, 'shortcode');
  const organisation = findOrganisation(world.book, number);
  if (organisation === undefined) throw new WishError(`there is no shortcode ${number}`);
  const msisdn = wantMsisdn(body, 'msisdn');
  const amountCents = optionalCents(body, 'amountCents') ?? cents(wantNumber(body, 'amount') * 100);
  if (amountCents <= 0) throw new WishError('the amount is not above zero');
  const shortcode = organisation.number;
  const payment = startPayment(world, {
    organisation,
    sequence: world.nextSequence(),
    msisdn,
    amountCents,
    accountReference: optionalText(body, 'accountReference') ?? '',
    effects: world.rules.draw({ api: 'c2b-pay', msisdn, amountCents, shortcode }),
  });
  await payment.make();
  world.clock.after(0, () => payment.tell());
  return { json: payment.entry };
};
