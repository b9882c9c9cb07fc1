/** Reading live events as they come: `GET /v1/operations/{id}/events` and those like it. */

export interface ServerEvent {
  /** Asked for as `Last-Event-ID`, the stream goes on after this event. */
  id: number;
  type: string;
  data: unknown;
}

/** The events of one answer until it ends; throws when its connection breaks. */
export async function* serverEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  let buffer = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    buffer += text;
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** One block of an event stream; undefined for comments and settings. */
function parseEvent(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return {
    id: Number(fields.get('id') ?? 0),
    type: fields.get('event') ?? 'message',
    data: JSON.parse(data),
  };
}
