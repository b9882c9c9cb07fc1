/** Whether a flag is on for a tenant, and why. The same tenant always falls on the same side. */
import { lacking, type FlagConstraints } from './constraints.ts';
import type { FlagPhase } from './lifecycle.ts';

export interface FlagDefinition extends FlagConstraints {
  key: string;
  /** What is a draft or archived is off for everybody. */
  phase: FlagPhase;
  isOn: boolean;
  /** Tenants that have it whatever their plan, its other constraints and the rollout. */
  tenants: readonly string[];
  /** Flags without which this one is off, of the same environment. */
  needs: readonly string[];
  /** 0–100, in hundredths at the finest. */
  rolloutPercent: number;
  isTenantsChoice: boolean;
}

/** What is known of a tenant. */
export interface FlagContext {
  tenantId: string;
  plan: string;
  /** Language of what is sent in its name. */
  language: string;
  /** Whole days since it came to the house. */
  ageDays: number;
  /** Names of the lists it stands on. */
  lists: readonly string[];
  /** What the tenant chose, by flag, where it may. */
  choices: ReadonlyMap<string, boolean>;
}

export const flagReasons = [
  'draft',
  'archived',
  'off',
  'needs',
  'segment',
  'plan',
  'language',
  'age',
  'list',
  'choice',
  'rollout',
] as const;
export type FlagReason = (typeof flagReasons)[number];

export interface FlagVerdict {
  isOn: boolean;
  reason: FlagReason;
}

/** Every flag for one tenant, by key; `flags` are those of its environment. */
export function evaluateFlags(
  flags: readonly FlagDefinition[],
  context: FlagContext,
): Map<string, FlagVerdict> {
  const byKey = new Map(flags.map((flag) => [flag.key, flag]));
  const verdicts = new Map<string, FlagVerdict>();
  const verdictOf = (flag: FlagDefinition, above: readonly string[]): FlagVerdict => {
    const known = verdicts.get(flag.key);
    if (known !== undefined) return known;
    const has = (key: string): boolean => {
      const needed = byKey.get(key);
      // A flag that needs itself by some way round is never on.
      if (needed === undefined || key === flag.key || above.includes(key)) return false;
      return verdictOf(needed, [...above, flag.key]).isOn;
    };
    const verdict = evaluateFlag(flag, context, has);
    // What was cut short by a circle holds for whoever asked and nobody else.
    if (above.length === 0) verdicts.set(flag.key, verdict);
    return verdict;
  };
  for (const flag of flags) verdictOf(flag, []);
  return verdicts;
}

/**
 * A phase other than in use beats all, then being switched off; then what it needs, the segment, the
 * constraints, the tenant's choice, and the rollout.
 */
function evaluateFlag(
  flag: FlagDefinition,
  context: FlagContext,
  has: (key: string) => boolean,
): FlagVerdict {
  if (flag.phase !== 'active') return { isOn: false, reason: flag.phase };
  if (!flag.isOn) return { isOn: false, reason: 'off' };
  if (!flag.needs.every(has)) return { isOn: false, reason: 'needs' };
  const isPicked = flag.tenants.includes(context.tenantId);
  const lack = lacking(flag, context);
  if (!isPicked && lack !== undefined) return { isOn: false, reason: lack };
  const choice = context.choices.get(flag.key);
  if (flag.isTenantsChoice && choice !== undefined) return { isOn: choice, reason: 'choice' };
  if (isPicked) return { isOn: true, reason: 'segment' };
  const isIn = shareOf(flag.key, context.tenantId) < flag.rolloutPercent;
  return { isOn: isIn, reason: 'rollout' };
}

/** A number from 0 to below 100 that depends on flag and tenant only (FNV-1a, then mixed). */
export function shareOf(key: string, tenantId: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${key}:${tenantId}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) % 10_000) / 100;
}
