/**
 * The only source of who may do what. A route names one permission; a role without it is refused.
 */
export const permissions = [
  'profile:read',
  'statements:read',
  'statements:write',
  'statements:undo',
  'transactions:read',
  'transactions:export',
  'analytics:read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['owner', 'finance', 'analyst', 'auditor'] as const;
export type Role = (typeof roles)[number];

const reading: readonly Permission[] = [
  'profile:read',
  'statements:read',
  'transactions:read',
  'analytics:read',
];

const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  finance: permissions,
  analyst: reading,
  auditor: [...reading, 'transactions:export'],
};

/** Every permission of a role, in the order of the table. */
export function permissionsOf(role: Role): readonly Permission[] {
  return granted[role];
}

export function isPermitted(role: Role, permission: Permission): boolean {
  return granted[role].includes(permission);
}
