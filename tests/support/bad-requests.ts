/** Uploads that break the rules of HTTP or of multipart, and what each has to be told. */
import { smallExport } from './bad-inputs.ts';
import type { RawRequest } from './raw-http.ts';

export interface BadRequest {
  name: string;
  request: Omit<RawRequest, 'path'>;
  status: number;
  code: string | undefined;
}

const boundary = 'b0undary';
const formType = `Content-Type: multipart/form-data; boundary=${boundary}`;
const last = `--${boundary}--\r\n`;
const chunked = 'Transfer-Encoding: chunked';
const file = Buffer.from(smallExport('R00', [])).toString();

function part(name: string, content: string, fileName?: string): string {
  const named = fileName === undefined ? '' : `; filename="${fileName}"`;
  const head = `Content-Disposition: form-data; name="${name}"${named}`;
  return `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`;
}

/** A whole body with its length. */
function form(body: string): Omit<RawRequest, 'path'> {
  return { headers: [formType, `Content-Length: ${Buffer.byteLength(body)}`], body: [body] };
}

/** A multipart body whose file has this name as it stands. */
export function formNamed(fileName: string, bytes: Uint8Array): Omit<RawRequest, 'path'> {
  return form(part('file', Buffer.from(bytes).toString(), fileName) + last);
}

function chunk(content: string | Buffer): Buffer {
  const size = `${Buffer.byteLength(content).toString(16)}\r\n`;
  return Buffer.concat([Buffer.from(size), Buffer.from(content), Buffer.from('\r\n')]);
}

/** The same piece again and again, until the server has had enough. */
async function* endless(first: string, piece: Buffer): AsyncGenerator<Buffer> {
  yield chunk(first);
  const repeated = chunk(piece);
  for (;;) yield repeated;
}

/** One byte now and then, for as long as anybody listens. */
async function* trickle(first: string, everyMs: number): AsyncGenerator<Buffer> {
  yield chunk(first);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield chunk('x');
  }
}

const openFile = (head: string) => part('file', head, 'a.csv').slice(0, -2);
const piece = Buffer.alloc(64 * 1024, 'x');

/** Refused at once. */
export const badRequests: readonly BadRequest[] = [
  {
    name: 'no boundary',
    request: { headers: ['Content-Type: multipart/form-data', 'Content-Length: 0'] },
    status: 400,
    code: 'malformed-multipart',
  },
  malformed('ten thousand parts', part('password', 'x').repeat(10_000) + last),
  malformed('two files', part('file', file, 'a.csv') + part('file', file, 'b.csv') + last),
  malformed('a field twice', part('password', 'a').repeat(2) + part('file', file, 'a.csv') + last),
  malformed('a field of nobody', part('tenantId', 'x') + part('file', file, 'a.csv') + last),
  malformed('no file', part('password', 'x') + last),
  malformed('a file under another name', part('upload', file, 'a.csv') + last),
  malformed('a body that stops inside the file', part('file', file, 'a.csv').slice(0, -40)),
  malformed('nothing but the end', last),
  {
    name: 'packed in transit',
    request: { headers: [formType, 'Content-Encoding: gzip', 'Content-Length: 0'] },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'no type at all',
    request: { headers: [`Content-Length: ${file.length}`], body: [file] },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'a length beyond every limit',
    request: { headers: [formType, 'Content-Length: 9999999999'], body: [openFile('x')] },
    status: 413,
    code: 'file-too-large',
  },
  {
    name: 'a length and chunks at once',
    request: { headers: [formType, chunked, 'Content-Length: 5'], body: ['0\r\n\r\n'] },
    status: 400,
    code: 'malformed-request',
  },
  {
    name: 'a length that is no number',
    request: { headers: [formType, 'Content-Length: 0x10'], body: [last] },
    status: 400,
    code: 'malformed-request',
  },
  {
    name: 'chunks of a file that never end',
    request: { headers: [formType, chunked], body: endless(openFile('%PDF-1.7\n'), piece) },
    status: 413,
    code: 'file-too-large',
  },
  {
    name: 'chunks before the first part that never end',
    request: { headers: [formType, chunked], body: endless('preamble', piece) },
    status: 413,
    code: 'file-too-large',
  },
];

function malformed(name: string, body: string): BadRequest {
  return { name, request: form(body), status: 400, code: 'malformed-multipart' };
}

/** Refused after the quarter of a minute a body may hardly move. */
export const slowRequests: readonly BadRequest[] = [
  {
    name: 'a byte every three seconds',
    request: { headers: [formType, chunked], body: trickle(openFile('Receipt No'), 3_000) },
    status: 408,
    code: 'request-timeout',
  },
  {
    name: 'silence in the middle of the file',
    request: { headers: [formType, 'Content-Length: 5000'], body: [openFile('Receipt No')] },
    status: 408,
    code: 'request-timeout',
  },
];

/** Three megabytes of a file that should have been longer, and then nobody. */
export const vanishing: Omit<RawRequest, 'path'> = {
  headers: [formType, 'Content-Length: 9000000'],
  body: [openFile('%PDF-1.7\n'), ...Array<Buffer>(48).fill(piece)],
  hangsUp: true,
};
