import { z } from 'zod';
import { publicIdSchema } from '../primitives.ts';
import { statementLine, statementReject } from './schema.ts';

const column = z.string().min(1).max(200);

/** Where the table of a file begins, and what parts its cells. */
const tableSource = {
  headerRow: z.int().min(0).max(200).describe('Rows before the header'),
  delimiter: z.enum([',', ';', '\t', '|']),
};

/** How a table from another source is read: which column means what. */
export const columnMapping = z
  .strictObject({
    ...tableSource,
    dateOrder: z.enum(['day-first', 'month-first', 'year-first']),
    columns: z.strictObject({
      completionTime: column,
      timeOfDay: column.exactOptional(),
      details: column,
      receipt: column.exactOptional(),
      paidIn: column.exactOptional(),
      withdrawn: column.exactOptional(),
      amount: column.exactOptional(),
      balance: column.exactOptional(),
      status: column.exactOptional(),
      counterparty: column.exactOptional(),
      accountReference: column.exactOptional(),
    }),
    signRule: z.enum(['negative-is-out', 'negative-is-in']),
  })
  .refine(
    ({ columns }) =>
      columns.amount !== undefined ||
      (columns.paidIn !== undefined && columns.withdrawn !== undefined),
    { path: ['columns'], message: 'needs `amount`, or both `paidIn` and `withdrawn`' },
  )
  .meta({ id: 'ColumnMapping' });
export type ColumnMappingBody = z.infer<typeof columnMapping>;

/** What a person needs to decide on a mapping: the header, a sample, and our proposal. */
export const mappingProposal = z
  .strictObject({
    header: z.array(z.string()),
    sampleRows: z.array(z.array(z.string())),
    ...tableSource,
    proposed: columnMapping.nullable(),
    reasons: z.array(z.string()),
    reasonsSw: z.array(z.string().nullable()).describe('The same in Swahili'),
    remembered: z.strictObject({ id: publicIdSchema, name: z.string() }).nullable(),
  })
  .meta({ id: 'MappingProposal' });
export type MappingProposal = z.infer<typeof mappingProposal>;

export const mappingDecision = z
  .strictObject({
    mapping: columnMapping,
    remember: z.boolean().default(true),
    name: z.string().trim().min(1).max(80).optional(),
  })
  .meta({ id: 'MappingDecision' });
export type MappingDecision = z.input<typeof mappingDecision>;

export const mappingAccepted = z
  .strictObject({ accepted: z.literal(true) })
  .meta({ id: 'MappingAccepted' });

export const mappingPreviewRequest = z
  .strictObject({ mapping: columnMapping })
  .meta({ id: 'MappingPreviewRequest' });

export const mappingPreview = z
  .strictObject({
    rows: z.array(statementLine).max(20),
    rejects: z.array(statementReject).max(20),
  })
  .meta({ id: 'MappingPreview' });
export type MappingPreview = z.infer<typeof mappingPreview>;
