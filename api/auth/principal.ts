import type { ApiKeyId, SessionId, TenantId, UserId } from '../../domain/ids.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { isOfTheHouse, isPermitted, type Permission, type Role } from './permissions.ts';

/** Who makes a request, as the verified token and the membership say. */
export interface Principal {
  /** The person; of an API key, the member who made it and answers for it. */
  userId: UserId;
  tenantId: TenantId;
  role: Role;
  sessionId: SessionId;
  /** Seconds since 1970: when the token stops being good, and when the person signed in. */
  expiresAt: number;
  signedInAt: number;
  /** Seconds since 1970 of the last second factor in this session. */
  secondFactorAt?: number;
  /** An operator of the house. No permission in a business follows from it. */
  isPlatformAdmin?: boolean;
  /** The plan of the business; absent until the database was asked. */
  tier?: TenantTier;
  /** The business reads and changes nothing until it is resumed. */
  isSuspended?: boolean;
  /** Present when an API key asks: it may do what its scopes and its maker's role both allow. */
  key?: { id: ApiKeyId; scopes: readonly Permission[] };
}

/** Who acts, as it is written into records and the audit log: `user:0190…` or `key:0190…`. */
export function actorOf(principal: Pick<Principal, 'userId' | 'key'>): string {
  return principal.key === undefined ? `user:${principal.userId}` : `key:${principal.key.id}`;
}

/** Whether this principal may do what the permission names; what is not granted is refused. */
export function mayDo(
  principal: Pick<Principal, 'role' | 'key' | 'isPlatformAdmin'>,
  permission: Permission,
): boolean {
  if (isOfTheHouse(permission)) {
    return principal.isPlatformAdmin === true && principal.key === undefined;
  }
  if (!isPermitted(principal.role, permission)) return false;
  return principal.key === undefined || principal.key.scopes.includes(permission);
}

const freshSeconds = 5 * 60;

/** Whether a second factor was shown in the last five minutes; an API key never has one. */
export function hasFreshMfa(
  principal: Pick<Principal, 'secondFactorAt' | 'key'>,
  nowMs: number = Date.now(),
): boolean {
  if (principal.key !== undefined || principal.secondFactorAt === undefined) return false;
  return nowMs / 1000 - principal.secondFactorAt <= freshSeconds;
}
