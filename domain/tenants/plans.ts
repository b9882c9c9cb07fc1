/** What a plan includes. A limit may be raised for one tenant; it then holds instead of the plan's. */
export const planNames = ['starter', 'pro', 'enterprise'] as const;
export type PlanName = (typeof planNames)[number];

export const limitNames = [
  'members',
  'shortcodes',
  'statementsPerMonth',
  'requestsPerMinute',
  'exportsPerDay',
] as const;
export type LimitName = (typeof limitNames)[number];
export type Limits = Readonly<Record<LimitName, number>>;

const plans: Readonly<Record<PlanName, Limits>> = {
  starter: {
    members: 5,
    shortcodes: 2,
    statementsPerMonth: 60,
    requestsPerMinute: 300,
    exportsPerDay: 2,
  },
  pro: {
    members: 50,
    shortcodes: 20,
    statementsPerMonth: 1_000,
    requestsPerMinute: 3_000,
    exportsPerDay: 10,
  },
  enterprise: {
    members: 1_000,
    shortcodes: 500,
    statementsPerMonth: 20_000,
    requestsPerMinute: 30_000,
    exportsPerDay: 100,
  },
};

/** The limits of a tenant: its plan, and what was agreed with it instead. */
export function limitsOf(plan: PlanName, agreed: Partial<Record<string, unknown>> = {}): Limits {
  const own = limitNames.flatMap((name) => {
    const value = agreed[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? [[name, value] as const]
      : [];
  });
  return { ...plans[plan], ...Object.fromEntries(own) };
}
