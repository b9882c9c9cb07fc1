import { z } from 'zod';
import { instantSchema, publicIdSchema } from '../primitives.ts';

export const stages = [
  'received',
  'unlocked',
  'parsed',
  'proved',
  'posted',
  'categorised',
] as const;
export const waitingReasons = ['password', 'mapping', 'review'] as const;
export const operationStatuses = [
  'running',
  'waiting',
  'succeeded',
  'refused',
  'failed',
  'cancelled',
] as const;
export const operationKinds = ['statement.ingest', 'statement.undo', 'statement.mend'] as const;

export const stageCounts = z.looseObject({
  rows: z.int().nonnegative().optional(),
  newRows: z.int().nonnegative().optional(),
  rejects: z.int().nonnegative().optional(),
  posted: z.int().nonnegative().optional(),
  categorised: z.int().nonnegative().optional(),
  pages: z.int().nonnegative().optional(),
});
export type StageCounts = z.infer<typeof stageCounts>;

/** Long-running work that was accepted: follow it by polling, by `Prefer: wait` or by its events. */
export const operation = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(operationKinds),
    subjectId: publicIdSchema.describe('The statement this work is about'),
    status: z.enum(operationStatuses),
    stage: z.enum(stages).nullable().describe('The last stage completed'),
    progress: z
      .looseObject({
        stage: z.string().optional(),
        done: z.int().optional(),
        total: z.int().optional(),
      })
      .nullable(),
    result: z.looseObject({}).nullable(),
    error: z.looseObject({ code: z.string(), detail: z.string() }).nullable(),
    workflowId: z.string(),
    runUrl: z.string().nullable().describe('This run in the Temporal UI'),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    version: z.int().nonnegative(),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof operation>;

/** Work that was accepted and goes on after the answer. */
export const acceptedOperation = z.strictObject({ operation }).meta({ id: 'AcceptedOperation' });
export type AcceptedOperation = z.infer<typeof acceptedOperation>;

const stageEvent = z.looseObject({
  stage: z.enum(stages),
  at: instantSchema.optional(),
  counts: stageCounts.optional(),
});
const progressEvent = z.looseObject({
  stage: z.string(),
  done: z.int().nonnegative(),
  total: z.int().nonnegative().optional(),
});
const waitingEvent = z.looseObject({
  for: z.enum(waitingReasons),
  problem: z.string().nullish(),
  detail: z.string().nullish(),
});
const finishedEvent = z.looseObject({
  status: z.string(),
  verdict: z.string().nullish(),
  problem: z.string().nullish(),
});

/**
 * One event of `GET /v1/operations/{id}/events`: `seq` travels as the SSE id, `type` as the SSE
 * event name and `data` as its JSON.
 */
export const operationEvent = z
  .discriminatedUnion('type', [
    z.strictObject({ seq: z.int(), type: z.literal('stage'), data: stageEvent }),
    z.strictObject({ seq: z.int(), type: z.literal('progress'), data: progressEvent }),
    z.strictObject({ seq: z.int(), type: z.literal('waiting'), data: waitingEvent }),
    z.strictObject({ seq: z.int(), type: z.literal('finished'), data: finishedEvent }),
  ])
  .meta({ id: 'OperationEvent' });
export type OperationEvent = z.infer<typeof operationEvent>;
