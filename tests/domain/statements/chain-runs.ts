/** Runs the chain over test lines, and makes accounts whose balances hold. */
import { createChain } from '../../../domain/statements/chain.ts';
import type { ChainResult } from '../../../domain/statements/chain.ts';
import type { StatementLine } from '../../../domain/statements/terms.ts';
import { receiptOf } from './lines.ts';
import type { LineSketch } from './lines.ts';

export function chain(lines: readonly StatementLine[], perSubAccount = false): ChainResult {
  const running = createChain({ perSubAccount });
  for (const line of lines) running.add(line);
  return running.finish();
}

/** Oldest first, a second apart, balances running from `opening`. */
export function account(
  opening: number,
  moves: readonly number[],
): (LineSketch & { balance: number })[] {
  let balance = opening;
  return moves.map((moved, n) => {
    balance += moved;
    return { receipt: receiptOf(n), second: n, moved, balance };
  });
}

export const moves = [100000, -2500, -40000, 12345, -1, 99, -30000];
