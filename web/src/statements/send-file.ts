/** Sends one file with its progress. `fetch` cannot tell how much has left, so this uses XHR. */
import type { AcceptedStatement } from '../../../api/statements/schema.ts';
import {
  authorization,
  localProblem,
  problemOf,
  renewCredentials,
  RequestFailure,
} from '../request.ts';

export interface Sending {
  file: File;
  /** Given in advance for a locked PDF; travels in the form, never in the address. */
  password: string | null;
  /** The same for every try of one file, so that a repeated try cannot count twice. */
  idempotencyKey: string;
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

const pausesMs: readonly number[] = [700, 2500];

/** Uploads with two quiet retries when the network drops; throws `RequestFailure` otherwise. */
export async function sendFile(sending: Sending): Promise<AcceptedStatement> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await sendOnce(sending);
    } catch (fault) {
      const pauseMs = pausesMs[attempt];
      const isNetwork = fault instanceof RequestFailure && fault.problem.code === 'network';
      const isSignedOut = fault instanceof RequestFailure && fault.problem.status === 401;
      if (isSignedOut && attempt === 0 && (await renewCredentials())) continue;
      if (!isNetwork || pauseMs === undefined || sending.signal.aborted) throw fault;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function sendOnce({
  file,
  password,
  idempotencyKey,
  onProgress,
  signal,
}: Sending): Promise<AcceptedStatement> {
  const form = new FormData();
  if (password !== null) form.set('password', password);
  form.set('file', file, file.name);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', '/v1/statements');
    const headers = {
      ...authorization(),
      Accept: 'application/json',
      'Idempotency-Key': idempotencyKey,
    };
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    // The form adds a few hundred bytes around the file; never show more than the file has.
    call.upload.onprogress = (event) => onProgress(Math.min(event.loaded, file.size));
    call.onerror = () => reject(new RequestFailure(localProblem('network')));
    call.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) resolve(JSON.parse(call.responseText));
      else
        reject(
          new RequestFailure(
            problemOf(call.status, call.responseText, call.getResponseHeader('X-Request-Id')),
          ),
        );
    };
    signal.addEventListener('abort', () => call.abort());
    call.send(form);
  });
}
