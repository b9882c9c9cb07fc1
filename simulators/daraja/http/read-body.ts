import type { IncomingMessage } from 'node:http';

const mostBytes = 4 * 1024 * 1024;

/** The whole body as text; undefined when it is longer than 4 MiB. Throws when the connection breaks. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
