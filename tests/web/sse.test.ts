import fc from 'fast-check';
import { cutEvents, readEventStream, type SseEvent } from '../../web/src/statements/sse.ts';

const text =
  'retry: 2000\n\n: still here\n\nid: 1\nevent: stage\ndata: {"stage":"received"}\n\n' +
  'id: 2\r\nevent: stage\r\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 3\ndata: last\n\n';

const expected: SseEvent[] = [
  { id: '1', event: 'stage', data: '{"stage":"received"}' },
  { id: '2', event: 'stage', data: '{"a":\n1}' },
  { id: '3', event: 'message', data: 'last' },
];

function chunked(bytes: Uint8Array, sizes: readonly number[]): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[turn++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

describe('server-sent events', () => {
  test('whole events are cut off and the beginning of the next one is kept', () => {
    const { events, rest } = cutEvents(`${text}id: 4\nda`);

    expect(events).toEqual(expected);
    expect(rest).toBe('id: 4\nda');
  });

  test('events are the same however the network cuts the bytes', async () => {
    const bytes = new TextEncoder().encode(text.replace('last', 'Njĩrĩ € 🙂'));
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(sizes, async (cuts) => {
        const seen: SseEvent[] = [];

        await readEventStream(new Response(chunked(bytes, cuts)), (event) => seen.push(event));

        expect(seen).toEqual([
          ...expected.slice(0, 2),
          { id: '3', event: 'message', data: 'Njĩrĩ € 🙂' },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test('a response without a body is a fault, not an end', async () => {
    await expect(readEventStream(new Response(null), () => undefined)).rejects.toThrow('no body');
  });
});
