import { z } from 'zod';
import {
  channels,
  checkNames,
  fileProblems,
  mediaKinds,
  rejectReasons,
  rowStatuses,
  statementFormats,
  tamperSignals,
} from '../../domain/statements/terms.ts';
import { accountKinds } from '../accounts/schema.ts';
import { operation, stageCounts, stages, waitingReasons } from '../operations/schema.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  instantSchema,
  pageOf,
  publicIdSchema,
} from '../primitives.ts';

export const statementStatuses = [
  'processing',
  'waiting-password',
  'waiting-mapping',
  'waiting-review',
  'posted',
  'refused',
  'undoing',
  'undone',
  'abandoned',
] as const;
/** Why a statement was refused or waits: the file, its proof, or a person's decision. */
export const statementProblems = [...fileProblems, 'proof-failed', 'review-refused'] as const;
export const verdicts = ['proven', 'needsReview', 'refused'] as const;

const rowPointer = z
  .strictObject({ page: z.int(), line: z.int(), receipt: z.string() })
  .meta({ id: 'RowPointer' });

const inSwahili = 'In Swahili; null where a person or an earlier release wrote it';

/** One check of the proof; `ok` is null where the file prints nothing to check against. */
export const proofCheck = z
  .strictObject({
    name: z.enum(checkNames),
    outcome: z.enum(['passed', 'failed', 'not-printed', 'noted']),
    ok: z.boolean().nullable(),
    detail: z.string(),
    detailSw: z.string().nullable().describe('In Swahili; null in proofs of before'),
    rows: z.array(rowPointer),
  })
  .meta({ id: 'ProofCheck' });
export type ProofCheck = z.infer<typeof proofCheck>;

export const tamperFinding = z
  .strictObject({
    signal: z.enum(tamperSignals),
    severity: z.enum(['note', 'warning', 'alarm']),
    detail: z.string(),
    detailSw: z.string().nullable().describe('In Swahili; null in proofs of before'),
    rows: z.array(rowPointer),
  })
  .meta({ id: 'TamperFinding' });
export type TamperFinding = z.infer<typeof tamperFinding>;

/** An uploaded file, how far its reading has come, and the proof that it was read right. */
export const statement = z
  .strictObject({
    id: publicIdSchema,
    fileName: z.string(),
    sizeBytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    mediaKind: z.enum(mediaKinds),
    format: z.enum(statementFormats).nullable(),
    status: z.enum(statementStatuses),
    stage: z.enum(stages).describe('The last stage completed'),
    verdict: z.enum(verdicts).nullable(),
    problem: z.enum(statementProblems).nullable(),
    problemDetail: z.string().nullable(),
    problemDetailSw: z.string().nullable().describe(inSwahili),
    account: z
      .strictObject({
        id: publicIdSchema,
        kind: z.enum(accountKinds),
        label: z.string(),
        numberMasked: z.string(),
      })
      .nullable(),
    periodFrom: businessDateSchema.nullable(),
    periodTo: businessDateSchema.nullable(),
    customerName: z.string().nullable(),
    verificationCode: z.string().nullable(),
    rowCount: z.int(),
    newRowCount: z.int().describe('Rows no other statement had shown before'),
    rejectCount: z.int().describe('Rows that could not be read and still wait for a decision'),
    skippedCount: z.int().describe('Rows that a person left out'),
    postedCount: z.int(),
    categorisedCount: z.int(),
    totals: z.strictObject({
      inCents: centsSchema.nullable(),
      outCents: centsSchema.nullable(),
      currency: currencySchema,
    }),
    openingCents: centsSchema.nullable(),
    closingCents: centsSchema.nullable(),
    firstAt: instantSchema.nullable(),
    lastAt: instantSchema.nullable(),
    checks: z.array(proofCheck),
    tamper: z.array(tamperFinding),
    stages: z.array(
      z.strictObject({ stage: z.enum(stages), at: instantSchema, counts: stageCounts.nullable() }),
    ),
    waitingFor: z.enum(waitingReasons).nullable(),
    workflowId: z.string(),
    runUrl: z.string().nullable().describe('This run in the Temporal UI'),
    operationId: publicIdSchema,
    createdBy: z.strictObject({ id: publicIdSchema, name: z.string() }),
    createdAt: instantSchema,
    postedAt: instantSchema.nullable(),
    undoneAt: instantSchema.nullable(),
    version: z.int().nonnegative(),
    canUndo: z.boolean(),
  })
  .meta({ id: 'Statement' });
export type Statement = z.infer<typeof statement>;

export const statementPage = pageOf(statement).meta({ id: 'StatementPage' });
export type StatementPage = z.infer<typeof statementPage>;

/** Answer to an upload; `duplicate` is true when these very bytes were already here. */
export const acceptedStatement = z
  .strictObject({ statement, operation, duplicate: z.boolean() })
  .meta({ id: 'AcceptedStatement' });
export type AcceptedStatement = z.infer<typeof acceptedStatement>;

