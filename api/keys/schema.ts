import { z } from 'zod';
import { isAddressRange } from '../auth/api-keys.ts';
import { permissions } from '../auth/permissions.ts';
import { instantSchema, publicIdSchema } from '../primitives.ts';

export const newApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(60),
    scopes: z.array(z.enum(permissions)).min(1).max(50),
    expiresInDays: z.int().min(1).max(365).default(90),
    addresses: z
      .array(z.string().max(50).refine(isAddressRange, 'must be an address or a range'))
      .max(20)
      .default([])
      .describe('Addresses or CIDR ranges the key works from; empty means any'),
  })
  .meta({ id: 'NewApiKey' });

export const rotation = z
  .strictObject({
    overlapHours: z.int().min(0).max(168).default(24).describe('How long the old key still works'),
  })
  .meta({ id: 'KeyRotation' });

export const apiKey = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    start: z.string().describe('What may be shown of the key: `dft_live_ab12CD34`'),
    scopes: z.array(z.string()),
    addresses: z.array(z.string()),
    createdBy: publicIdSchema,
    createdAt: instantSchema,
    expiresAt: instantSchema,
    usedAt: instantSchema.nullable(),
    state: z.enum(['active', 'rotated', 'expired', 'revoked']),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyView = z.output<typeof apiKey>;

/** The whole key is in this answer and nowhere else. */
export const createdApiKey = z
  .strictObject({ apiKey, key: z.string() })
  .meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.output<typeof createdApiKey>;

export const apiKeyList = z
  .strictObject({ data: z.array(apiKey), grantable: z.array(z.string()) })
  .meta({ id: 'ApiKeyList' });
export type ApiKeyList = z.output<typeof apiKeyList>;
