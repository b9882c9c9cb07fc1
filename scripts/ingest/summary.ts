/** What became of a file, in a few lines for people. */
import { cents, formatMoney } from '../../domain/money.ts';
import type { FileResult } from './result.ts';

const words = { proven: 'proven', needsReview: 'needs a person', refused: 'refused' } as const;

export function describeResult(result: FileResult): string {
  const { file, verdict, problem, problemDetail, totals, rowCount, newRowCount } = result;
  const why = problem === null ? '' : ` (${problem}${problemDetail ? `: ${problemDetail}` : ''})`;
  const lines = [`${file}: ${words[verdict]}${why}`];
  if (rowCount > 0) {
    const known = `${rowCount} rows, ${newRowCount} new, ${result.rejects.length} rejected`;
    lines.push(`  ${known}; in ${money(totals.inCents)}, out ${money(totals.outCents)}`);
  }
  for (const reject of result.rejects.slice(0, 10)) {
    lines.push(`  rejected page ${reject.page} line ${reject.line}: ${reject.reason}`);
  }
  for (const { name, ok, detail } of result.checks) {
    lines.push(`  ${ok === null ? '–' : ok ? '✓' : '✗'} ${name}: ${detail}`);
  }
  for (const { severity, detail } of result.tamper) lines.push(`  ! ${severity}: ${detail}`);
  return lines.join('\n');
}

function money(amount: number | null): string {
  return amount === null ? 'unknown' : formatMoney(cents(amount));
}