export const statementLine = z
  .strictObject({
    ordinal: z.int().nonnegative(),
    page: z.int(),
    line: z.int(),
    receipt: z.string(),
    completedAt: instantSchema,
    details: z.string(),
    status: z.enum(rowStatuses),
    inCents: centsSchema,
    outCents: centsSchema,
    balanceCents: centsSchema.nullable(),
    purpose: z.string(),
    channel: z.enum(channels),
    isNew: z.boolean().nullable().describe('Null for rows that are not posted, or move no money'),
    transactionId: publicIdSchema.nullable(),
  })
  .meta({ id: 'StatementLine' });
export type StatementLine = z.infer<typeof statementLine>;

export const statementLinePage = pageOf(statementLine).meta({ id: 'StatementLinePage' });
export type StatementLinePage = z.infer<typeof statementLinePage>;

/** A row of the file that could not be read, with its place and its text. */
export const statementReject = z
  .strictObject({
    page: z.int(),
    line: z.int(),
    raw: z.string(),
    reason: z.enum(rejectReasons),
    detail: z.string(),
    detailSw: z.string().nullable().describe(inSwahili),
  })
  .meta({ id: 'StatementReject' });
export type StatementReject = z.infer<typeof statementReject>;

const cell = (max: number) => z.string().trim().max(max).default('');

/** A row as a person reads it off the paper; a cell that is blank there is left blank. */
export const typedCells = z
  .strictObject({
    receipt: cell(64),
    completionTime: cell(40).describe(
      'As in 2026-11-14 09:35:41, in Nairobi; or with the day first',
    ),
    details: cell(500),
    status: cell(40),
    paidIn: cell(40),
    withdrawn: cell(40),
    balance: cell(40),
  })
  .meta({ id: 'TypedCells' });
export type TypedCells = z.infer<typeof typedCells>;

/** A rejected row with what somebody decided about it. */
export const decidedReject = statementReject
  .extend({
    seq: z.int().nonnegative().describe('Its place among the rejected rows of the file'),
    version: z.int().positive().describe('For If-Match, as W/"1"'),
    state: z
      .enum(['open', 'mended', 'skipped'])
      .describe('Mended: typed in by a person; skipped: left out'),
    isSettled: z.boolean().describe('A run has taken the decision in'),
    suggested: typedCells.describe('What can be told of the row, to begin typing with'),
    typed: typedCells.nullable(),
    whySkipped: z.string().nullable(),
    decidedBy: z.strictObject({ id: publicIdSchema, name: z.string() }).nullable(),
    decidedAt: instantSchema.nullable(),
  })
  .meta({ id: 'DecidedReject' });
export type DecidedReject = z.infer<typeof decidedReject>;

const seq = z.int().nonnegative();

/** What becomes of a row that could not be read: typed in, left out, or open again. */
export const rejectDecision = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('mend'), seq, cells: typedCells }),
    z.strictObject({
      decision: z.literal('skip'),
      seq,
      reason: z.string().trim().min(1).max(500),
    }),
    z.strictObject({ decision: z.literal('reopen'), seq }),
  ])
  .meta({ id: 'RejectDecision' });
export type RejectDecision = z.infer<typeof rejectDecision>;

export const statementRejectPage = pageOf(decidedReject).meta({ id: 'StatementRejectPage' });
export type StatementRejectPage = z.infer<typeof statementRejectPage>;

export const passwordOffer = z
  .strictObject({ password: z.string().min(1).max(256) })
  .meta({ id: 'PasswordOffer' });

export const passwordVerdict = z
  .strictObject({
    accepted: z.boolean(),
    problem: z.literal('password-wrong').nullable(),
    triesLeft: z.int().nonnegative(),
  })
  .meta({ id: 'PasswordVerdict' });
export type PasswordVerdict = z.infer<typeof passwordVerdict>;

export const review = z
  .strictObject({
    decision: z.enum(['post', 'refuse']),
    reason: z.string().trim().max(500).optional(),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof review>;

/** What undoing would do: rows that other posted statements show as well are kept. */
const moneySum = z.strictObject({ count: z.int(), amountCents: centsSchema });

export const undoPreview = z
  .strictObject({
    transactionCount: z.int().nonnegative(),
    keptCount: z.int().nonnegative(),
    inCents: centsSchema,
    outCents: centsSchema,
    from: businessDateSchema.nullable(),
    to: businessDateSchema.nullable(),
    money: z.strictObject({
      leaving: moneySum.describe('Payments only this statement told of; they leave the books'),
      staying: moneySum.describe('Payments another proven statement shows as well'),
      blockedBy: z
        .array(
          z.strictObject({
            receipt: z.string(),
            amountCents: centsSchema,
            kind: z.enum(['received', 'collection']),
            id: publicIdSchema,
          }),
        )
        .describe('Money that was given to somebody; it has to be taken back first'),
      isBlockedByMore: z.boolean(),
    }),
  })
  .meta({ id: 'UndoPreview' });
export type UndoPreview = z.infer<typeof undoPreview>;

export const undoRequest = z
  .strictObject({ reason: z.string().trim().max(500).optional() })
  .meta({ id: 'UndoRequest' });
