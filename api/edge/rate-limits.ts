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
import type { Grant, TokenLeases } from './token-leases.ts';

export interface RateLimits {
  /** For requests of somebody who signed in; undefined when they may go on. */
  admit(principal: Principal, response: Response): Promise<Problem | undefined>;
  /** For requests that nobody has signed in for. */
  admitStranger(request: Request, response: Response): Promise<Problem | undefined>;
}

/** `factor` scales every quota; `tierOf` answers the plan of a business and may be remembered. */
export function openRateLimits(options: {
  leases: TokenLeases;
  tierOf: (tenantId: Principal['tenantId']) => Promise<TenantTier>;
  factor: number;
  onRefused: (scope: 'tenant' | 'caller' | 'address') => void;
}): RateLimits {
  const { leases, tierOf, factor, onRefused } = options;
  const quotas = {
    starter: scaledQuota(tenantQuotas.starter, factor),
    pro: scaledQuota(tenantQuotas.pro, factor),
    enterprise: scaledQuota(tenantQuotas.enterprise, factor),
  };
  const shares = new Map(Object.values(quotas).map((quota) => [quota, callerQuota(quota)]));
  const ofAddress = scaledQuota(addressQuota, factor);
  return {
    async admit(principal, response) {
      const quota = quotas[await tierOf(principal.tenantId)];
      const base = `t:${principal.tenantId}:rate`;
      // The share of the caller first: who is over it must not use up what the others have.
      const share = shares.get(quota) ?? callerQuota(quota);
      const caller = await leases.take(`${base}:${actorOf(principal)}`, share);
      if (!caller.isGranted) {
        onRefused('caller');
        return refusal(response, 'caller', share, caller);
      }
      const tenant = await leases.take(base, quota);
      if (!tenant.isGranted) {
        onRefused('tenant');
        return refusal(response, 'tenant', quota, tenant);
      }
      tell(response, 'tenant', quota, tenant);
      return undefined;
    },
    async admitStranger(request, response) {
      const key = `sys:rate:${hashOf(request.ip ?? 'unknown')}`;
      const grant = await leases.take(key, ofAddress);
      if (grant.isGranted) {
        tell(response, 'address', ofAddress, grant);
        return undefined;
      }
      onRefused('address');
      return refusal(response, 'address', ofAddress, grant);
    },
  };
}

function refusal(response: Response, name: string, quota: Quota, grant: Grant): Problem {
  tell(response, name, quota, grant);
  return problem('rate-limited', { headers: { 'Retry-After': String(grant.retryAfterSeconds) } });
}

/** Structured fields of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. */
function tell(response: Response, name: string, quota: Quota, grant: Grant): void {
  const windowSeconds = Math.max(1, Math.round(quota.burst / quota.perSecond));
  const resetSeconds = grant.isGranted
    ? Math.max(0, Math.ceil((quota.burst - grant.remaining) / quota.perSecond))
    : grant.retryAfterSeconds;
  response.setHeader('RateLimit-Policy', `"${name}";q=${quota.burst};w=${windowSeconds}`);
  response.setHeader('RateLimit', `"${name}";r=${grant.remaining};t=${resetSeconds}`);
}

/** Addresses stay out of Redis: a short hash tells callers apart. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
