/** Cuts a byte stream into lines without ever holding more than one line beyond what it was given. */

/**
 * Yields each line of UTF-8 text without its newline. When a line, or everything together, grows
 * beyond the limits it yields `undefined` once and ends.
 */
export async function* splitLines(
  stream: AsyncIterable<Buffer>,
  limits: { maxFrameBytes: number; maxOutputBytes: number },
): AsyncGenerator<string | undefined, void, void> {
  let pieces: Buffer[] = [];
  let pending = 0;
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.byteLength;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pieces.push(chunk.subarray(from, at));
      yield Buffer.concat(pieces).toString('utf8');
      pieces = [];
      pending = 0;
      from = at + 1;
    }
    pieces.push(chunk.subarray(from));
    pending += chunk.byteLength - from;
    if (pending > limits.maxFrameBytes || total > limits.maxOutputBytes) {
      yield undefined;
      return;
    }
  }
}
