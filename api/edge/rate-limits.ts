/**
 * Who may ask how often. A business has a quota by its plan, each of its people and keys a share of
 * it, and an address that has not signed in a small one. Answers say what is left.
 */
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import {
  addressQuota,
  callerQuota,
  scaledQuota,
  tenantQuotas,
  type Quota,
} from '../../domain/edge/quota.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { problem, type Problem } from '../problems.ts';
import { addHeader } from '../request-context.ts';
import type { BackPressure } from './back-pressure.ts';
import type { Grant, Lease, TokenLeases } from './token-leases.ts';

export interface RateLimits {
  /** For requests of somebody who signed in; undefined when they may go on. */
  admit(principal: Principal, response: Response): Admission | Promise<Admission>;
  /** For requests that nobody has signed in for. */
  admitStranger(request: Request, response: Response): Admission | Promise<Admission>;
}

type Admission = Problem | undefined;

/** The two buckets a request of somebody who signed in is taken from. */
interface Buckets {
  caller: Bucket;
  tenant: Bucket;
}

interface Bucket {
  scope: 'tenant' | 'caller' | 'address';
  quota: Quota;
  /** Of the RateLimit-Policy header. */
  policy: string;
  lease: Lease;
}

/** `factor` scales every quota. */
export function openRateLimits(options: {
  leases: TokenLeases;
  factor: number;
  backPressure: BackPressure;
  onRefused: (scope: 'tenant' | 'caller' | 'address') => void;
}): RateLimits {
  const { leases, factor, onRefused, backPressure } = options;
  const tenantQuotaOf = (tier: TenantTier) => scaledQuota(tenantQuotas[tier], factor);
  const ofAddress = scaledQuota(addressQuota, factor);
  const bucket = (scope: Bucket['scope'], key: string, quota: Quota): Bucket => ({
    ...{ scope, quota, policy: policyOf(scope, quota) },
    lease: leases.of(key, quota),
  });
  // A principal stands for some seconds, and so does what its requests are taken from.
  const known = new WeakMap<Principal, Buckets>();
  const bucketsOf = (principal: Principal): Buckets => {
    const base = `t:${principal.tenantId}:rate`;
    const quota = tenantQuotaOf(principal.tier ?? 'starter');
    const share = callerQuota(quota);
    const buckets = {
      caller: bucket('caller', `${base}:${actorOf(principal)}`, share),
      tenant: bucket('tenant', base, quota),
    };
    known.set(principal, buckets);
    return buckets;
  };
  /** `asking` is who waits for the refusal when there were too many of them. */
  const judge = (asking: object, response: Response, bucket: Bucket, grant: Grant) => {
    tell(response, bucket, grant);
    if (grant.isGranted) return undefined;
    onRefused(bucket.scope);
    const headers = { 'Retry-After': String(grant.retryAfterSeconds) };
    const refusal = problem('rate-limited', { headers });
    return backPressure.hold(asking)?.then(() => refusal) ?? refusal;
  };
  return {
    admit(principal, response) {
      const { caller, tenant } = known.get(principal) ?? bucketsOf(principal);
      // The share of the caller first: who is over it must not use up what the others have.
      return whenTaken(caller.lease.take(), (grant) =>
        grant.isGranted
          ? whenTaken(tenant.lease.take(), (taken) => judge(principal, response, tenant, taken))
          : judge(principal, response, caller, grant),
      );
    },
    admitStranger(request, response) {
      const key = `sys:rate:${hashOf(request.ip ?? 'unknown')}`;
      const address = bucket('address', key, ofAddress);
      return whenTaken(address.lease.take(), (grant) =>
        judge(request.socket, response, address, grant),
      );
    },
  };
}

/** Goes on at once when nothing has to be waited for. */
function whenTaken(
  grant: Grant | Promise<Grant>,
  judge: (grant: Grant) => Admission | Promise<Admission>,
): Admission | Promise<Admission> {
  return grant instanceof Promise ? grant.then(judge) : judge(grant);
}

function policyOf(name: string, { burst, perSecond }: Quota): string {
  return `"${name}";q=${burst};w=${Math.max(1, Math.round(burst / perSecond))}`;
}

/** Structured fields of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. */
function tell(response: Response, bucket: Bucket, grant: Grant): void {
  const { scope, quota, policy } = bucket;
  const resetSeconds = grant.isGranted
    ? Math.max(0, Math.ceil((quota.burst - grant.remaining) / quota.perSecond))
    : grant.retryAfterSeconds;
  addHeader(response, 'RateLimit-Policy', policy);
  addHeader(response, 'RateLimit', `"${scope}";r=${grant.remaining};t=${resetSeconds}`);
}

/** Addresses stay out of Redis: a short hash tells callers apart. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
