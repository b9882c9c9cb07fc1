/** Whether a flag is on for a tenant, and why. The same tenant always falls on the same side. */
export interface FlagDefinition {
  key: string;
  isOn: boolean;
  /** Plans that have it; empty: every plan. */
  plans: readonly string[];
  /** Tenants that have it whatever their plan and the rollout. */
  tenants: readonly string[];
  /** 0–100, in hundredths at the finest. */
  rolloutPercent: number;
  isTenantsChoice: boolean;
}

export interface FlagContext {
  tenantId: string;
  plan: string;
  /** What the tenant chose, where it may. */
  choice?: boolean | undefined;
}

export type FlagReason = 'off' | 'segment' | 'plan' | 'choice' | 'rollout';

/** Switched off beats all; then the segment, the plan, the tenant's choice, and the rollout. */
export function evaluateFlag(
  flag: FlagDefinition,
  context: FlagContext,
): { isOn: boolean; reason: FlagReason } {
  if (!flag.isOn) return { isOn: false, reason: 'off' };
  const isPicked = flag.tenants.includes(context.tenantId);
  const hasPlan = flag.plans.length === 0 || flag.plans.includes(context.plan);
  if (!isPicked && !hasPlan) return { isOn: false, reason: 'plan' };
  if (flag.isTenantsChoice && context.choice !== undefined) {
    return { isOn: context.choice, reason: 'choice' };
  }
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
