/**
 * A list as the answer to a request: the file, its media type and its name, and who took it along.
 * The audit log has it before the last byte leaves, so nobody has a whole list that nobody knows of.
 */
import { appendAudit } from '../../db/audit.ts';
import type { Sheet } from '../../activities/sheets/cells.ts';
import {
  counted,
  headingsFor,
  sheetFile,
  type Pieces,
} from '../../activities/sheets/sheet-file.ts';
import { clearFilter } from '../../domain/downloads/clear-filter.ts';
import type { FileFormat } from '../../domain/downloads/terms.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, ownTenant } from '../own-data.ts';
import type { Call, StepUp, Streamed } from '../route.ts';
import { streamed } from '../stream-body.ts';

export const sheetFormats = ['csv', 'xlsx'] as const;
type SheetFormat = (typeof sheetFormats)[number];

/** The media type of each format, as a route that answers with files declares it. */
export const fileMedia = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const satisfies Record<FileFormat, string>;

/** The media types a route that answers with `download` declares. */
export const sheetMedia = [fileMedia.csv, fileMedia.xlsx] as const;

/** What taking a whole list along asks for: rows leave the house, and nobody calls them back. */
export const exportStepUp = 'persons' satisfies StepUp;

/** What is taken along: which list, as what, and what was asked for; `name` is that of the file. */
export interface Taking {
  list: string;
  format: FileFormat;
  asked: Readonly<Record<string, unknown>>;
  name?: string;
}

interface FileReply {
  status: 200;
  body: Streamed;
  headers: Record<string, string>;
}

/** Streams rows as a sheet; texts that a spreadsheet would run as a formula start with `'`. */
export async function download<Row>(
  call: Call,
  sheet: Sheet<Row>,
  taking: Taking & { format: SheetFormat; batches: () => AsyncIterable<readonly Row[]> },
): Promise<FileReply> {
  const { format, batches } = taking;
  const tenant = await ownTenant(call);
  const headings = headingsFor(actorOf(call.principal), tenant.settings);
  return takeAlong(call, taking, (onRows) =>
    sheetFile(sheet, { format, headings }, counted(batches(), onRows)),
  );
}

/** Streams what `write` makes, which tells `onRows` how many rows it reads. */
export function takeAlong(
  call: Call,
  taking: Taking,
  write: (onRows: (count: number) => void) => Pieces,
): FileReply {
  const { list, format, name = list } = taking;
  const type = format === 'csv' ? `${fileMedia.csv}; charset=utf-8` : fileMedia[format];
  return {
    status: 200,
    body: streamed(type, () => noted(call, taking, write)),
    headers: { 'Content-Disposition': `attachment; filename="${name}.${format}"` },
  };
}

async function* noted(
  call: Call,
  { list, format, asked }: Taking,
  write: (onRows: (count: number) => void) => Pieces,
): AsyncGenerator<string | Uint8Array> {
  let rows = 0;
  let isWhole = false;
  try {
    yield* write((count) => (rows += count));
    isWhole = true;
  } finally {
    const { principal, requestId } = call;
    const what = takingOf(list, { format, rows, isWhole, filter: clearFilter(asked) });
    await changeOwn(call, (t) => appendAudit(t, { actor: actorOf(principal), ...what, requestId }));
  }
}

/** What the audit log says of a list that was taken along. */
export function takingOf(list: string, detail: Readonly<Record<string, unknown>>) {
  return { action: 'list.download', objectKind: 'list', objectId: list, detail } as const;
}
