/** Finds out who is asking: header, token, then the membership as it is now. */
import type { Request } from 'express';
import type { TenantId, UserId } from '../../domain/ids.ts';
import { problem, type Problem } from '../problems.ts';
import type { Role } from './permissions.ts';
import type { Principal } from './principal.ts';
import { tokenVerifier, type TokenAuthority } from './tokens.ts';
import { verifiedTokens } from './verified-tokens.ts';

export interface Authentication {
  /** The principal of a request, or 400 or 401. Throws when the database cannot be reached. */
  authenticate(request: Request): Promise<Principal | Problem>;
  /** Forgets every verified token and membership at once. */
  revokeAll(): void;
}

/** The role a person holds in a business now, or undefined when they are no member. */
export type FindRole = (tenantId: TenantId, userId: UserId) => Promise<Role | undefined>;

const challenge = { 'WWW-Authenticate': 'Bearer realm="daftari"' };
const membershipMs = 4_000;
const countMax = 10_000;

export function openAuthentication(options: {
  authority: TokenAuthority;
  findRole: FindRole;
  now: () => number;
}): Authentication {
  const verify = tokenVerifier(options.authority);
  const known = verifiedTokens(countMax);
  const memberships = rememberedRoles(options.findRole, options.now);
  const principalOf = async (token: string) => {
    const remembered = known.find(token, options.now());
    if (remembered !== undefined) return remembered;
    const principal = await verify(token, options.now());
    if (principal !== undefined) known.remember(token, principal);
    return principal;
  };
  return {
    authenticate: async (request) => {
      const headers = request.headersDistinct['authorization'] ?? [];
      if (headers.length > 1) return problem('malformed-request');
      const token = /^Bearer +([^\s]+)$/i.exec(headers[0] ?? '')?.[1];
      const principal = token === undefined ? undefined : await principalOf(token);
      if (principal === undefined) return problem('unauthenticated', { headers: challenge });
      const role = await memberships.find(principal.tenantId, principal.userId);
      return role === undefined
        ? problem('unauthenticated', { headers: challenge })
        : { ...principal, role };
    },
    revokeAll: () => {
      known.revokeAll();
      memberships.forget();
    },
  };
}

/** Remembers roles for four seconds, so that losing one takes effect within five. */
function rememberedRoles(findRole: FindRole, now: () => number) {
  const roles = new Map<string, { role: Role | undefined; untilMs: number }>();
  return {
    find: async (tenantId: TenantId, userId: UserId) => {
      const key = `${tenantId} ${userId}`;
      const remembered = roles.get(key);
      if (remembered !== undefined && now() < remembered.untilMs) return remembered.role;
      const untilMs = now() + membershipMs;
      const role = await findRole(tenantId, userId);
      if (roles.size >= countMax) roles.clear();
      roles.set(key, { role, untilMs });
      return role;
    },
    forget: () => roles.clear(),
  };
}
