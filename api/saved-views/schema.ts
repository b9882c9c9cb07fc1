import { z } from 'zod';
import { publicIdSchema, versionSchema } from '../primitives.ts';

const word = z.string().regex(/^[A-Za-z][A-Za-z[\]]{0,39}$/);
const few = (most: number) => (values: object) => Object.keys(values).length <= most;

/** What a screen needs to look as it did; names it does not know are left out when it is opened. */
export const viewContent = z
  .strictObject({
    filters: z.record(word, z.string().max(1_300)).refine(few(30)),
    sort: z.string().max(40),
    columns: z.array(word).max(40),
    widths: z.record(word, z.int().min(1).max(4_000)).refine(few(40)).describe('In pixels'),
  })
  .meta({ id: 'ViewContent' });
export type ViewContent = z.infer<typeof viewContent>;

const viewName = z.string().trim().min(1).max(60);

export const savedView = z
  .strictObject({
    id: publicIdSchema,
    name: viewName,
    isDefault: z.boolean().describe('Opens by itself where nothing else was asked for'),
    isShared: z.boolean().describe('A view of the business: everybody in it sees it'),
    view: viewContent,
    version: versionSchema,
  })
  .meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof savedView>;

export const savedViewList = z
  .strictObject({ data: z.array(savedView) })
  .meta({ id: 'SavedViewList' });
export type SavedViewList = z.infer<typeof savedViewList>;

export const savedViewRequest = z
  .strictObject({
    name: viewName,
    isDefault: z.boolean().default(false),
    isShared: z.boolean().default(false).describe('Keep it for the whole business'),
    view: viewContent,
  })
  .meta({ id: 'SavedViewRequest' });

export const savedViewChange = z
  .strictObject({ name: viewName.optional(), isDefault: z.boolean().optional() })
  .meta({ id: 'SavedViewChange' });
