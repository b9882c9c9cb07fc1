/** Reads an upload in either form: multipart with a part named `file`, or the bytes themselves. */
import busboy from 'busboy';
import type { Request } from 'express';
import { maskCardNumbers } from '../../domain/card-number.ts';
import { followed, openDigest, type DigestCheck } from '../content-digest.ts';
import { problem, type Problem } from '../problems.ts';
import { takeBytes, type ReceivedFile, type UploadSink } from './byte-intake.ts';

export interface ReceivedUpload {
  file: ReceivedFile;
  password: string | undefined;
}

/** No upload may be larger: the largest file and what multipart writes around it. */
const requestBytesMax = 64 * 1024 * 1024 + 64 * 1024;
/** A body has to move by this much in this time: one byte now and then only keeps a socket busy. */
const idleMs = 15_000;
const leastBytes = 1024;
const rawTypes = new Set([
  'application/octet-stream',
  'application/pdf',
  'text/csv',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
]);

/** The upload, or why it is refused; rejects when the sink fails. */
export async function receiveUpload(
  request: Request,
  sink: UploadSink,
): Promise<ReceivedUpload | Problem> {
  if (Number(request.get('content-length') ?? 0) > requestBytesMax) {
    return problem('file-too-large');
  }
  const type = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if ((request.get('content-encoding') ?? 'identity') !== 'identity') {
    return problem('unsupported-media-type');
  }
  const isForm = type === 'multipart/form-data';
  if (!isForm && !rawTypes.has(type)) return problem('unsupported-media-type');
  const digest = openDigest(request);
  if ('problem' in digest) return digest;
  const received = await (isForm ? receiveForm : receiveRaw)(request, sink, digest);
  return 'problem' in received ? received : (digest.mismatch() ?? received);
}

/** Like every refusal here it settles once; what the stream does afterwards no longer matters. */
function receiveRaw(
  request: Request,
  sink: UploadSink,
  digest: DigestCheck,
): Promise<ReceivedUpload | Problem> {
  return new Promise((resolve, reject) => {
    const stopWatching = watchStalls(request, { bytesMax: requestBytesMax, refuse: resolve });
    takeBytes(followed(keptOpen(request), digest), fileNameOf(request.get('x-file-name')), sink)
      .then((file) => ('problem' in file ? file : { file, password: undefined }))
      .then(resolve, reject)
      .finally(stopWatching);
  });
}

/** Iterates a request without destroying its connection when the loop is left early. */
export async function* keptOpen(request: Request): AsyncGenerator<Buffer> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk;
}

function receiveForm(
  request: Request,
  sink: UploadSink,
  digest: DigestCheck,
): Promise<ReceivedUpload | Problem> {
  const form = openForm(request);
  if (form === undefined) {
    const detail = 'The Content-Type has no usable boundary.';
    return Promise.resolve(problem('malformed-multipart', { detail }));
  }
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      stopWatching();
      request.unpipe(form);
      settle();
    };
    const refuse = (refusal: Problem) => finish(() => resolve(refusal));
    const stopWatching = watchStalls(request, { bytesMax: requestBytesMax, refuse });
    const fields = new Map<string, string>();
    let file: Promise<ReceivedFile | Problem> | undefined;
    const malformed = (detail: string) => refuse(problem('malformed-multipart', { detail }));

    form.on('field', (name, value, { valueTruncated }) => {
      if (fields.has(name) || !isField(name)) malformed('A field is repeated or does not belong.');
      else if (valueTruncated) malformed(`The field ${name} is too long.`);
      else fields.set(name, value);
    });
    form.on('file', (name, stream, { filename }) => {
      stream.on('error', () => {});
      if (name !== 'file' || file !== undefined) {
        stream.resume();
        malformed('There must be exactly one file, in the part named file.');
        return;
      }
      file = takeBytes(stream, fileNameOf(filename), sink);
      file.then(
        (taken) => 'problem' in taken && refuse(taken),
        (error: unknown) => finish(() => reject(error)),
      );
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      form.on(limit, () => malformed('There are too many parts.'));
    }
    form.on('error', () => malformed('The body is not well-formed multipart or ends early.'));
    form.on('close', () => {
      if (file === undefined) malformed('There is no part named file.');
      else
        file.then(
          (taken) => finish(() => resolve(withFields(taken, fields))),
          () => {},
        );
    });
    request.on('data', digest.add).pipe(form);
  });
}

function openForm(request: Request) {
  const limits = { parts: 4, files: 2, fields: 2, fieldNameSize: 64, fieldSize: 2_000 };
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { ...limits, headerPairs: 20 },
    });
  } catch {
    return undefined;
  }
}

function isField(name: string): boolean {
  return name === 'password';
}

function withFields(
  file: ReceivedFile | Problem,
  fields: ReadonlyMap<string, string>,
): ReceivedUpload | Problem {
  if ('problem' in file) return file;
  const password = fields.get('password');
  if (password !== undefined && password.length > 256) {
    const error = { in: 'body', pointer: '/password', detail: 'is too long' } as const;
    return problem('validation-failed', { errors: [error] });
  }
  return { file, password: password === '' ? undefined : password };
}

/** Gives up on a body that hardly moves for 15 seconds or never ends, or whose client has gone. */
export function watchStalls(
  request: Request,
  { bytesMax, refuse }: { bytesMax: number; refuse: (refusal: Problem) => void },
): () => void {
  const gone = () => refuse(problem('malformed-request', { detail: 'The upload was cut short.' }));
  // Counting the socket's bytes takes no part in the flow; a listener for `data` on the socket of a
  // request that waits for its handler stops the flow for good.
  const begin = request.socket.bytesRead;
  let seen = begin;
  let movedAt = performance.now();
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    if (bytesRead - begin > bytesMax) refuse(problem('file-too-large'));
    if (bytesRead - seen >= leastBytes) {
      seen = bytesRead;
      movedAt = performance.now();
    } else if (performance.now() - movedAt >= idleMs) {
      refuse(problem('request-timeout'));
    }
  }, 1_000);
  request.once('aborted', gone);
  return () => {
    clearInterval(timer);
    request.off('aborted', gone);
  };
}

/**
 * The last path segment without control characters and card numbers, at most 200 characters; never
 * a path.
 */
export function fileNameOf(given: string | undefined): string {
  const decoded = decodeName(given ?? '');
  const name = decoded.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex
  const clean = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
  const short = [...maskCardNumbers(clean.trim()).text].slice(0, 200).join('');
  return short === '' || short === '.' || short === '..' ? 'statement' : short;
}

function decodeName(given: string): string {
  try {
    return decodeURIComponent(given);
  } catch {
    return given;
  }
}
