/**
 * Client applications name themselves in `x-daftari-key`: `dfa_`, the class of what they do, and a
 * name. The name is no secret and opens nothing; it keeps the applications of one business from
 * taking the quota of each other.
 */
import { scaledQuota, type Quota } from './quota.ts';

/** What of a business's quota all callers of one application may use together. */
const classShares = {
  /** Somebody looks at a screen. */
  person: 0.75,
  /** A server answers others. */
  server: 0.5,
  /** Work that can wait, such as a nightly export. */
  batch: 0.25,
} as const;

export type RateClass = keyof typeof classShares;

export interface ClientApplication {
  name: string;
  rateClass: RateClass;
}

const form = /^dfa_(person|server|batch)_([0-9A-Za-z]{4,32})$/;

/** Reads `dfa_batch_nightlyExport`; undefined when a text is not of this form. */
export function parseClientApplication(text: string): ClientApplication | undefined {
  const [, rateClass, name] = form.exec(text) ?? [];
  if (name === undefined || !isRateClass(rateClass)) return undefined;
  return { name, rateClass };
}

function isRateClass(text: string | undefined): text is RateClass {
  return text !== undefined && Object.hasOwn(classShares, text);
}

/** The quota of one application within a business. */
export function applicationQuota(tenant: Quota, rateClass: RateClass): Quota {
  return scaledQuota(tenant, classShares[rateClass]);
}
