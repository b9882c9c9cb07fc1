import { z } from 'zod';
import { roles } from '../auth/permissions.ts';
import { publicIdSchema } from '../primitives.ts';

/** What the token or key of this very request is good for. */
export const credential = z
  .strictObject({
    tenantId: publicIdSchema,
    actor: z.string().describe('Who acts, as records and the audit log name them'),
    role: z.enum(roles),
  })
  .meta({ id: 'Credential' });
