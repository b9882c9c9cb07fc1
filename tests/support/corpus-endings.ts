/** How each input of the corpus ends, to the row: what a person would see on its page. */
import type { RejectReason } from '../../domain/statements/terms.ts';
import type { Ending, FullStatement } from './corpus-run.ts';
import type { CorpusStage } from './corpus-stage.ts';

type Expected =
  | { at: 'door'; httpStatus: number; code: string }
  | {
      at: 'end';
      status: string;
      verdict: string | null;
      /** Several only where the speed of the machine decides which limit is reached first. */
      problems: readonly (string | null)[];
      rowCount: number;
      reasons: readonly RejectReason[];
    };

function door(httpStatus: number, code: string): Expected {
  return { at: 'door', httpStatus, code };
}

function stopped(status: string, ...problems: readonly string[]): Expected {
  return { at: 'end', status, verdict: null, problems, rowCount: 0, reasons: [] };
}

const refused = (...problems: readonly string[]): Expected => stopped('refused', ...problems);

function posted(rowCount: number): Expected {
  const verdict = 'proven';
  return { at: 'end', status: 'posted', verdict, problems: [null], rowCount, reasons: [] };
}

function review(rowCount: number, ...reasons: readonly RejectReason[]): Expected {
  const verdict = 'needsReview';
  return { at: 'end', status: 'waiting-review', verdict, problems: [null], rowCount, reasons };
}

const malformedAmount = 'amount-malformed';
const shortRow = 'columns-missing';

/** By the name of the input. */
const expectedEndings: Readonly<Record<string, Expected>> = {
  'empty-pdf': door(422, 'empty-file'),
  'empty-csv': door(422, 'empty-file'),
  'over-the-cap-pdf': door(413, 'file-too-large'),
  'over-the-cap-csv': door(413, 'file-too-large'),
  'program-pdf': door(415, 'unsupported-type'),
  'web-page-pdf': door(415, 'unsupported-type'),
  'picture-pdf': door(415, 'unsupported-type'),
  'polyglot-pdf': door(415, 'unsupported-type'),
  'locked-without-password': stopped('waiting-password', 'password-needed'),
  'locked-wrong-password': stopped('waiting-password', 'password-wrong'),
  'locked-rc4-40': posted(60),
  'locked-rc4-128': posted(60),
  'locked-aes-128': posted(60),
  'locked-aes-256': posted(60),
  'giant-content': refused('too-complex'),
  'billion-draws': refused('no-text-layer'),
  'circular-page-tree': refused('malformed-pdf'),
  'cyclic-form': refused('malformed-pdf'),
  'cyclic-type3-font': refused('unknown-layout'),
  'references-missing': refused('malformed-pdf'),
  'references-shifted': posted(120),
  'header-only': refused('malformed-pdf'),
  'noise-after-header': refused('malformed-pdf'),
  'catalog-gone': posted(120),
  'ten-thousand-pages': refused('too-many-pages'),
  'million-text-operators': refused('too-complex'),
  'flate-bomb-in-bomb': refused('too-complex'),
  'launch-action': posted(120),
  'uri-action': posted(120),
  'additional-actions': posted(120),
  'xfa-form': posted(120),
  'active-content-personal-b': posted(180),
  'font-matrix-script': refused('unknown-layout'),
  'font-matrix-fetch': refused('unknown-layout'),
  'scanned-personal-b': refused('no-text-layer'),
  'other-bank-personal-b': refused('unknown-layout'),
  'page-missing-personal-b': review(146),
  'pages-swapped-personal-b': review(180),
  'two-exports-in-one': review(360, ...Array<RejectReason>(6).fill(shortRow)),
  'truncated-personal-b': refused('malformed-pdf'),
  'truncated-classic-csv': review(161, shortRow),
  'truncated-newer-xlsx': refused('malformed-workbook'),
  'truncated-classic-xls': refused('malformed-workbook'),
  'overlapping-period-classic-csv': posted(180),
  'duplicate-receipt-other-amount-classic-csv': review(180),
  'odd-receipts': review(7, ...Array<RejectReason>(4).fill('receipt-malformed')),
  'odd-amounts': review(
    8,
    malformedAmount,
    'amount-missing',
    ...Array<RejectReason>(6).fill(malformedAmount),
    'amount-missing',
  ),
  'both-and-neither': review(5, 'amount-both-columns', 'amount-missing', 'amount-missing'),
  'odd-dates': review(
    5,
    'time-impossible',
    'time-impossible',
    'time-out-of-range',
    'time-out-of-range',
    'time-out-of-range',
    'time-impossible',
    'time-malformed',
    'time-malformed',
  ),
  'neither-day-nor-month': review(5, 'time-impossible'),
  'day-or-month': stopped('waiting-mapping', 'dates-ambiguous'),
  'edited-balance-classic-csv': review(180),
  'one-cent-off': review(6),
  'utf8-bom': posted(8),
  'utf16le-bom': posted(8),
  'utf16be-bom': posted(8),
  latin1: posted(8),
  'carriage-returns': posted(8),
  'mixed-line-endings': posted(8),
  'duplicate-header': refused('columns'),
  'missing-header': refused('columns'),
  'extra-column': posted(8),
  'reordered-columns': posted(8),
  'localised-header': stopped('waiting-mapping', 'mapping-needed'),
  'unclosed-quote': refused('malformed-csv'),
  'field-of-50-megabytes': refused('malformed-csv'),
  'ten-thousand-columns': refused('columns'),
  'million-empty-lines': posted(8),
  'nul-bytes': review(7, 'text-not-storable'),
  'lone-surrogate': review(7, 'text-not-storable'),
  'right-to-left-override': posted(8),
  'zero-width': posted(8),
  homoglyphs: posted(8),
  'prototype-header': refused('columns'),
  'constructor-header': refused('columns'),
  'formula-1': posted(8),
  'formula-2': posted(8),
  'formula-3': posted(8),
  'formula-4': posted(8),
  'formula-5': posted(8),
  'formula-6': posted(8),
  'formula-7': posted(8),
  'formula-cells': posted(10),
  'export-csv-gz': door(415, 'unsupported-type'),
  'gzip-bomb-csv': door(415, 'unsupported-type'),
  'zip-bomb-xlsx': refused('malformed-workbook'),
  'zip-slip-xlsx': refused('malformed-workbook'),
  'symbolic-link-xlsx': refused('malformed-workbook'),
  'nested-xlsx': refused('malformed-workbook'),
  'many-entries-xlsx': refused('malformed-workbook'),
  'not-a-workbook-zip': door(415, 'unsupported-type'),
  'workbook-named-pdf-pdf': posted(20),
  'card-number': posted(8),
  'cards-everywhere': review(7, 'status-unknown', 'receipt-malformed', 'time-malformed'),
};

