import { z } from 'zod';
import { roles } from '../auth/permissions.ts';
import { instantSchema, publicIdSchema, versionSchema } from '../primitives.ts';

export const teamMember = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    email: z.string(),
    role: z.enum(roles),
    joinedAt: instantSchema,
    isYou: z.boolean(),
    version: versionSchema.describe('Of the role'),
  })
  .meta({ id: 'TeamMember' });
export type TeamMember = z.infer<typeof teamMember>;

export const memberList = z
  .strictObject({
    data: z.array(teamMember),
    membersMax: z.int().nonnegative().describe('How many the plan includes'),
  })
  .meta({ id: 'MemberList' });
export type MemberList = z.infer<typeof memberList>;

export const roleChange = z.strictObject({ role: z.enum(roles) }).meta({ id: 'RoleChange' });

const emailSchema = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@<>()",;:]{1,64}@[^\s@<>()",;:]{1,255}$/, 'must be an e-mail address');

export const newInvitation = z
  .strictObject({ email: emailSchema, role: z.enum(roles) })
  .meta({ id: 'NewInvitation' });

export const invitation = z
  .strictObject({
    id: publicIdSchema,
    email: z.string(),
    role: z.enum(roles),
    isExpired: z.boolean(),
    createdAt: instantSchema,
    expiresAt: instantSchema,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;

export const invitationList = z
  .strictObject({ data: z.array(invitation) })
  .meta({ id: 'InvitationList' });
export type InvitationList = z.infer<typeof invitationList>;

const tokenSchema = z.string().min(40).max(128);

export const acceptInvitation = z
  .strictObject({ token: tokenSchema })
  .meta({ id: 'AcceptInvitation' });

export const invitationPreview = z
  .strictObject({
    tenantName: z.string(),
    role: z.enum(roles),
    email: z.string().describe('The address it was sent to, partly hidden'),
    hasAccount: z.boolean(),
  })
  .meta({ id: 'InvitationPreview' });
export type InvitationPreview = z.infer<typeof invitationPreview>;

export const joinByInvitation = z
  .strictObject({
    token: tokenSchema,
    name: z.string().trim().min(1).max(200),
    password: z.string().min(12).max(128),
    locale: z.enum(['en', 'sw']).default('en'),
  })
  .meta({ id: 'JoinByInvitation' });
