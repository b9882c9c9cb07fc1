/** Which account inside an organisation a row of the newer export belongs to. */
import type { Direction } from './terms.ts';

const transfer =
  /^(?<from>[A-Za-z][A-Za-z ]*?) Account to (?<to>[A-Za-z][A-Za-z ]*?)(?: Account)?\b\s*$/i;
const fromSettlement = /^(?:Agency Withdrawal of funds|Organi[sz]ation Settle) to Bank\b/i;

/**
 * The newer export mixes accounts without naming them. A transfer between own accounts belongs to
 * the first when money goes out and to the second when it comes in; withdrawals to the bank leave
 * the settlement account; everything else is collected in `utility`.
 */
export function subAccountOf(details: string, direction: Direction | undefined): string {
  const tidy = details.replace(/\s+/g, ' ').trim();
  const groups = transfer.exec(tidy)?.groups;
  const name = direction === 'in' ? groups?.['to'] : groups?.['from'];
  if (name !== undefined) return name.toLowerCase();
  return fromSettlement.test(tidy) ? 'organization settlement' : 'utility';
}
