/** Ties charges to what they were charged for. */
import type { Channel, StatementLine } from './terms.ts';

const channelsByFee: ReadonlyMap<string, readonly Channel[]> = new Map<string, readonly Channel[]>([
  ['fee.send', ['send-money', 'other-network', 'pochi']],
  ['fee.paybill', ['paybill', 'bank', 'card']],
  ['fee.till', ['till', 'pochi', 'card']],
  ['fee.withdraw', ['agent', 'atm']],
  ['fee.business-payment', ['business-payment']],
]);

/**
 * For the ordinal of every charge, the ordinal of its payment: a payment of the same receipt, else
 * of the linked receipt; among several the one whose channel suits the charge, then the nearest.
 * Undefined for an orphan charge, which is an expense of its own.
 */
export function tieFees(lines: readonly StatementLine[]): Map<number, number | undefined> {
  const payments = new Map<string, StatementLine[]>();
  for (const line of lines) {
    if (!isPayment(line)) continue;
    const group = payments.get(line.receipt);
    if (group) group.push(line);
    else payments.set(line.receipt, [line]);
  }
  const parents = new Map<number, number | undefined>();
  for (const fee of lines) {
    if (!fee.reading.isFee) continue;
    const own = payments.get(fee.receipt);
    const linked = fee.linkedReceipt === undefined ? undefined : payments.get(fee.linkedReceipt);
    parents.set(fee.ordinal, bestParent(fee, own ?? linked ?? []));
  }
  return parents;
}

function isPayment({ status, receipt, reading, inCents, outCents }: StatementLine): boolean {
  if (status !== 'completed' || receipt === '' || reading.isFee) return false;
  return !reading.purpose.startsWith('loan.fuliza.') && inCents + outCents > 0;
}

function bestParent(fee: StatementLine, group: readonly StatementLine[]): number | undefined {
  const suited = channelsByFee.get(fee.reading.purpose) ?? [];
  const suiting = group.filter((line) => suited.includes(line.reading.channel));
  return nearestRow(fee.ordinal, suiting.length > 0 ? suiting : group)?.ordinal;
}

/** The row nearest to a place in the same statement, of two as near the upper one; none of none. */
export function nearestRow<Row extends { ordinal: number }>(
  ordinal: number,
  rows: readonly Row[],
): Row | undefined {
  const far = (row: Row) => Math.abs(row.ordinal - ordinal);
  const nearer = (best: Row, row: Row) =>
    (far(row) - far(best) || row.ordinal - best.ordinal) < 0 ? row : best;
  return rows.reduce<Row | undefined>((best, row) => (best ? nearer(best, row) : row), undefined);
}
