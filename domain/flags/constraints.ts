import type { FlagPhase } from './lifecycle.ts';

/** What a tenant has to be for a flag to be had at all; whatever is left empty asks for nothing. */
export interface FlagConstraints {
  plans: readonly string[];
  languages: readonly string[];
  /** Whole days since it came to the house: at least this many, and fewer than that many. */
  ageDaysMin: number | null;
  ageDaysBelow: number | null;
  /** Names of lists; it stands on one of them. */
  lists: readonly string[];
}

export interface ConstrainedFacts {
  plan: string;
  language: string;
  ageDays: number;
  lists: readonly string[];
}

type Lacking = 'plan' | 'language' | 'age' | 'list';

/** The first constraint a tenant does not meet; undefined when it meets all of them. */
export function lacking(
  { plans, languages, ageDaysMin, ageDaysBelow, lists }: FlagConstraints,
  facts: ConstrainedFacts,
): Lacking | undefined {
  if (plans.length > 0 && !plans.includes(facts.plan)) return 'plan';
  if (languages.length > 0 && !languages.includes(facts.language)) return 'language';
  if (ageDaysMin !== null && facts.ageDays < ageDaysMin) return 'age';
  if (ageDaysBelow !== null && facts.ageDays >= ageDaysBelow) return 'age';
  if (lists.length > 0 && !lists.some((name) => facts.lists.includes(name))) return 'list';
  return undefined;
}

/** A flag, the flags it needs, and where in its life it is. */
export interface FlagNeeds {
  key: string;
  needs: readonly string[];
  phase: FlagPhase;
}

/** The other flag, and what is wrong with it: this one needs it, or with `needed` is needed by it. */
export interface NeedsProblem {
  key: string;
  what: 'unknown' | 'circle' | 'archived' | 'needed';
}

/**
 * What is wrong with a flag among the others: it needs one that is not there or archived, or one that
 * needs this flag itself by some way round; or it is archived while another one needs it. Undefined
 * when nothing is.
 */
export function needsProblem(
  flag: FlagNeeds,
  others: readonly FlagNeeds[],
): NeedsProblem | undefined {
  const byKey = new Map(others.map((one) => [one.key, one]));
  for (const key of flag.needs) {
    if (key === flag.key || withAllNeeds(key, byKey).has(flag.key)) return { key, what: 'circle' };
    const needed = byKey.get(key);
    if (needed === undefined) return { key, what: 'unknown' };
    const isLost = needed.phase === 'archived' && flag.phase !== 'archived';
    if (isLost) return { key, what: 'archived' };
  }
  if (flag.phase !== 'archived') return undefined;
  const user = others.find(({ phase, needs }) => phase !== 'archived' && needs.includes(flag.key));
  return user && { key: user.key, what: 'needed' };
}

/** The keys of a flag and of all that it needs, by however many steps. */
export function withAllNeeds(
  key: string,
  byKey: ReadonlyMap<string, Pick<FlagNeeds, 'needs'>>,
): Set<string> {
  const seen = new Set<string>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(byKey.get(next)?.needs ?? []));
  }
  return seen;
}
