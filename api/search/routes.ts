/** One text looked for in everything its asker may read. */
import { z } from 'zod';
import { hitKinds, searchEverything, type Hit, type HitKind } from '../../db/search.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { readAsked } from '../../domain/search/asked.ts';
import type { Permission } from '../auth/permissions.ts';
import { mayDo } from '../auth/principal.ts';
import { wholeNumber } from '../filters.ts';
import { readOwn } from '../own-data.ts';
import { route, type Route } from '../route.ts';
import { searchAnswer } from './schema.ts';

/** Who may not read a kind does not find it. */
const readingOf: Record<HitKind, Permission> = {
  transaction: 'transactions:read',
  collection: 'collections:read',
  receivedPayment: 'collections:read',
  disbursement: 'disbursements:read',
  customer: 'collections:read',
  paymentLink: 'collections:read',
  invoice: 'collections:read',
  statement: 'statements:read',
  payoutBatch: 'disbursements:read',
  collectionBatch: 'collections:read',
  shortcode: 'shortcodes:read',
};

const search = route({
  method: 'get',
  path: '/v1/search',
  tag: 'Search',
  summary: 'Find a receipt, number, name, amount, reference or file in everything',
  description: `Receipts may be cut off behind four characters; words of names and details are
whole. Amounts, titles and file names are looked for among the latest 5,000 of a kind, names of
customers among the latest 10,000; transactions are found however old they are.`,
  auth: 'transactions:read',
  request: {
    query: z.strictObject({
      q: z.string().trim().min(2).max(120).describe('What was typed'),
      limit: wholeNumber(1, 10).default(5).describe('How many of each kind'),
    }),
  },
  responses: { 200: { description: 'What was found, by kind', schema: searchAnswer } },
  problems: [],
  handler: async ({ query: { q, limit } }, call) => {
    const { principal } = call;
    const kinds = hitKinds.filter((kind) => mayDo(principal, readingOf[kind]));
    const found = await readOwn(call, (t) =>
      searchEverything(t, { asked: readAsked(q), kinds, limit: limit + 1 }),
    );
    const data = found.map(({ kind, hits }) => ({
      kind,
      hits: hits.slice(0, limit).map((hit) => shown(kind, hit)),
      hasMore: hits.length > limit,
    }));
    return { status: 200, body: { data } };
  },
});

function shown(kind: HitKind, { by, ...hit }: Hit) {
  const currency = hit.amountCents === null ? null : ('KES' as const);
  return { ...hit, id: toPublicId(kind, id(kind, hit.id)), currency, matchedBy: by };
}

export const searchRoutes: readonly Route[] = [search];
