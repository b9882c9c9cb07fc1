/** Who may give which role to whom; the last owner stays one. */
export interface RoleChange {
  /** Who asks. */
  actorId: string;
  actorRole: string;
  memberId: string;
  /** The role now, and the one asked for; undefined when the member is to leave. */
  role: string;
  wanted: string | undefined;
  ownerCount: number;
}

export type RoleRefusal = 'own-role' | 'last-owner' | 'owners-only';

/** Why a change of a member's role is refused; undefined when it may happen. */
export function refuseRoleChange(change: RoleChange): RoleRefusal | undefined {
  const { actorId, actorRole, memberId, role, wanted, ownerCount } = change;
  if (role === 'owner' && wanted !== 'owner' && ownerCount <= 1) return 'last-owner';
  // Leaving is everybody's right; giving oneself something is nobody's.
  if (actorId === memberId) return wanted === undefined ? undefined : 'own-role';
  if (actorRole !== 'owner' && (role === 'owner' || wanted === 'owner')) return 'owners-only';
  return undefined;
}
