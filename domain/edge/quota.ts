/**
 * How much a caller may ask in a time. A quota is a bucket: it holds `burst` requests, and
 * `perSecond` of them come back every second.
 */
export interface Quota {
  perSecond: number;
  burst: number;
}

/** What a business may ask by its plan; its settings may say otherwise. */
export const tenantQuotas = {
  starter: { perSecond: 50, burst: 150 },
  pro: { perSecond: 200, burst: 600 },
  enterprise: { perSecond: 1_000, burst: 3_000 },
} as const satisfies Record<string, Quota>;

/** What one address may ask without having signed in. */
export const addressQuota: Quota = { perSecond: 20, burst: 100 };

/** One person or key gets at most this share of the business's quota, so that none starves the rest. */
const callerShare = 0.8;

/** The quota of one caller within a business. */
export function callerQuota(tenant: Quota): Quota {
  return {
    perSecond: Math.max(1, Math.floor(tenant.perSecond * callerShare)),
    burst: Math.max(1, Math.floor(tenant.burst * callerShare)),
  };
}

/** A quota `factor` times as large; never less than one request. */
export function scaledQuota(quota: Quota, factor: number): Quota {
  return {
    perSecond: Math.max(1, Math.floor(quota.perSecond * factor)),
    burst: Math.max(1, Math.floor(quota.burst * factor)),
  };
}

/**
 * How many requests a process takes from the shared bucket at once. What lies unused in processes is
 * the error of the limit: with three of them it stays below two hundredths of the bucket.
 */
export function leaseSize({ burst }: Quota): number {
  return Math.min(100, Math.max(1, Math.floor(burst / 150)));
}
