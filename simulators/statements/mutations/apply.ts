/** Applies named mutations to a draft. */
import type { Draft } from '../draft.ts';
import { createRandom } from '../random.ts';
import { mutations } from './catalogue.ts';
import type { MutationName } from './catalogue.ts';
import type { Mutation, Workbench } from './mutation.ts';

const turns = { before: 0, between: 1, after: 2 };

/**
 * Changes the draft in place and records what was done. Throws a RangeError when a mutation does not
 * exist for the layout or finds nothing to change.
 */
export function applyMutations(
  draft: Draft,
  request: { names: readonly MutationName[]; seed: number },
): void {
  const bench: Workbench = {
    draft,
    random: createRandom(request.seed, 'mutations'),
    touched: new Set(),
  };
  const ordered = request.names.toSorted((a, b) => turnOf(a) - turnOf(b));
  for (const name of ordered) {
    const mutation: Mutation = mutations[name];
    if (!mutation.layouts.includes(draft.layout)) {
      throw new RangeError(`${name} cannot be applied to the layout ${draft.layout}`);
    }
    draft.mutations.push({ name, ...mutation.apply(bench) });
  }
  if (!draft.printing.hasBalanceColumn) forgetBalances(draft);
}

function turnOf(name: MutationName): number {
  const mutation: Mutation = mutations[name];
  return turns[mutation.turn ?? 'between'];
}

/** Without printed balances no chain can be found broken. */
function forgetBalances(draft: Draft): void {
  for (const { expectation } of draft.mutations) {
    expectation.checks = expectation.checks.filter((check) => check !== 'balance-chain');
    expectation.signals = expectation.signals.filter((signal) => signal !== 'balance-chain-broken');
  }
}
