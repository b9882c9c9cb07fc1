/** What the run that watches a breach can have done for it. */
import type { BreachLook, LookAtBreachInput } from '../workflows/breach-types.ts';

export interface BreachSteps {
  /**
   * Tells the businesses that are to be told, and reminds of what is due; whatever is done already is
   * not done again.
   */
  lookAtBreach(input: LookAtBreachInput): Promise<BreachLook>;
}
