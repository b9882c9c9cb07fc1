/**
 * Rows that another statement of the account shows with another amount. They are looked for twice:
 * before posting, when a person can still decide, and after it, because two statements that are
 * read at the same moment do not see each other before.
 */
import type { TenantHandle } from '../db/database.ts';
import { findAmountConflicts } from '../db/statement-posting.ts';
import type { Statement } from '../db/statement-record.ts';
import { elsewhereFinding, isElsewhereFinding } from '../domain/statements/tamper.ts';
import type { TamperFinding } from '../domain/statements/terms.ts';

export interface AmountConflicts {
  tamper: TamperFinding[];
  isInConflict: boolean;
}

/** The findings of a statement with this one brought up to date, and whether there is one. */
export async function withAmountConflicts(
  t: TenantHandle,
  statement: Statement,
): Promise<AmountConflicts> {
  const own = statement.tamper.filter((finding) => !isElsewhereFinding(finding));
  if (statement.account === null) return { tamper: own, isInConflict: false };
  const conflicts = await findAmountConflicts(t, statement.id, statement.account.id);
  const finding = elsewhereFinding(conflicts);
  if (finding === undefined) return { tamper: own, isInConflict: false };
  return { tamper: [...own, finding], isInConflict: true };
}
