/** Reads what a statement PDF prints about itself: title, headings, summary, verification code. */
import type { RecognisedHeader } from '../../domain/statements/columns.ts';
import {
  emptyFacts,
  readPreamble,
  readPrintedLine,
  readSummary,
  recogniseTitle,
  verificationCodeIn,
  type PrintedPieces,
} from '../../domain/statements/printed.ts';
import type { PrintedFacts, StatementFormat } from '../../domain/statements/terms.ts';
import type { VisualLine } from './pdf-lines.ts';

/** The facts from the lines above the detail table of the first page. */
export function readPdfFacts(
  header: RecognisedHeader,
  above: readonly VisualLine[],
  pageCount: number,
): PrintedFacts {
  const pieces = above.map(readHeadingLine);
  return {
    ...emptyFacts(formatOf(header, above)),
    ...Object.assign({}, ...pieces),
    ...readSummary(above.map(summaryCells)),
    hasBalanceColumn: header.hasBalanceColumn,
    pageCount,
  };
}

/** Types and parties make it a till's statement; of the personal layouts the title decides. */
function formatOf(header: RecognisedHeader, above: readonly VisualLine[]): StatementFormat {
  const isPersonal = header.format === 'personal-a' || header.format === 'personal-b';
  const title = above.map((line) => recogniseTitle(line.text)).find((found) => found !== undefined);
  return isPersonal && title !== undefined ? title : header.format;
}

/** Label and value may be apart (`Customer Name:` `JANE`) or together, one or more pairs a line. */
function readHeadingLine(line: VisualLine): PrintedPieces {
  const texts = line.runs.map((run) => run.text.trim());
  const together = texts.map((text) => (text.endsWith(':') ? {} : readPrintedLine(text)));
  const alone =
    texts.filter((text) => text.includes(':')).length <= 1 ? [readPrintedLine(line.text)] : [];
  return Object.assign({}, ...alone, ...together, readPreamble([texts]));
}

/** Label and the last two figures of a line. */
function summaryCells(line: VisualLine): string[] {
  const texts = line.runs.map((run) => run.text.trim());
  return [texts.slice(0, -2).join(' '), ...texts.slice(-2)];
}

/** The verification code, which some files print on every page and some on the last only. */
export function verificationCode(lines: readonly VisualLine[]): string | undefined {
  for (const line of lines) {
    const code = verificationCodeIn(line.text);
    if (code !== undefined) return code;
  }
  return undefined;
}
