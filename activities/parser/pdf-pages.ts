/** Reads the rows of each page by the better of two ways, and counts them a third way. */
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import { readDetails, type Side } from '../../domain/statements/details.ts';
import { findHeader, learnPlaces, type ColumnPlaces, type HeaderCell } from './pdf-columns.ts';
import type { PdfFile } from './pdf-document.ts';
import type { FontTally } from './pdf-evidence.ts';
import { startsRow, type VisualLine } from './pdf-lines.ts';
import { readPositionedRows, type PageRows } from './pdf-positioned.ts';
import { readTableRows } from './pdf-table.ts';

export interface PageReader {
  /** Rows seen in the plain text of the pages read so far. */
  readonly countedInText: number;
  /** Fonts that print the amounts, by how many cells. */
  readonly amountFonts: FontTally;
  read(page: number, lines: readonly VisualLine[]): Promise<PageRows>;
}

const amountPattern = /^-?[\d,]+\.\d{2}$/;
/** After so many pages without drawn borders the file is taken to have none. */
const unruledPages = 2;

/** A reader for the pages of one file, given the header of its detail table. */
export function createPageReader(
  file: PdfFile,
  header: RecognisedHeader,
  headerCells: readonly HeaderCell[],
): PageReader {
  const columnCount = headerCells.length;
  const receiptColumn = header.columns.get('receipt') ?? 0;
  const timeColumn = header.columns.get('completionTime') ?? 1;
  const table = {
    columnCount,
    receiptColumn,
    detailsColumn: header.columns.get('details') ?? 2,
    isKnownWording: knownWording(header),
  };
  const state = { countedInText: 0, amountFonts: new Map<string, number>() };
  let places: ColumnPlaces | undefined;
  let withoutBorders = 0;

  const read = async (page: number, all: readonly VisualLine[]): Promise<PageRows> => {
    const printed = findHeader(all);
    const lines = all.filter((_, at) => !printed || at >= printed.to);
    const expected = lines.filter(startsRow).length;
    if (!places || printed) places = learnPlaces(header, printed?.cells ?? headerCells, lines);
    state.countedInText += expected;
    tallyFonts(lines, places, state.amountFonts);
    const positioned = (): PageRows =>
      readPositionedRows({
        ...table,
        lines,
        places: places ?? emptyPlaces,
        isBelowHeader: printed !== undefined,
      });
    if (withoutBorders >= unruledPages) return positioned();
    const tables = await file.tablesOf(page);
    const shape = { columnCount, receiptColumn, timeColumn };
    const ruled = readTableRows(tables, shape);
    if (!ruled || ruled.rows.length === 0) {
      if (expected > 0) withoutBorders += 1;
      return positioned();
    }
    if (ruled.rows.length === expected) return ruled;
    const other = positioned();
    return distance(other, expected) < distance(ruled, expected) ? other : ruled;
  };
  return Object.assign(state, { read });
}

function knownWording({ format }: RecognisedHeader): (details: string) => boolean {
  const isPersonal = format === 'personal-a' || format === 'personal-b';
  const side: Side = isPersonal ? 'personal' : 'organisation';
  return (details) => readDetails(details, { side }).confidence !== 'low';
}

const emptyPlaces: ColumnPlaces = { textEdges: [], amounts: [] };

function distance(rows: PageRows, expected: number): number {
  return Math.abs(rows.rows.length - expected);
}

function tallyFonts(lines: readonly VisualLine[], places: ColumnPlaces, fonts: FontTally): void {
  const from = places.amounts[0]?.x ?? 0;
  for (const { runs } of lines) {
    for (const run of runs) {
      if (run.right <= from || !amountPattern.test(run.text.trim())) continue;
      fonts.set(run.font, (fonts.get(run.font) ?? 0) + 1);
    }
  }
}
