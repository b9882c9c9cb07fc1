import type { TenantId, UserId } from '../../domain/ids.ts';
import type { Role } from './permissions.ts';

/** Who makes a request, as the verified token and the membership say. */
export interface Principal {
  userId: UserId;
  tenantId: TenantId;
  role: Role;
  sessionId: string;
  /** Seconds since 1970: when the token stops being good, and when the person signed in. */
  expiresAt: number;
  signedInAt: number;
}

/** Who acts, as it is written into records and the audit log: `user:0190…`. */
export function actorOf(principal: Principal): string {
  return `user:${principal.userId}`;
}
