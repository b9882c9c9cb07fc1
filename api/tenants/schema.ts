import { z } from 'zod';
import { roles } from '../auth/permissions.ts';
import { closing } from '../closings/schema.ts';
import { instantSchema, pageOf, publicIdSchema } from '../primitives.ts';

export const membership = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    slug: z.string(),
    environment: z.enum(['live', 'test']),
    status: z.enum(['active', 'suspended', 'closed']),
    plan: z.enum(['starter', 'pro', 'enterprise']),
    role: z.enum(roles),
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Membership' });
export type Membership = z.infer<typeof membership>;

export const membershipList = z
  .strictObject({ data: z.array(membership) })
  .meta({ id: 'MembershipList' });
export type MembershipList = z.infer<typeof membershipList>;

export const newTenant = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    environment: z.enum(['live', 'test']).default('live'),
  })
  .meta({ id: 'NewTenant' });

export const suspension = z
  .strictObject({ reason: z.string().trim().min(3).max(500).describe('For the audit log') })
  .meta({ id: 'Suspension' });

export const tenantStanding = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    slug: z.string(),
    status: z.enum(['active', 'suspended']),
  })
  .meta({ id: 'TenantStanding' });

const houseTenant = z.strictObject({
  id: publicIdSchema,
  name: z.string(),
  slug: z.string(),
  environment: z.enum(['live', 'test']),
  status: z.enum(['active', 'suspended', 'closed']),
  plan: z.enum(['starter', 'pro', 'enterprise']),
  isolation: z.enum(['shared', 'schema', 'database']),
  members: z.int().nonnegative(),
  transactions: z
    .int()
    .nonnegative()
    .nullable()
    .describe('Null when it is closed, or moves at this moment'),
  createdAt: instantSchema,
  closingAt: instantSchema.nullable(),
  closing: closing.nullable().describe('The newest wish to close'),
});
export type HouseTenantBody = z.infer<typeof houseTenant>;

export const houseTenantList = pageOf(houseTenant).meta({ id: 'HouseTenantList' });
export type HouseTenantList = z.infer<typeof houseTenantList>;
