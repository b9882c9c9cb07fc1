import type { Role } from '../../../api/auth/permissions.ts';

/** The roles in the order in which they are offered, the least powerful first. */
export const roleNames = [
  'analyst',
  'auditor',
  'developer',
  'operator',
  'finance',
  'admin',
  'owner',
] as const satisfies readonly Role[];
