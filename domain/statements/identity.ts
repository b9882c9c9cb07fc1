/**
 * What makes a row the same row in two files: never its wording, because the same payment is worded
 * differently in another layout. Identities are compared within one account.
 */
import type { Cents } from '../money.ts';
import { businessDateOf } from '../time.ts';
import type { Instant } from '../time.ts';
import { isReceipt } from './receipts.ts';
import type { Direction, RowStatus, StatementLine } from './terms.ts';

export interface RowIdentityParts {
  receipt: string;
  direction: Direction;
  amountCents: Cents;
  twin: number;
  status: RowStatus;
  /** Needed where the receipt is absent or is a bank's reference that may repeat. */
  completedAt?: Instant;
  details?: string;
}

/** Enough of the words to tell rows apart; the twin number settles what remains equal. */
const wordsKept = 120;

/**
 * The canonical text a row is known by within its account, such as `TBA7Q2X9LM|out|125000|0`. Rows
 * that moved no money carry their status in place of the direction and never equal one that did.
 */
export function rowIdentity(parts: RowIdentityParts): string {
  return `${identityBase(parts)}|${parts.twin}`;
}

/** `rowIdentity` of an accepted line. */
export function lineIdentity(line: StatementLine): string {
  return `${twinKey(line)}|${line.twin}`;
}

/** The identity of a line without its twin number: what twins have in common. */
export function twinKey(line: Omit<StatementLine, 'ordinal' | 'twin'>): string {
  const isIn = line.inCents > 0;
  return identityBase({
    receipt: line.receipt,
    direction: isIn ? 'in' : 'out',
    amountCents: isIn ? line.inCents : line.outCents,
    status: line.status,
    completedAt: line.completedAt,
    details: line.details,
  });
}

function identityBase(parts: Omit<RowIdentityParts, 'twin'>): string {
  const movement = parts.status === 'completed' ? parts.direction : parts.status;
  return `${source(parts)}|${movement}|${parts.amountCents}`;
}

function source({ receipt, completedAt, details = '' }: Omit<RowIdentityParts, 'twin'>): string {
  if (isReceipt(receipt)) return receipt;
  const day = completedAt === undefined ? '' : businessDateOf(completedAt);
  return receipt === '' ? `@${day} ${normaliseWords(details)}` : `${receipt}@${day}`;
}

function normaliseWords(details: string): string {
  const words =
    details
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}*]+/gu) ?? [];
  return [...words.join(' ')].slice(0, wordsKept).join('');
}
