/** Money in and out of the fixture business. */
import { answerCollections } from './fixture-collections.ts';
import { answerDesk } from './fixture-desk.ts';
import { answerInvoices } from './fixture-invoices.ts';
import { answerLinks } from './fixture-links.ts';
import { answerPayouts } from './fixture-payouts.ts';
import { answerPushLists } from './fixture-push-lists.ts';

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerMoney(url: URL, who: string, isPost: boolean): unknown {
  if (isPost && url.pathname.endsWith('/number')) return { msisdn: '254712345678' };
  return (
    answerCollections(url, who, isPost) ??
    answerPayouts(url, who, isPost) ??
    answerPushLists(url, who) ??
    answerDesk(url, who) ??
    answerInvoices(url, who, isPost) ??
    answerLinks(url, who, isPost)
  );
}
