/** Takes the framed request off the child's input and leaves the bytes of the file. */
import type { ReaderRequest } from './frames.ts';

const headBytes = 64 * 1024;
const maxHeaderBytes = 1024 * 1024;

export interface ChildInput {
  request: ReaderRequest;
  /** The file in pieces; the first holds 64 kB unless the file is smaller. */
  file: AsyncGenerator<Buffer, void, void>;
}

/** Reads the header; throws when the parent speaks another protocol, which is a bug of ours. */
export async function readChildInput(stdin: AsyncIterable<Buffer>): Promise<ChildInput> {
  const chunks = stdin[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const hold = async (bytes: number): Promise<boolean> => {
    while (held.byteLength < bytes) {
      const { done, value } = await chunks.next();
      if (done === true) return false;
      held = Buffer.concat([held, value]);
    }
    return true;
  };
  if (!(await hold(4))) throw new Error('the input ended before the header');
  const length = held.readUInt32BE(0);
  if (length > maxHeaderBytes || !(await hold(4 + length))) throw new Error('no header');
  const request = parseRequest(held.toString('utf8', 4, 4 + length));
  held = held.subarray(4 + length);
  async function* file(): AsyncGenerator<Buffer, void, void> {
    await hold(headBytes);
    if (held.byteLength > 0) yield held;
    held = Buffer.alloc(0);
    while (true) {
      const { done, value } = await chunks.next();
      if (done === true) return;
      yield value;
    }
  }
  return { request, file: file() };
}

function parseRequest(text: string): ReaderRequest {
  const value: unknown = JSON.parse(text);
  if (!isRequest(value)) throw new Error('the header is no request');
  return value;
}

/** Our own parent wrote it, so a look at the two deciding members is enough. */
function isRequest(value: unknown): value is ReaderRequest {
  return typeof value === 'object' && value !== null && 'mediaKind' in value && 'mode' in value;
}

/** All bytes of the file at once, for formats that cannot be read from front to back. */
export async function wholeFile(file: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of file) pieces.push(piece);
  return Buffer.concat(pieces);
}
