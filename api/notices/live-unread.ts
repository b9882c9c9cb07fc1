/** The bell, live: how many notices wait to be read, told again whenever that changes. */
import { findMember } from '../../db/auth.ts';
import type { TenantHandle } from '../../db/database.ts';
import { unreadNews, type Reader } from '../../db/notices.ts';
import { noticesChannel } from '../../domain/redis-keys.ts';
import { streamEvents, type EventSource } from '../operations/event-stream.ts';
import type { Clock } from '../operations/live-channel.ts';
import { liveEventsResponses } from '../operations/live-events.ts';
import type { Principal } from '../auth/principal.ts';
import { readOwn } from '../own-data.ts';
import { route, type Call } from '../route.ts';

/** Every open page has a bell: without Redis they may not all ask every second. */
const bellClock: Clock = { withRedisMs: 60_000, withoutRedisMs: 15_000 };

/** `readerOf` says which kinds somebody of a role is told. */
export function liveUnread(
  readerOf: (principal: Principal) => Reader,
  facts: { tag: string; unreadMax: number },
) {
  return route({
    ...{ method: 'get', path: '/v1/notices/events', tag: facts.tag },
    summary: 'How many notices you have not read, live',
    description:
      'Server-sent events: `unread` with `{"count", "latestAt"}` comes first as it stands and then whenever it changes; counting stops at 100. The stream ends when access is over. With `Upgrade: websocket` the same events come over a WebSocket, as those of an operation do.',
    auth: 'profile:read',
    request: {},
    responses: liveEventsResponses,
    problems: [],
    handler: async (_input, call) => {
      const source = bellOf(call, readerOf, facts.unreadMax);
      const write = (response: Call['response']) => streamEvents(response, source, 0);
      return { status: 200, body: { mediaType: 'text/event-stream', write } };
    },
  });
}

function bellOf(
  call: Call,
  readerOf: (principal: Principal) => Reader,
  unreadMax: number,
): EventSource {
  const { principal, dependencies } = call;
  const { authentication, live, now } = dependencies;
  const { tenantId, expiresAt } = principal;
  const look = async (t: TenantHandle) => {
    // The role of this moment: whoever lost one is told of its kinds no longer.
    const member = await findMember(t, principal.userId);
    if (member === undefined) return undefined;
    return unreadNews(t, readerOf({ ...principal, role: member.role }), unreadMax);
  };
  let told: string | undefined;
  return {
    load: async (afterSeq) => {
      const news = await readOwn(call, look);
      const text = JSON.stringify(news);
      if (news === undefined || text === told) return [];
      told = text;
      return [{ seq: afterSeq + 1, type: 'unread', data: news }];
    },
    listen: (nudge) => live.listen(noticesChannel(tenantId), nudge, bellClock),
    endsAfterMs: expiresAt * 1000 - now(),
    onRevoked: (end) => authentication.watch(principal, end),
  };
}
