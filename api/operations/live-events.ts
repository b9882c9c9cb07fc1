/** What every route of live events has in common: how it is asked, what it says of itself, its answer. */
import { z } from 'zod';
import type { TenantHandle } from '../../db/database.ts';
import type { OperationId } from '../../domain/ids.ts';
import { operationChannel } from '../../domain/redis-keys.ts';
import { readOwn } from '../own-data.ts';
import type { Call, Streamed } from '../route.ts';
import { streamEvents } from './event-stream.ts';
import type { StoredEvent } from './feed.ts';

const mediaType = 'text/event-stream';

/** The description of such a route; `what` names the shape of its events. */
export function describeLiveEvents(what: string): string {
  return `${what}: the sequence number is the SSE id, so a client that reconnects with Last-Event-ID misses nothing. The stream ends after \`finished\` and when the token expires. With \`Upgrade: websocket\` the same events come as messages \`{"id", "type", "data"}\` of a WebSocket, which closes with 1000 after \`finished\` and with 1008 when access is over. A browser offers the protocols \`daftari.v1\`, \`bearer.{token}\` and, to go on, \`after.{id}\`; nothing sent there is read.`;
}

export const lastEventId = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
});

export const liveEventsResponses = {
  200: { description: 'Events', media: [mediaType] },
} as const;

export interface LiveEvents {
  /** Its nudges say that there may be more. */
  operationId: OperationId;
  headers: z.infer<typeof lastEventId>;
  /** Events after this sequence number, oldest first. */
  load(t: TenantHandle, afterSeq: number): Promise<readonly StoredEvent[]>;
}

/** The answer: events from where the client left off, until all is told or access is over. */
export function liveEvents(
  call: Call,
  { operationId, headers, load }: LiveEvents,
): { status: 200; body: Streamed } {
  const { authentication, live, now } = call.dependencies;
  const { tenantId, expiresAt } = call.principal;
  const source = {
    load: (afterSeq: number) => readOwn(call, (t) => load(t, afterSeq)),
    listen: (nudge: () => void) => live.listen(operationChannel(tenantId, operationId), nudge),
    endsAfterMs: expiresAt * 1000 - now(),
    onRevoked: (end: () => void) => authentication.watch(call.principal, end),
  };
  const afterSeq = Number(headers['last-event-id'] ?? 0);
  return {
    status: 200,
    body: { mediaType, write: (response) => streamEvents(response, source, afterSeq) },
  };
}
