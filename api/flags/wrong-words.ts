/** What is wrong with flags as somebody wants them, among all others of their environment. */
import { listFlagLists } from '../../db/flag-lists.ts';
import { listFlags } from '../../db/flags.ts';
import { needsProblem, type NeedsProblem } from '../../domain/flags/constraints.ts';
import { mayBecome } from '../../domain/flags/lifecycle.ts';
import type { FlagWish } from '../../domain/flags/requests.ts';
import type { FieldError } from '../problems.ts';
import type { Call } from '../route.ts';

/**
 * Needs and lists that are not there, needs that lead back to the flag, and phases it cannot come to.
 * `pointerOf` says where the fields of the flag with this index are in the body.
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
      const field = wrong.what === 'needed' ? 'phase' : 'needs';
      const pointer = `${pointerOf(index)}/${field}`;
      errors.push({ in: 'body', pointer, detail: detailOf(wrong) });
    }
    const before = others.find(({ key }) => key === flag.key)?.phase;
    if (!mayBecome(before, flag.phase)) {
      const detail = 'is draft for new flags alone; switch this one off, or archive it';
      errors.push({ in: 'body', pointer: `${pointerOf(index)}/phase`, detail });
    }
    const unknown = flag.lists.find((name) => !lists.has(name));
    if (unknown !== undefined) {
      const detail = `${unknown} is no list`;
      errors.push({ in: 'body', pointer: `${pointerOf(index)}/lists`, detail });
    }
    return errors;
  });
}

function detailOf({ key, what }: NeedsProblem): string {
  switch (what) {
    case 'unknown':
      return `${key} is no flag of this environment`;
    case 'circle':
      return `${key} needs this flag itself`;
    case 'archived':
      return `${key} is archived`;
    case 'needed':
      return `cannot be archived: ${key} needs this flag`;
  }
}
