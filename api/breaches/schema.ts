import { z } from 'zod';
import {
  breachBusinessesMax,
  breachDataKinds,
  breachEntryKinds,
  clockStandings,
  reminderKinds,
} from '../../domain/breaches/clocks.ts';
import { idSchema, instantSchema, publicIdSchema } from '../primitives.ts';

const words = (about: string) => z.string().trim().min(3).max(2_000).describe(about);
const measure = words('What was done about it; every business it touches reads it, so name nobody');
const count = z.int().nonnegative().max(100_000_000);

const touched = z
  .array(
    z.strictObject({
      id: idSchema('tenant'),
      personCount: count.nullable().default(null).describe('Of how many people; null: not known'),
    }),
  )
  .min(1)
  .max(breachBusinessesMax)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'names one twice')
  .describe('Whose data it is');

export const breachRecord = z
  .strictObject({
    summary: words('What happened, without names and numbers of anybody'),
    dataKinds: z.array(z.enum(breachDataKinds)).min(1).max(breachDataKinds.length),
    isEncrypted: z.boolean().describe('Nobody can read it: then the people need not be told'),
    noticedAt: instantSchema.describe('When somebody first knew of it: the clocks run from then'),
    businesses: touched,
    measures: measure.optional(),
  })
  .meta({ id: 'BreachRecord' });

export const breachTouch = z
  .strictObject({
    businesses: touched,
    noticedAt: instantSchema
      .optional()
      .describe('When it was known of those that are new here; now when left out'),
  })
  .meta({ id: 'BreachTouch' });

export const breachMeasure = z.strictObject({ text: measure }).meta({ id: 'BreachMeasure' });

export const breachAuthority = z
  .strictObject({
    toldAt: instantSchema.optional().describe('When that was; now when left out'),
    reference: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('The number they keep it under'),
  })
  .meta({ id: 'BreachAuthority' });

export const breachClosing = z
  .strictObject({ reason: words('Why the matter is over') })
  .meta({ id: 'BreachClosing' });

const clock = z.strictObject({
  by: instantSchema,
  doneAt: instantSchema.nullable(),
  standing: z
    .enum(clockStandings)
    .describe('Near within twelve hours of its end; late: done, but after it'),
});

const facts = {
  id: publicIdSchema,
  summary: z.string(),
  dataKinds: z.array(z.enum(breachDataKinds)),
  isEncrypted: z.boolean(),
  noticedAt: instantSchema,
  closedAt: instantSchema.nullable(),
  closeReason: z.string().nullable(),
};

const business = {
  personCount: z.int().nullable().describe('Of how many people; null while it is not known'),
  businessClock: clock.describe('By when the business has to be told'),
  authorityClock: clock.describe('By when the Data Commissioner has to be told'),
  authorityReference: z.string().nullable(),
};

const entry = z.strictObject({
  at: instantSchema,
  actor: z.string(),
  kind: z.enum(breachEntryKinds),
  business: publicIdSchema.nullable().describe('The one it is about; null: all of them'),
  detail: z.string().nullable(),
});

/** As operators of the house see it. */
export const houseBreach = z
  .strictObject({
    ...facts,
    recordedBy: z.string(),
    recordedAt: instantSchema,
    closedBy: z.string().nullable(),
    businesses: z.array(
      z.strictObject({
        id: publicIdSchema,
        name: z.string().describe('As it was called when it was put on record'),
        isGone: z.boolean().describe('The business was closed since'),
        noticedAt: instantSchema,
        tellAskedAt: instantSchema.nullable(),
        tellAskedBy: z.string().nullable(),
        reminded: z.array(z.enum(reminderKinds)),
        authorityToldBy: z.string().nullable(),
        ...business,
      }),
    ),
    entries: z.array(entry).describe('What was done, in the order it was'),
    runUrl: z.string(),
  })
  .meta({ id: 'HouseBreach' });
export type HouseBreachBody = z.infer<typeof houseBreach>;

export const houseBreachList = z
  .strictObject({ data: z.array(houseBreach) })
  .meta({ id: 'HouseBreachList' });
export type HouseBreachList = z.infer<typeof houseBreachList>;

/** As the business whose data it is sees it. */
export const breach = z
  .strictObject({
    ...facts,
    ...business,
    authorityToldBy: z.enum(['business', 'house']).nullable(),
    measures: z
      .array(
        z.strictObject({
          at: instantSchema,
          isOwn: z.boolean().describe('Noted by the business itself, not by the house'),
          text: z.string(),
        }),
      )
      .describe('What was done about it, by the house and by the business'),
  })
  .meta({ id: 'Breach' });
export type BreachBody = z.infer<typeof breach>;

export const breachList = z.strictObject({ data: z.array(breach) }).meta({ id: 'BreachList' });
export type BreachList = z.infer<typeof breachList>;
