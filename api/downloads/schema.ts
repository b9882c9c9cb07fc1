import { z } from 'zod';
import { downloadFormats, downloadKinds, downloadStatuses } from '../../domain/downloads/terms.ts';
import { instantSchema, publicIdSchema } from '../primitives.ts';

export const download = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(downloadKinds),
    format: z.enum(downloadFormats),
    status: z.enum(downloadStatuses),
    filter: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
      .describe('What was chosen; of words that were typed, that there were some'),
    rowCount: z.int().nonnegative().describe('Rows written so far'),
    rowTotal: z.int().nonnegative().nullable().describe('Null until they were counted'),
    progress: z.number().min(0).max(1).describe('How much of the work is done'),
    byteCount: z.int().nonnegative(),
    createdAt: instantSchema,
    readyAt: instantSchema.nullable(),
    expiresAt: instantSchema.nullable().describe('Until when it can be fetched'),
    runUrl: z.string(),
  })
  .meta({ id: 'Download' });
export type DownloadBody = z.infer<typeof download>;

export const downloadList = z
  .strictObject({ data: z.array(download) })
  .meta({ id: 'DownloadList' });
export type DownloadList = z.infer<typeof downloadList>;
