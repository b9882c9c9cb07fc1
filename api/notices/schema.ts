import { z } from 'zod';
import { noticeKinds } from '../../domain/notices/terms.ts';
import { centsSchema, idSchema, instantSchema, pageOf, publicIdSchema } from '../primitives.ts';

export const notice = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(noticeKinds),
    subjectId: publicIdSchema.nullable().describe('What it is about, where that is one thing'),
    name: z.string().nullable().describe('The name of the file or list it is about'),
    figures: z
      .record(z.string(), z.union([z.number(), z.string(), z.null()]))
      .describe('Numbers and codes, to be put into words'),
    amountCents: centsSchema.nullable(),
    currency: z.literal('KES').nullable(),
    count: z.int().describe('How often it was told: of some kinds there is one notice a day'),
    at: instantSchema,
    isRead: z.boolean(),
    isSettled: z.boolean().describe('What waited no longer waits'),
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof notice>;

export const noticePage = pageOf(notice).meta({ id: 'NoticePage' });
export type NoticePage = z.infer<typeof noticePage>;

export const unreadNotices = z
  .strictObject({ count: z.int().describe('How many are unread; counting stops at 100') })
  .meta({ id: 'UnreadNotices' });
export type UnreadNotices = z.infer<typeof unreadNotices>;

export const noticeReading = z
  .strictObject({
    ids: z.array(idSchema('notice')).min(1).max(200).optional().describe('Left out: all of them'),
  })
  .meta({ id: 'NoticeReading' });
