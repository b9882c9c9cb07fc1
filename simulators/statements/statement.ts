/**
 * The statement generator: invents an account, prints it in one of the known layouts, and says to
 * the cent what the file contains. The same options give the same bytes, except that PDFs locked
 * with AES carry random initialisation vectors and workbooks may carry none; the truth is always
 * the same.
 */
import { add, cents, zero } from '../../domain/money.ts';
import type { Cents } from '../../domain/money.ts';
import { composeDraft } from './compose.ts';
import type { Draft, DraftRow } from './draft.ts';
import { layouts } from './layouts/catalogue.ts';
import type { Layout, WrittenFile } from './layouts/layout.ts';
import { applyMutations } from './mutations/apply.ts';
import { appendRevision } from './mutations/revision.ts';
import { completeOptions } from './options.ts';
import type { CompleteOptions, StatementOptions } from './options.ts';
import type { StatementTruth, TruthRow } from './truth.ts';

export interface GeneratedStatement {
  bytes: Uint8Array;
  /** A name as the channel of the layout would give it. */
  fileName: string;
  truth: StatementTruth;
}

/**
 * Generates one statement file and its truth. Throws a RangeError when an option makes no sense or
 * a mutation cannot be applied to the layout.
 */
export async function generateStatement(options: StatementOptions): Promise<GeneratedStatement> {
  const complete = completeOptions(options);
  const layout = layouts[complete.layout];
  const draft = composeDraft(complete, layout);
  applyMutations(draft, { names: complete.mutations, seed: complete.seed });
  const written = await writeFile(layout, draft);
  const bytes = draft.byteEdits.reduce((all, edit) => edit(all), written.bytes);
  return { bytes, fileName: fileNameOf(complete, layout), truth: truthOf(draft, layout, written) };
}

async function writeFile(layout: Layout, draft: Draft): Promise<WrittenFile> {
  const written = await layout.write(draft);
  if (draft.firstVersion === undefined) return written;
  const first = await layout.write(draft.firstVersion);
  return { ...written, bytes: appendRevision(first.bytes, written.bytes) };
}

function fileNameOf(options: CompleteOptions, layout: Layout): string {
  const marks = options.mutations.length === 0 ? '' : `_${options.mutations.join('_')}`;
  return `${layout.name}_${options.seed}_${options.from}${marks}.${layout.extension}`;
}

function truthOf(draft: Draft, layout: Layout, written: WrittenFile): StatementTruth {
  const isRefused = draft.mutations.some(({ expectation }) => expectation.problem !== undefined);
  const printed = isRefused ? [] : written.rows;
  const readable = printed.filter((row) => row.reject === undefined);
  const { openingCents, closingCents } = draft.printed;
  return {
    layout: draft.layout,
    format: layout.format,
    account: draft.account,
    period: draft.period,
    rowCount: readable.length,
    rows: readable.map((row) => truthRow(row, draft.printing.hasBalanceColumn)),
    rejects: printed.flatMap(({ receipt, reject }) =>
      reject === undefined ? [] : [{ receipt, reason: reject }],
    ),
    totals: movedTotals(readable),
    openingCents,
    closingCents,
    ...(layout.format === 'personal-b' && { verificationCode: draft.verificationCode }),
    pageCount: written.pageCount,
    mutations: draft.mutations,
  };
}

function truthRow(row: DraftRow, hasBalance: boolean): TruthRow {
  const { receipt, completedAt, details, status, inCents, outCents, purpose, parentReceipt } = row;
  const moved = status === 'completed';
  return {
    receipt,
    completedAt,
    details,
    status,
    inCents: moved ? inCents : zero,
    outCents: moved ? outCents : zero,
    ...(!moved && { attemptedCents: add(inCents, outCents) }),
    balanceCents: hasBalance ? row.balanceCents : null,
    purpose,
    ...(parentReceipt !== undefined && { parentReceipt }),
  };
}

function movedTotals(rows: readonly DraftRow[]): { inCents: Cents; outCents: Cents } {
  let inCents = 0;
  let outCents = 0;
  for (const row of rows) {
    if (row.status !== 'completed') continue;
    inCents += row.inCents;
    outCents += row.outCents;
  }
  return { inCents: cents(inCents), outCents: cents(outCents) };
}
