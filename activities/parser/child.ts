/**
 * The program inside the cage: reads one request and one file from its input, writes frames to its
 * output, and ends. It has no environment, no network, no right to write or start anything.
 */
import { readChildInput, wholeFile } from './child-input.ts';
import { writeFrame } from './frame-writer.ts';
import type { ReaderFrame, ReaderRequest } from './frames.ts';

type Read = (
  file: AsyncIterable<Buffer>,
  request: ReaderRequest,
) => AsyncGenerator<ReaderFrame, void, void>;

/** Loads only the libraries this kind of file needs. */
async function readerFor({ mediaKind }: ReaderRequest): Promise<Read> {
  if (mediaKind === 'csv') return (await import('./read-csv.ts')).readCsv;
  const { readAtOnce } =
    mediaKind === 'pdf'
      ? { readAtOnce: (await import('./read-pdf.ts')).readPdf }
      : { readAtOnce: (await import('./read-workbook.ts')).readWorkbook };
  return async function* (file, request) {
    yield* readAtOnce(await wholeFile(file), request);
  };
}

// The output carries frames only: whatever a library wants to tell goes nowhere.
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
  console[method] = () => {};
}

const { request, file } = await readChildInput(process.stdin);
const read = await readerFor(request);
await writeFrame(process.stdout, { t: 'ready' });
for await (const frame of read(file, request)) {
  await writeFrame(process.stdout, frame);
  if (frame.t === 'needs') break;
}
await writeFrame(process.stdout, { t: 'end' });
