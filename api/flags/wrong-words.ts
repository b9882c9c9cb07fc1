/** What is wrong with flags as somebody wants them, among all others of their environment. */
import { listFlagLists } from '../../db/flag-lists.ts';
import { listFlags } from '../../db/flags.ts';
import { needsProblem } from '../../domain/flags/constraints.ts';
import type { FlagWish } from '../../domain/flags/requests.ts';
import type { FieldError } from '../problems.ts';
import type { Call } from '../route.ts';

/**
 * Needs and lists that are not there, and needs that lead back to the flag. `pointerOf` says where
 * the fields of the flag with this index are in the body.
 */
export async function wrongWords(
  { dependencies: { db } }: Call,
  flags: readonly FlagWish[],
  pointerOf: (index: number) => string,
): Promise<FieldError[]> {
  const stored = await listFlags(db);
  const lists = new Set((await listFlagLists(db)).map(({ name }) => name));
  return flags.flatMap((flag, index) => {
    const others = stored.filter(({ environment }) => environment === flag.environment);
    const all = new Map([...others, ...flags].map((one) => [one.key, one]));
    const errors: FieldError[] = [];
    const wrong = needsProblem(flag, [...all.values()]);
    if (wrong !== undefined) {
      const detail =
        wrong.what === 'unknown'
          ? `${wrong.key} is no flag of this environment`
          : `${wrong.key} needs this flag itself`;
      errors.push({ in: 'body', pointer: `${pointerOf(index)}/needs`, detail });
    }
    const unknown = flag.lists.find((name) => !lists.has(name));
    if (unknown !== undefined) {
      const detail = `${unknown} is no list`;
      errors.push({ in: 'body', pointer: `${pointerOf(index)}/lists`, detail });
    }
    return errors;
  });
}
