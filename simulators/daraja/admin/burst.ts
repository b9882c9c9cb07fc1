/** Many payments of customers at a steady rate, to see what a receiver of confirmations stands. */
import { cents } from '../../../domain/money.ts';
import { startPayment } from '../apis/c2b.ts';
import { findOrganisation } from '../book/book.ts';
import type { World } from '../world.ts';
import type { Action } from './admin.ts';
import { wantNumber, wantText, WishError } from './wishes.ts';

const mostPayments = 200_000;
const beatMs = 10;

/** `{shortcode, count, perSecond, amountCents?}`: answers at once; each payer pays one time. */
export const startBurst: Action = (world, { body }) => {
  const organisation = findOrganisation(world.book, wantText(body, 'shortcode'));
  if (organisation === undefined) throw new WishError('shortcode names no business of this twin');
  const count = Math.trunc(wantNumber(body, 'count'));
  const perSecond = wantNumber(body, 'perSecond');
  const amountCents = cents(
    body['amountCents'] === undefined ? 10_000 : wantNumber(body, 'amountCents'),
  );
  if (count < 1 || count > mostPayments || perSecond <= 0 || amountCents <= 0) {
    throw new WishError(`count is 1 to ${mostPayments}; perSecond and amountCents are above 0`);
  }
  const began = world.clock.nowMs();
  let made = 0;
  const beat = async (): Promise<void> => {
    const due = Math.min(
      count,
      Math.ceil(((world.clock.nowMs() - began + beatMs) / 1_000) * perSecond),
    );
    const first = made;
    made = due;
    if (made < count) world.clock.after(beatMs, beat);
    await Promise.all(
      Array.from({ length: due - first }, (_, index) =>
        payOne(world, { organisation, amountCents, payer: first + index }),
      ),
    );
  };
  world.clock.after(0, beat);
  return { json: { count, perSecond } };
};

type Burst = Pick<Parameters<typeof startPayment>[1], 'organisation' | 'amountCents'>;

async function payOne(world: World, { payer, ...wish }: Burst & { payer: number }): Promise<void> {
  const payment = startPayment(world, {
    ...wish,
    sequence: world.nextSequence(),
    msisdn: `25471${String(payer % 10_000_000).padStart(7, '0')}`,
    accountReference: `BURST-${payer}`,
    effects: [],
  });
  await payment.make();
  await payment.tell();
}
