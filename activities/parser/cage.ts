/**
 * Reads one statement file in a caged child process. The caller sees frames; whatever the file does
 * to the child (hang, eat memory, crash, talk nonsense) arrives as a named problem of the file, and
 * whatever happens to the child from outside is thrown as a fault that may be retried.
 */
import { resolve } from 'node:path';
import { instantFromEpochMs, type Instant } from '../../domain/time.ts';
import type { ColumnMapping, FileProblem, MediaKind } from '../../domain/statements/terms.ts';
import { openCage, type CagedProcess, type ProcessEnd } from './caged-process.ts';
import { feedChild, type Feeding } from './feed-child.ts';
import { createListener, needs, readerLimits } from './frames.ts';
import type { ReaderFrame, ReaderLimits, ReaderRequest } from './frames.ts';
import { splitLines } from './split-lines.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

export interface ReadOptions {
  mediaKind: MediaKind;
  mode: 'inspect' | 'read';
  /** Opens a locked PDF. It goes to the child in the framed header and is kept nowhere. */
  password?: string;
  mapping?: ColumnMapping;
  /** Rows completed after this are refused as lying in the future; the present when left out. */
  now?: Instant;
  limits?: Partial<ReaderLimits>;
  /** Ends the reading: the child is killed and the signal's reason is thrown. */
  signal?: AbortSignal;
  /** The child program; by default found from the project's root as working directory. */
  childPath?: string;
}

/** The child ended for a reason that is not the file's: worth another attempt. */
export class ReaderFault extends Error {
  override readonly name = 'ReaderFault';
}

/**
 * Reads `source` (the bytes of one file, in order) and yields frames as they come; the consumer's
 * pace holds the child back. The last frame is `report` (mode read), `facts` or `preview` (mode
 * inspect), or `needs`, after which any lines already received count for nothing. Throws
 * `ReaderFault` when the child was killed or could not start, the signal's reason when aborted, and
 * whatever `source` throws.
 */
export async function* readStatement(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<ReaderFrame, void, void> {
  options.signal?.throwIfAborted();
  const limits: ReaderLimits = { ...readerLimits, ...options.limits };
  const childPath = options.childPath ?? resolve('activities/parser/child.ts');
  const cage = await openCage(childPath, limits.heapMegabytes);
  const feeding = feedChild(cage.process.stdin, {
    source,
    request: requestOf(options, limits),
    onFault: cage.kill,
  });
  const watchdog = startWatchdog(cage, {
    feeding,
    limits,
    maxBytes: limits.maxBytes[options.mediaKind],
  });
  const onAbort = (): void => cage.kill();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  try {
    yield* framesOf({ cage, feeding, watchdog, options, limits });
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    watchdog.stop();
    feeding.stop();
    await cage.close();
  }
}

interface Reading {
  cage: CagedProcess;
  feeding: Feeding;
  watchdog: Watchdog;
  options: ReadOptions;
  limits: ReaderLimits;
}

async function* framesOf(reading: Reading): AsyncGenerator<ReaderFrame, void, void> {
  const { cage, watchdog, options, limits } = reading;
  let isUnderstood = true;
  let isReady = false;
  const listen = createListener();
  for await (const line of splitLines(cage.process.stdout, limits)) {
    const frame = typeof line === 'string' ? listen(line) : undefined;
    if (frame?.t === 'end') return;
    if (frame === undefined) {
      isUnderstood = false;
      break;
    }
    if (frame.t === 'ready') isReady = true;
    if (frame.t === 'ready' || frame.t === 'sayings') continue;
    watchdog.pause();
    yield frame;
    watchdog.resume();
  }
  if (!isUnderstood) cage.kill();
  const end = await cage.exited;
  options.signal?.throwIfAborted();
  yield explainEnd(end, reading, { isUnderstood, isReady });
}

function requestOf(options: ReadOptions, limits: ReaderLimits): ReaderRequest {
  return {
    mediaKind: options.mediaKind,
    mode: options.mode,
    now: options.now ?? instantFromEpochMs(Date.now()),
    ...(options.password !== undefined && { password: options.password }),
    ...(options.mapping && { mapping: options.mapping }),
    maxPages: limits.maxPages,
    maxRows: limits.maxRows,
    maxBytes: limits.maxBytes[options.mediaKind],
  };
}

/** The child fell silent before its `end`: says why, as a problem of the file or as a fault. */
function explainEnd(
  end: ProcessEnd,
  reading: Reading,
  { isUnderstood, isReady }: { isUnderstood: boolean; isReady: boolean },
): ReaderFrame {
  const { cage, feeding, watchdog, options } = reading;
  if (feeding.fault !== undefined) throw feeding.fault;
  if (end.startFault)
    throw new ReaderFault('the reader could not start', { cause: end.startFault });
  const reason = watchdog.reason;
  if (reason === 'size') {
    return needs(
      'file-too-large',
      tellFile('too-large', { megabytes: reading.limits.maxBytes[options.mediaKind] / 1_048_576 }),
    );
  }
  if (reason === 'time') {
    return needs('too-complex', tellFile('too-slow'));
  }
  if (!isReady)
    throw new ReaderFault(`the reader ended before it began (${end.code ?? end.signal})`);
  if (
    reason === 'memory' ||
    /heap out of memory|Array buffer allocation failed/i.test(cage.complaints())
  ) {
    return needs('too-complex', tellFile('too-much-memory'));
  }
  if (!isUnderstood) {
    return needs(malformed(options.mediaKind), tellFile('senseless'));
  }
  if (end.signal === 'SIGKILL' || end.signal === 'SIGTERM' || end.signal === 'SIGINT') {
    throw new ReaderFault(`the reader was ended from outside (${end.signal})`);
  }
  return needs(malformed(options.mediaKind), tellFile('damaged'));
}

function malformed(mediaKind: MediaKind): FileProblem {
  if (mediaKind === 'pdf') return 'malformed-pdf';
  return mediaKind === 'csv' ? 'malformed-csv' : 'malformed-workbook';
}