/** Ends of all inputs of one row of the list (`S1` …), each compared with the table. */
export async function endsOfRow(
  stage: Pick<CorpusStage, 'inputs' | 'ended'>,
  id: string,
): Promise<Map<string, Ending>> {
  const names = stage.inputs.filter((input) => input.id === id).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  const endings = await Promise.all(
    names.map(async (name) => [name, await stage.ended(name)] as const),
  );
  for (const [name, ending] of endings) expectEnding(name, ending);
  return new Map(endings);
}

/** The statement an input left; throws when it was refused at the door. */
export function statementOf(endings: ReadonlyMap<string, Ending>, name: string): FullStatement {
  const statement = endings.get(name)?.statement;
  if (statement === undefined) throw new Error(`${name} left no statement`);
  return statement;
}

/** Fails unless the input ended as the table says and every one of its rows is accounted for. */
function expectEnding(name: string, ending: Ending): void {
  const expected = expectedEndings[name];
  if (expected === undefined) throw new Error(`the table does not say how ${name} ends`);
  if (expected.at === 'door') {
    expect({ name, ...ending }).toMatchObject({
      name,
      httpStatus: expected.httpStatus,
      code: expected.code,
      contentType: expect.stringContaining('application/problem+json'),
    });
    return;
  }
  const { status, verdict, problems, rowCount, reasons } = expected;
  const rejectCount = reasons.length;
  const figures = { status, verdict, rowCount, rejectCount };
  expect({ name, ...ending.statement }).toMatchObject({ name, ...figures });
  expect(problems).toContain(ending.statement?.problem);
  expect(ending.lines).toHaveLength(rowCount);
  expect(ending.rejects.map(({ reason }) => reason)).toEqual(reasons);
  expectPlaces(ending);
  if (status === 'posted') expectPosted(ending);
  else expect(ending.statement).toMatchObject({ newRowCount: 0, postedCount: 0 });
  if (status !== 'posted') expect(ending.statement?.problemDetail).toMatch(/\S{2,}/);
}

/** Every reject says where it stands and why; the row count is a check of its own. */
function expectPlaces({ statement, lines, rejects }: Ending): void {
  for (const { page, line, raw, detail } of rejects) {
    expect(page).toBeGreaterThan(0);
    expect(line).toBeGreaterThan(0);
    expect(raw).not.toBe('');
    expect(detail).not.toBe('');
  }
  const counted = statement?.checks.find((check) => check.name === 'row-count');
  if (lines.length === 0) return;
  expect(counted?.outcome).toBe(rejects.length === 0 ? 'passed' : 'failed');
  expect(counted?.detail).toContain(String(lines.length + rejects.length));
}

/** Every row that moved money is a transaction, whichever statement brought it. */
function expectPosted({ statement, lines }: Ending): void {
  const moved = lines.filter((line) => line.inCents > 0 || line.outCents > 0);
  expect(statement?.postedCount).toBe(moved.length);
  expect(moved.filter((line) => line.transactionId === null)).toEqual([]);
}
