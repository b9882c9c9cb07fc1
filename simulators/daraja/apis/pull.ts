/** Pull transactions: the payments of customers in the last two days, a page at a time. */
import { findOrganisation } from '../book/book.ts';
import { ok, refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { isMsisdn, textOr, urlCheck } from '../http/fields.ts';
import { randomHex } from '../random.ts';
import type { Entry, Organisation } from '../terms.ts';
import { pullTime } from '../times.ts';
import type { World } from '../world.ts';
import { epochMsOf, instantFromNairobi } from '../../../domain/time.ts';

const pageRows = 100;
const horizonMs = 48 * 3_600_000;

export function registerPull(world: World, call: Call): Answer {
  const { body } = call;
  const organisation = findOrganisation(world.book, textOr(body, 'ShortCode'));
  const isGood =
    textOr(body, 'RequestType') === 'Pull' &&
    isMsisdn(textOr(body, 'NominatedNumber').replace(/^0/, '254')) &&
    urlCheck(world.settings.environment)(textOr(body, 'CallBackURL'));
  if (organisation === undefined || !isGood) return badShortcode(call);
  const isNew = organisation.pull === undefined;
  organisation.pull ??= {
    nominatedNumber: textOr(body, 'NominatedNumber'),
    callbackUrl: textOr(body, 'CallBackURL'),
  };
  return ok({
    ResponseRefID: referenceId(call),
    ResponseStatus: isNew ? '1000' : '1001',
    ShortCode: organisation.number,
    ResponseDescription: isNew
      ? 'ShortCode registered successfully'
      : 'ShortCode already registered',
  });
}

function badShortcode(call: Call): Answer {
  const message = 'Bad Request - Invalid ShortCode';
  return refusal(call.random, { status: 400, code: '400.001', message });
}

function referenceId({ random }: Call): string {
  const part = (length: number): string => randomHex(random, length);
  return `${part(8)}-${part(4)}-4${part(3)}-a${part(3)}-${part(12)}`;
}

export function pullPayments(world: World, call: Call): Answer {
  const { body } = call;
  const organisation = findOrganisation(world.book, textOr(body, 'ShortCode'));
  const needsRegistration = world.settings.environment === 'production';
  if (organisation === undefined || (needsRegistration && organisation.pull === undefined)) {
    return badShortcode(call);
  }
  const from = pullMoment(textOr(body, 'StartDate'));
  const to = pullMoment(textOr(body, 'EndDate'));
  const offset = Number(textOr(body, 'OffSetValue'));
  if (from === undefined || to === undefined || !Number.isSafeInteger(offset) || offset < 0) {
    const message = 'Bad Request - Invalid dates';
    return refusal(call.random, { status: 400, code: '400.002.02', message });
  }
  const since = Math.max(from, world.clock.nowMs() - horizonMs);
  const found = paymentsBetween(world, organisation, { since, to });
  const page = found.slice(offset, offset + pageRows);
  return ok({
    ResponseRefID: referenceId(call),
    ResponseCode: page.length === 0 ? '1001' : '1000',
    ResponseMessage: page.length === 0 ? 'No transactions found' : 'Success',
    Response: [page.map((entry) => rowOf(entry, organisation))],
  });
}

/** `2026-11-14 08:00:00` in Nairobi → epoch in milliseconds. */
export function pullMoment(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.map(Number);
  const instant = instantFromNairobi({ year, month, day, hour, minute, second });
  return instant === undefined ? undefined : epochMsOf(instant);
}

const received = new Set<Entry['kind']>(['stk', 'c2b', 'standing-order']);

function paymentsBetween(
  { book }: World,
  { number }: Organisation,
  { since, to }: { since: number; to: number },
): Entry[] {
  return book.entries
    .filter(
      ({ shortcode, status, kind }) =>
        shortcode === number && status === 'completed' && received.has(kind),
    )
    .filter(({ completedAt, initiatedAt }) => {
      const at = epochMsOf(completedAt ?? initiatedAt);
      return at >= since && at < to + 1_000;
    })
    .toSorted((a, b) => (a.completedAt ?? '').localeCompare(b.completedAt ?? ''));
}

function rowOf(entry: Entry, organisation: Organisation): Record<string, string> {
  const shillings = String(entry.amountCents / 100);
  return {
    transactionId: entry.receipt ?? '',
    trxDate: pullTime(entry.completedAt ?? entry.initiatedAt),
    msisdn: (entry.msisdn ?? '').slice(3),
    sender: 'MPESA',
    transactiontype: organisation.kind === 'till' ? 'c2b-buy-goods-debit' : 'c2b-pay-bill-debit',
    billreference: entry.accountReference,
    amount: shillings.includes('.') ? shillings : `${shillings}.0`,
    organizationname: organisation.name,
  };
}
