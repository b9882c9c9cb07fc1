/**
 * Who may change whose role in a business. Nobody raises themselves or gives more than they hold,
 * and a business never loses its last owner.
 */
export interface MemberChange<Role extends string> {
  /** Who asks: their id and role now. */
  by: { userId: string; role: Role };
  /** Whom it is about; without a role before, they are being invited or added. */
  target: { userId?: string; roleBefore?: Role; roleAfter: Role | 'removed' };
  ownersNow: number;
}

export type MemberRefusal = 'self-grant' | 'above-own-role' | 'last-owner' | 'nothing-changes';

/** Why a change is refused; undefined when it may be made. `holds` lists what a role may do. */
export function objectionToMemberChange<Role extends string>(
  change: MemberChange<Role>,
  holds: (role: Role) => readonly string[],
  owner: Role,
): MemberRefusal | undefined {
  const { by, target, ownersNow } = change;
  const { roleBefore, roleAfter } = target;
  if (roleBefore === roleAfter) return 'nothing-changes';
  if (roleBefore === owner && roleAfter !== owner && ownersNow <= 1) return 'last-owner';
  const isSelf = target.userId === by.userId;
  // Leaving is everybody's right; any other change of one's own role is not.
  if (isSelf) return roleAfter === 'removed' ? undefined : 'self-grant';
  const own = holds(by.role);
  const isWithin = (role: Role) => holds(role).every((permission) => own.includes(permission));
  const reaches = [roleBefore, roleAfter].filter((role) => role !== undefined);
  const fits = reaches.every((role) => role === 'removed' || isWithin(role));
  return fits ? undefined : 'above-own-role';
}

/** Maker is never checker: whoever asked for something does not approve it. */
export function mayCheck(makers: readonly string[], checker: string): boolean {
  return !makers.includes(checker);
}
