/** Following what goes on, across broken connections. */
import { serverEvents, type ServerEvent } from '../server-events.ts';
import type { Client } from './call.ts';
import { answered } from './refused.ts';

/** Events of an address after `lastId`, until its stream ends or its connection breaks. */
export async function* eventsAt(
  client: Client,
  url: string,
  lastId: number,
): AsyncGenerator<ServerEvent> {
  const asked = client.get<{ 200: ReadableStream<Uint8Array<ArrayBuffer>> }>({
    ...{ url, parseAs: 'stream', security: [{ scheme: 'bearer', type: 'http' }] },
    headers: { 'last-event-id': String(lastId) },
  });
  const body = await answered(asked);
  try {
    yield* serverEvents(body);
  } catch (error) {
    // A connection that broke is a stream that ended; asking anew finds out whether somebody is there.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Tells every event until the one called `finished`, which it answers. */
export async function untilFinished(
  client: Client,
  url: string,
  onEvent: (event: ServerEvent) => void,
): Promise<ServerEvent> {
  for (let lastId = 0; ;) {
    for await (const event of eventsAt(client, url, lastId)) {
      lastId = event.id;
      onEvent(event);
      if (event.type === 'finished') return event;
    }
  }
}
