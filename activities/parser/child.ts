/**
 * The program inside the cage: reads one request and one file from its input, writes frames to its
 * output, and ends. It has no environment, no network, no right to write or start anything.
 */
import { readChildInput, wholeFile } from './child-input.ts';
import type { ReaderFrame } from './frames.ts';
import { writeFrame } from './frame-writer.ts';

// The output carries frames only: whatever a library wants to tell goes nowhere.
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
  console[method] = () => {};
}

async function* framesFromFile(): AsyncGenerator<ReaderFrame, void, void> {
  const { request, file } = await readChildInput(process.stdin);
  if (request.mediaKind === 'pdf') {
    const { readPdf } = await import('./read-pdf.ts');
    yield* readPdf(await wholeFile(file), request);
  } else if (request.mediaKind === 'csv') {
    const { readCsv } = await import('./read-csv.ts');
    yield* readCsv(file, request);
  } else {
    const { readWorkbook } = await import('./read-workbook.ts');
    yield* readWorkbook(await wholeFile(file), request);
  }
}

for await (const frame of framesFromFile()) {
  await writeFrame(process.stdout, frame);
  if (frame.t === 'needs') break;
}
await writeFrame(process.stdout, { t: 'end' });
