/**
 * Rows that another statement of the account shows with another amount. They are looked for twice:
 * before posting, when a person can still decide, and after it, because two statements that are
 * read at the same moment do not see each other before.
 */
import type { TenantHandle } from '../db/database.ts';
import { findAmountConflicts } from '../db/statement-posting.ts';
import type { Statement } from '../db/statement-record.ts';
import { amountsElsewhere } from '../domain/statements/sentences.ts';
import type { TamperFinding } from '../domain/statements/terms.ts';

/** In the words of our finding; a file that contradicts itself earns another one. */
const elsewhere = 'in another statement';
const rowsShown = 50;

/** The findings of a statement with this one brought up to date, and whether there is one. */
export async function withAmountConflicts(
  t: TenantHandle,
  statement: Statement,
): Promise<{ tamper: TamperFinding[]; isInConflict: boolean }> {
  const own = statement.tamper.filter((finding) => !isAcrossStatements(finding));
  if (statement.account === null) return { tamper: own, isInConflict: false };
  const conflicts = await findAmountConflicts(t, statement.id, statement.account.id);
  const [first] = conflicts;
  if (first === undefined) return { tamper: own, isInConflict: false };
  const words = amountsElsewhere(conflicts.length, first);
  const finding: TamperFinding = {
    signal: 'receipt-amount-conflict',
    severity: 'alarm',
    ...{ detail: words.en, detailSw: words.sw },
    rows: conflicts.slice(0, rowsShown).map(({ page, line, receipt }) => ({ page, line, receipt })),
  };
  return { tamper: [...own, finding], isInConflict: true };
}

function isAcrossStatements({ signal, detail }: TamperFinding): boolean {
  return signal === 'receipt-amount-conflict' && detail.includes(elsewhere);
}
