/** Reads an upload in either form: multipart with a part named `file`, or the bytes themselves. */
import busboy from 'busboy';
import type { Request } from 'express';
import { maskCardNumbers } from '../../domain/card-number.ts';
import { followed, openDigest, type DigestCheck } from '../content-digest.ts';
import { problem, type Problem } from '../problems.ts';
import { takeBytes, type Intake, type ReceivedFile, type UploadSink } from './byte-intake.ts';

export interface ReceivedUpload<Kind> {
  file: ReceivedFile<Kind>;
  password: string | undefined;
}

/** What multipart writes around a file, at most. */
const aroundBytesMax = 64 * 1024;
/** A body has to move by this much in this time: one byte now and then only keeps a socket busy. */
const idleMs = 15_000;
const leastBytes = 1024;

interface Into<Kind> {
  sink: UploadSink;
  intake: Intake<Kind>;
}

/** The upload, or why it is refused; rejects when the sink fails. */
export async function receiveUpload<Kind>(
  request: Request,
  into: Into<Kind>,
): Promise<ReceivedUpload<Kind> | Problem> {
  if (Number(request.get('content-length') ?? 0) > requestBytesMax(into)) {
    return problem('file-too-large');
  }
  const type = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if ((request.get('content-encoding') ?? 'identity') !== 'identity') {
    return problem('unsupported-media-type');
  }
  const isForm = type === 'multipart/form-data';
  if (!isForm && !into.intake.types.has(type)) return problem('unsupported-media-type');
  const digest = openDigest(request);
  if ('problem' in digest) return digest;
  const received = await (isForm ? receiveForm : receiveRaw)(request, into, digest);
  return 'problem' in received ? received : (digest.mismatch() ?? received);
}

function requestBytesMax({ intake }: Into<unknown>): number {
  return intake.bytesMax + aroundBytesMax;
}

/** Like every refusal here it settles once; what the stream does afterwards no longer matters. */
function receiveRaw<Kind>(
  request: Request,
  into: Into<Kind>,
  digest: DigestCheck,
): Promise<ReceivedUpload<Kind> | Problem> {
  return new Promise((resolve, reject) => {
    const stopWatching = watchStalls(request, { bytesMax: requestBytesMax(into), refuse: resolve });
    const name = fileNameOf(request.get('x-file-name'), into.intake.unnamed);
    takeBytes(followed(keptOpen(request), digest), name, into)
      .then((file) => ('problem' in file ? file : { file, password: undefined }))
      .then(resolve, reject)
      .finally(stopWatching);
  });
}

/** Iterates a request without destroying its connection when the loop is left early. */
export async function* keptOpen(request: Request): AsyncGenerator<Buffer> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk;
}

function receiveForm<Kind>(
  request: Request,
  into: Into<Kind>,
  digest: DigestCheck,
): Promise<ReceivedUpload<Kind> | Problem> {
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
    const stopWatching = watchStalls(request, { bytesMax: requestBytesMax(into), refuse });
    const fields = new Map<string, string>();
    let file: Promise<ReceivedFile<Kind> | Problem> | undefined;
    const malformed = (detail: string) => refuse(problem('malformed-multipart', { detail }));

    form.on('field', (name, value, { valueTruncated }) => {
      const isKnown = into.intake.fields.has(name);
      if (fields.has(name) || !isKnown) malformed('A field is repeated or does not belong.');
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
      file = takeBytes(stream, fileNameOf(filename, into.intake.unnamed), into);
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

function withFields<Kind>(
  file: ReceivedFile<Kind> | Problem,
  fields: ReadonlyMap<string, string>,
): ReceivedUpload<Kind> | Problem {
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
function fileNameOf(given: string | undefined, unnamed: string): string {
  const decoded = decodeName(given ?? '');
  const name = decoded.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex
  const clean = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
  const short = [...maskCardNumbers(clean.trim()).text].slice(0, 200).join('');
  return short === '' || short === '.' || short === '..' ? unnamed : short;
}

function decodeName(given: string): string {
  try {
    return decodeURIComponent(given);
  } catch {
    return given;
  }
}
