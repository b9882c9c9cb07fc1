/** Payment links, and the page a payer sees. */
import type { PaymentLink } from '../../../api/payment-links/schema.ts';
import { cents } from '../../../domain/money.ts';
import { invoiceLines } from './fixture-invoices.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

function aLink(number: number, differences: Partial<PaymentLink>): PaymentLink {
  return {
    ...{ id: publicId('plk', number), status: 'open', title: 'Shamba rent', reference: 'SHAMBA' },
    ...{ amountCents: cents(450_000), currency: 'KES', isReusable: false, customerId: null },
    ...{ invoiceId: null },
    ...{ paidCents: cents(0), paidCount: 0, shortcodeId: publicId('shc', 1), expiresAt: null },
    ...{ url: `https://pay.example.co.ke/pay/${'0c'.repeat(24)}`, createdAt: ago(7_000) },
    ...{ closedAt: null, version: 1 },
    ...differences,
  };
}

export const fixtureLinks: readonly PaymentLink[] = [
  aLink(1, {}),
  aLink(2, {
    ...{ title: 'School fees of the third term', reference: 'FEES-3', amountCents: null },
    ...{ isReusable: true, paidCents: cents(1_250_000), paidCount: 5 },
  }),
  aLink(3, { status: 'closed', closedAt: ago(100) }),
];

const page = {
  ...{ title: 'Shamba rent', business: 'Mama Njeri Traders', reference: 'SHAMBA' },
  ...{ amountCents: cents(450_000), currency: 'KES', state: 'open', request: null },
  ...{ promptMaxCents: cents(450_000), invoice: null },
  shortcode: { number: '600984', kind: 'paybill' },
};

const asked = {
  ...{ id: publicId('col', 2), status: 'prompted', words: null, receipt: null },
  ...{ promptEndsAt: ago(-48), resolvesBy: ago(-168) },
};

const invoicedPage = {
  ...{ ...page, title: 'INV-000042', reference: 'INV-000042', amountCents: cents(1_050_000) },
  promptMaxCents: cents(1_050_000),
  invoice: {
    ...{ dueOn: '2026-11-14', isOverdue: true, totalCents: 1_250_000, paidCents: 200_000 },
    lines: invoiceLines,
  },
};

/** What anybody gets who was given a link; undefined for other paths. */
export function answerPayer(url: URL, isPost: boolean): unknown {
  if (!url.pathname.startsWith('/v1/pay/')) return undefined;
  if (isPost) return asked;
  if (url.pathname.endsWith('/invoice')) return invoicedPage;
  return url.searchParams.has('request') ? { ...page, request: asked } : page;
}

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerLinks(url: URL, who: string, isPost: boolean): unknown {
  const path = url.pathname.slice('/v1'.length);
  if (path === '/payment-links' && isPost) return fixtureLinks[0];
  if (path === '/payment-links') {
    return { data: who === 'empty' ? [] : fixtureLinks, nextCursor: null, hasMore: false };
  }
  return fixtureLinks.find(({ id }) => path === `/payment-links/${id}/close`);
}
