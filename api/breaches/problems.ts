/** The ways the register of breaches can say no. */
import type { CatalogueEntry } from '../problems.ts';

export const breachProblems = {
  'breach-closed': {
    status: 409,
    title: 'The matter is closed',
    cause: 'Somebody closed this breach; what is on record of it stays as it is.',
    fix: 'Put a new breach on record when something more happened.',
  },
} as const satisfies Record<string, CatalogueEntry>;
