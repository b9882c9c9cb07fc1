import { z } from 'zod';
import { exportStatuses } from '../../db/tenant-tables.ts';
import { instantSchema, publicIdSchema } from '../primitives.ts';

export const tenantExport = z
  .strictObject({
    id: publicIdSchema,
    status: z.enum(exportStatuses),
    filesDone: z.int().nonnegative(),
    filesTotal: z.int().nonnegative().nullable().describe('Null until the rows are being read'),
    rowCount: z.int().nonnegative(),
    byteCount: z.int().nonnegative().describe('Before packing'),
    manifestSha256: z.string().nullable().describe('Digest of manifest.json, in hex'),
    requestedBy: z.string(),
    createdAt: instantSchema,
    readyAt: instantSchema.nullable(),
    expiresAt: instantSchema.nullable(),
    runUrl: z.string(),
  })
  .meta({ id: 'TenantExport' });
export type TenantExportBody = z.infer<typeof tenantExport>;

export const tenantExportList = z
  .strictObject({ data: z.array(tenantExport) })
  .meta({ id: 'TenantExportList' });
export type TenantExportList = z.infer<typeof tenantExportList>;
