/**
 * Who may ask how often. A business has a quota by its plan, each of its people and keys a share of
 * it, an application that names itself one by its class, and an address that has not signed in a
 * small one. Answers say what is left.
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
import {
  applicationQuota,
  parseClientApplication,
  type ClientApplication,
} from '../../domain/edge/client-application.ts';
import { houseKey, tenantKey } from '../../domain/redis-keys.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { problem, type Problem } from '../problems.ts';
import { addHeader } from '../request-context.ts';
import type { BackPressure } from './back-pressure.ts';
import type { Grant, Lease, TokenLeases } from './token-leases.ts';

export interface RateLimits {
  /**
   * For requests of somebody who signed in; undefined when they may go on. `named` is what the
   * application says it is, in `x-daftari-key`.
   */
  admit(
    principal: Principal,
    response: Response,
    named?: string | string[],
  ): Admission | Promise<Admission>;
  /** For requests that nobody has signed in for. */
  admitStranger(request: Request, response: Response): Admission | Promise<Admission>;
}

type Admission = Problem | undefined;

/** What a request of somebody who signed in is taken from, one after the other. */
interface Buckets {
  caller: Bucket;
  applications: Map<string, Bucket>;
  tenant: Bucket;
}

/** Whoever gives themselves ever new names is one application from then on. */
const applicationsMax = 20;
const manyNames: ClientApplication = { name: 'many-names', rateClass: 'batch' };

type Scope = 'tenant' | 'caller' | 'application' | 'address';

interface Bucket {
  scope: Scope;
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
  onRefused: (scope: Scope) => void;
}): RateLimits {
  const { onRefused, backPressure } = options;
  const { bucketsOf, ofApplication, ofAddress } = openBuckets(options);
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
    admit(principal, response, named) {
      const buckets = bucketsOf(principal);
      const { caller, tenant } = buckets;
      const last = () =>
        whenTaken(tenant.lease.take(), (taken) => judge(principal, response, tenant, taken));
      const beforeLast = () => {
        if (named === undefined) return last();
        const application = ofApplication(principal, buckets, String(named));
        if (application === undefined) return problem('malformed-request');
        return whenTaken(application.lease.take(), (grant) =>
          grant.isGranted ? last() : judge(principal, response, application, grant),
        );
      };
      // The share of the caller first: who is over it must not use up what the others have.
      return whenTaken(caller.lease.take(), (grant) =>
        grant.isGranted ? beforeLast() : judge(principal, response, caller, grant),
      );
    },
    admitStranger(request, response) {
      const address = ofAddress(request.ip ?? 'unknown');
      return whenTaken(address.lease.take(), (grant) =>
        judge(request.socket, response, address, grant),
      );
    },
  };
}

/** The buckets of whoever asks, each under the key it has in Redis. */
function openBuckets({ leases, factor }: { leases: TokenLeases; factor: number }) {
  const tenantQuotaOf = ({ tier = 'starter' }: Principal) =>
    scaledQuota(tenantQuotas[tier], factor);
  const addressScaled = scaledQuota(addressQuota, factor);
  const bucket = (scope: Scope, key: string, quota: Quota): Bucket => ({
    ...{ scope, quota, policy: policyOf(scope, quota) },
    lease: leases.of(key, quota),
  });
  // A principal stands for some seconds, and so does what its requests are taken from.
  const known = new WeakMap<Principal, Buckets>();
  const keyOf = ({ tenantId }: Principal, ...of: string[]) => tenantKey(tenantId, 'rate', ...of);
  const newBuckets = (principal: Principal): Buckets => {
    const quota = tenantQuotaOf(principal);
    const buckets = {
      caller: bucket('caller', keyOf(principal, actorOf(principal)), callerQuota(quota)),
      applications: new Map<string, Bucket>(),
      tenant: bucket('tenant', keyOf(principal), quota),
    };
    known.set(principal, buckets);
    return buckets;
  };
  return {
    bucketsOf: (principal: Principal) => known.get(principal) ?? newBuckets(principal),
    /** Undefined when the name is none. */
    ofApplication(principal: Principal, { applications }: Buckets, named: string) {
      const kept = applications.get(named);
      if (kept !== undefined) return kept;
      const asked = parseClientApplication(named);
      if (asked === undefined) return undefined;
      const { name, rateClass } = applications.size < applicationsMax ? asked : manyNames;
      const quota = applicationQuota(tenantQuotaOf(principal), rateClass);
      const made = bucket('application', keyOf(principal, 'app', rateClass, name), quota);
      if (applications.size < applicationsMax) applications.set(named, made);
      return made;
    },
    ofAddress: (ip: string) => bucket('address', houseKey('rate', hashOf(ip)), addressScaled),
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
