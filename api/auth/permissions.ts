/**
 * The only source of who may do what. A route names one permission; a role without it is refused.
 * Whoever requests money never approves it: `disbursements:approve` alone is not enough, the maker
 * of a payout is refused as its checker whatever their role.
 */
export const permissions = [
  'profile:read',
  'statements:read',
  'statements:write',
  'statements:undo',
  'transactions:read',
  'transactions:write',
  'transactions:export',
  'analytics:read',
  'collections:read',
  'collections:write',
  'unallocated:resolve',
  'disbursements:read',
  'disbursements:write',
  'disbursements:approve',
  'ledger:read',
  'ledger:export',
  'ledger:adjust',
  'shortcodes:read',
  'shortcodes:manage',
  'personal:reveal',
  'personal:erase',
  'members:read',
  'members:manage',
  'keys:read',
  'keys:manage',
  'settings:read',
  'settings:manage',
  'flags:read',
  'flags:manage',
  'audit:read',
  'breaches:read',
  'breaches:manage',
  'tenant:export',
  'tenant:close',
  'platform:manage',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = [
  'owner',
  'admin',
  'finance',
  'operator',
  'analyst',
  'auditor',
  'developer',
] as const;
export type Role = (typeof roles)[number];

const reading: readonly Permission[] = [
  'profile:read',
  'statements:read',
  'transactions:read',
  'analytics:read',
  'collections:read',
  'disbursements:read',
  'ledger:read',
  'shortcodes:read',
  'settings:read',
];

const taking: readonly Permission[] = [
  'statements:write',
  'transactions:write',
  'collections:write',
];

/** What operators of the house do to businesses; no role in a business brings it. */
const ofTheHouse: Permission = 'platform:manage';
const inABusiness = permissions.filter((permission) => permission !== ofTheHouse);

const except = (...withheld: readonly Permission[]): readonly Permission[] =>
  inABusiness.filter((permission) => !withheld.includes(permission));

const granted: Record<Role, readonly Permission[]> = {
  owner: inABusiness,
  admin: except('tenant:close', 'disbursements:approve', 'ledger:adjust'),
  finance: except(
    'members:manage',
    'keys:manage',
    'settings:manage',
    'flags:manage',
    'shortcodes:manage',
    'personal:erase',
    'breaches:read',
    'breaches:manage',
    'tenant:export',
    'tenant:close',
  ),
  operator: [...reading, ...taking, 'unallocated:resolve', 'disbursements:write'],
  analyst: reading,
  auditor: [
    ...reading,
    'transactions:export',
    'ledger:export',
    'members:read',
    'keys:read',
    'flags:read',
    'audit:read',
  ],
  developer: [...reading, 'keys:read', 'keys:manage', 'flags:read'],
};

/** Every permission of a role, in the order of the table. */
export function permissionsOf(role: Role): readonly Permission[] {
  return granted[role];
}

export function isPermitted(role: Role, permission: Permission): boolean {
  return granted[role].includes(permission);
}

/** Whether a permission comes with being an operator of the house, whatever the role. */
export function isOfTheHouse(permission: Permission): boolean {
  return permission === ofTheHouse;
}

export function isPermission(text: string): text is Permission {
  return permissions.some((permission) => permission === text);
}

/**
 * What a suspended business may still change: its people's own accounts, its keys, what the law asks of
 * it about a breach, and leaving.
 */
const openWhenSuspended: readonly Permission[] = [
  'profile:read',
  'keys:manage',
  'breaches:manage',
  'tenant:export',
  'tenant:close',
  'platform:manage',
];

/** Whether a suspended business is refused: it reads everything and moves nothing. */
export function isClosedWhenSuspended(route: {
  method: string;
  auth: Permission | 'public';
}): boolean {
  const { method, auth } = route;
  return auth !== 'public' && method !== 'get' && !openWhenSuspended.includes(auth);
}

/** What always needs a person: profiles, and deeds that ask for a fresh second factor. */
const forPersonsOnly: readonly Permission[] = [
  'profile:read',
  'disbursements:approve',
  'ledger:adjust',
  'personal:reveal',
  'personal:erase',
  'shortcodes:manage',
  'members:manage',
  'keys:manage',
  'settings:manage',
  'flags:manage',
  'breaches:read',
  'breaches:manage',
  'tenant:export',
  'tenant:close',
];

/** What a member with this role may give to an API key: never more than they hold. */
export function grantableScopes(role: Role): Permission[] {
  return granted[role].filter((permission) => !forPersonsOnly.includes(permission));
}
