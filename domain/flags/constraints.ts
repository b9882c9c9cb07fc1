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

export type Lacking = 'plan' | 'language' | 'age' | 'list';

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

/** A flag and the flags it needs. */
export interface FlagNeeds {
  key: string;
  needs: readonly string[];
}

/**
 * What is wrong with the needs of a flag among the others: one that is not there, or one that needs
 * this flag itself by some way round; undefined when nothing is.
 */
export function needsProblem(
  flag: FlagNeeds,
  others: readonly FlagNeeds[],
): { key: string; what: 'unknown' | 'circle' } | undefined {
  const byKey = new Map(others.map((one) => [one.key, one]));
  for (const key of flag.needs) {
    if (key === flag.key || leadsTo(key, flag.key, byKey)) return { key, what: 'circle' };
    if (!byKey.has(key)) return { key, what: 'unknown' };
  }
  return undefined;
}

function leadsTo(from: string, to: string, byKey: ReadonlyMap<string, FlagNeeds>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === to) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(byKey.get(key)?.needs ?? []));
  }
  return false;
}
