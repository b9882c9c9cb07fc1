import { z } from 'zod';
import { importStatuses } from '../../db/tenant-tables.ts';
import { importRefusals } from '../../domain/tenants/export-manifest.ts';
import { instantSchema, publicIdSchema } from '../primitives.ts';

export const tenantImport = z
  .strictObject({
    id: publicIdSchema,
    status: z.enum(importStatuses),
    refusal: z.enum(importRefusals).nullable().describe('Why nothing was brought in'),
    byteCount: z.int().nonnegative(),
    rowCount: z.int().nonnegative(),
    manifestSha256: z.string().nullable().describe('Digest of manifest.json, in hex'),
    requestedBy: z.string(),
    createdAt: instantSchema,
    endedAt: instantSchema.nullable(),
    runUrl: z.string(),
  })
  .meta({ id: 'TenantImport' });
export type TenantImportBody = z.infer<typeof tenantImport>;

export const tenantImportList = z
  .strictObject({
    isEmpty: z.boolean().describe('Whether an archive can be brought in'),
    data: z.array(tenantImport),
  })
  .meta({ id: 'TenantImportList' });
export type TenantImportList = z.infer<typeof tenantImportList>;
