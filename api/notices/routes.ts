/** What happened that concerns somebody: from what they may do follows what they are told. */
import { z } from 'zod';
import {
  listNotices,
  markAllRead,
  markRead,
  unreadNews,
  type Notice,
  type Reader,
} from '../../db/notices.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { noticeDays, noticeKinds, type NoticeKind } from '../../domain/notices/terms.ts';
import type { Permission } from '../auth/permissions.ts';
import { actorOf, mayDo, type Principal } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { pageFrom, positionIn } from '../page.ts';
import { idSchema, instantSchema, pageQuery } from '../primitives.ts';
import { route, type Route } from '../route.ts';
import { announceNotices } from './announce.ts';
import { liveUnread } from './live-unread.ts';
import { noticePage, noticeReading, unreadNotices, type notice } from './schema.ts';

const tag = 'Notices';
const auth = 'profile:read';
const unreadMax = 100;

/** Who is told, and what each kind is about. */
const kinds: Record<NoticeKind, readonly [Permission, IdKind | null]> = {
  'statement-posted': ['statements:read', 'statement'],
  'statement-review': ['statements:write', 'statement'],
  'statement-refused': ['statements:read', 'statement'],
  'statement-undone': ['statements:read', 'statement'],
  'payout-approval': ['disbursements:approve', 'disbursement'],
  'batch-approval': ['disbursements:approve', 'payoutBatch'],
  'payouts-paid': ['disbursements:read', null],
  'payouts-failed': ['disbursements:read', null],
  'payout-unknown': ['disbursements:read', 'disbursement'],
  'batch-finished': ['disbursements:read', 'payoutBatch'],
  'money-waiting': ['unallocated:resolve', null],
  'payment-double': ['collections:read', 'collection'],
  'collection-unresolved': ['collections:read', 'collection'],
  'balance-crossed': ['ledger:read', 'ledgerAccount'],
  'balance-low': ['shortcodes:read', 'shortcode'],
  'callback-quarantined': ['shortcodes:manage', 'callback'],
  'export-ready': ['tenant:export', 'tenantExport'],
  'download-ready': ['transactions:read', 'download'],
  'files-leaving': ['tenant:export', null],
  'breach-told': ['breaches:read', 'breach'],
  'breach-near': ['breaches:read', 'breach'],
  'breach-over': ['breaches:read', 'breach'],
  'account-device': ['profile:read', null],
  'account-password': ['profile:read', null],
  'account-factor': ['profile:read', null],
  'account-key': ['profile:read', 'apiKey'],
  'account-role': ['profile:read', null],
};

function readerOf(principal: Principal): Reader {
  const { userId } = principal;
  const told = noticeKinds.filter((kind) => mayDo(principal, kinds[kind][0]));
  return { userId, actor: actorOf(principal), kinds: told };
}

const position = z.strictObject({ at: instantSchema, id: idSchema('notice') });

const list = route({
  method: 'get',
  path: '/v1/notices',
  tag,
  summary: 'What happened that concerns you, latest first',
  description: `Notices are kept for ${noticeDays} days. Which ones you get follows from what you
may do; nobody is told of what they asked for themselves and another has to approve.`,
  auth,
  request: {
    query: z.strictObject({
      unread: z.enum(['true']).optional().describe('Only what you have not read'),
      ...pageQuery(100),
    }),
  },
  responses: { 200: { description: 'One page', schema: noticePage } },
  problems: ['invalid-cursor'],
  handler: async ({ query }, call) => {
    const after = positionIn(call, query, position);
    const page = {
      ...{ isUnread: query.unread !== undefined, limit: query.limit + 1 },
      ...(after === undefined ? {} : { after }),
    };
    const { principal } = call;
    const rows = await readOwn(call, (t) => listNotices(t, readerOf(principal), page));
    const place = ({ at, id }: Notice): z.input<typeof position> => ({
      ...{ at, id: toPublicId('notice', id) },
    });
    return { status: 200, body: pageFrom(call, query, { rows, show, position: place }) };
  },
});

const unread = route({
  method: 'get',
  path: '/v1/notices/unread',
  tag,
  summary: 'How many notices you have not read',
  auth,
  request: {},
  responses: { 200: { description: 'The count', schema: unreadNotices } },
  problems: [],
  handler: async (_input, call) => {
    const { principal } = call;
    const { count } = await readOwn(call, (t) => unreadNews(t, readerOf(principal), unreadMax));
    return { status: 200, body: { count } };
  },
});

const read = route({
  method: 'post',
  path: '/v1/notices/read',
  tag,
  summary: 'Note that you have read some notices, or all of them',
  auth,
  request: { body: noticeReading },
  responses: { 204: { description: 'They are read' } },
  problems: [],
  handler: async ({ body: { ids } }, call) => {
    const { principal, dependencies } = call;
    const reader = readerOf(principal);
    await changeOwn(call, (t) =>
      ids === undefined ? markAllRead(t, reader) : markRead(t, reader, ids),
    );
    announceNotices(dependencies, principal.tenantId);
    return { status: 204 as const, body: undefined };
  },
});

function show({ subjectId, ...told }: Notice): z.input<typeof notice> {
  const [, subject] = kinds[told.kind];
  const isOfOne = subject !== null && subjectId !== null;
  return {
    ...told,
    id: toPublicId('notice', told.id),
    subjectId: isOfOne ? toPublicId(subject, id(subject, subjectId)) : null,
    currency: told.amountCents === null ? null : 'KES',
  };
}

export const noticeRoutes: readonly Route[] = [
  list,
  unread,
  liveUnread(readerOf, { tag, unreadMax }),
  read,
];
