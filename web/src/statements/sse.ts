/** Server-sent events over `fetch`, because `EventSource` cannot send an Authorization header. */
export interface SseEvent {
  id: string;
  event: string;
  data: string;
}

/** Cuts complete events off `buffer`; `rest` is the beginning of the next one. Comments are dropped. */
export function cutEvents(buffer: string): { events: SseEvent[]; rest: string } {
  // A carriage return at the end may be half of a line break: it waits for the other half.
  const held = buffer.endsWith('\r') ? '\r' : '';
  const text = buffer.slice(0, buffer.length - held.length).replace(/\r\n?/g, '\n');
  const blocks = text.split('\n\n');
  const rest = `${blocks.pop() ?? ''}${held}`;
  const events = blocks.map(readBlock).filter((event) => event !== undefined);
  return { events, rest };
}

function readBlock(block: string): SseEvent | undefined {
  const event: SseEvent = { id: '', event: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    if (field === 'event') event.event = value;
    if (field === 'id') event.id = value;
  }
  return data.length === 0 ? undefined : { ...event, data: data.join('\n') };
}

const silenceMs = 40_000;

/**
 * Reads a response until it ends, handing over each event as it comes. The server sends a heartbeat
 * every 15 s: a longer silence means a dead connection and throws, so the caller can reconnect.
 */
export async function readEventStream(
  response: Response,
  onEvent: (event: SseEvent) => void,
): Promise<void> {
  if (response.body === null) throw new Error('the event stream has no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read());
      if (done) return;
      const cut = cutEvents(buffer + value);
      buffer = cut.rest;
      cut.events.forEach(onEvent);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function withinSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the event stream fell silent')), silenceMs);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}
